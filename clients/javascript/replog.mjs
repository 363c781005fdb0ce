// SPDX-License-Identifier: GPL-3.0-or-later
// A client of the replicated log Replog in one file, for Node 18 and newer; nodes answer no web page.
//
//     import {Replog} from './replog.mjs';
//
//     const log = new Replog(['http://10.0.0.1:30000', 'http://10.0.0.2:20000'], {token: '…'});
//     const {id} = await log.append('hello', {w: 2});
//     for await (const entry of log.follow({from: 1}))
//         console.log(entry.id, entry.message);
//
// Errors are ReplogError; `status`, `problem` and `id` tell what the node answered. A CA of your own: NODE_EXTRA_CA_CERTS.

import {randomUUID} from 'node:crypto';

/** What a node answered, or that none did (status 0). */
export class ReplogError extends Error {
    constructor(status, problem) {
        super(`${status}: ${problem.detail ?? problem.title}`);
        this.name = 'ReplogError';
        this.status = status;
        this.problem = problem;
        this.id = problem.id; // of the message, where it is, or may be, in the log all the same
    }
}

/** The log is not the one that was followed: it was cut, restored from a backup, or replaced by another. */
export class LogReplaced extends ReplogError {
    constructor(reason) {
        super(0, {title: reason});
        this.name = 'LogReplaced';
        this.message = reason;
    }
}

/**
 * What a follower has seen of a log, and whether what a node answers now is still that log.
 *
 * Evidence is: another log_id; the entry that was read last being another one by now (it comes first in every page); a
 * log that is shorter than what the same address has shown. At a secondary's address the node must be the same, too: an
 * emptied one, with a node id of its own, fills up again. A node that is merely behind has shown nothing of what it lacks.
 */
class Followed {
    last = null; // the entry that was read last
    #logId = null;
    #shown = new Map(); // by address: the highest id that it has shown
    #nodeIds = new Map(); // by address

    /** The new entries of a page; null if the one that was read last is another one by now. */
    fresh(node, page) {
        if (this.last && page[0]?.id === this.last.id) {
            // By these alone: a node of a later version may list more.
            if (['epoch', 'time', 'message', 'message_base64'].some((name) => page[0][name] !== this.last[name]))
                return null;
            page = page.slice(1);
        }
        if (page.length)
            this.#shown.set(node, Math.max(this.#shown.get(node) ?? 0, page.at(-1).id));
        return page;
    }

    check([node, {log_id: logId, node_id: nodeId, role, last_id: last}]) {
        if (logId && this.#logId && logId !== this.#logId)
            throw new LogReplaced(`the log was replaced by another: its log_id is ${logId} now, ${this.#logId} was read`);
        this.#logId ??= logId;
        const sameNode = this.#nodeIds.get(node) === nodeId;
        this.#nodeIds.set(node, nodeId);
        const shown = this.#shown.get(node) ?? 0;
        if (last >= shown)
            return;
        if (sameNode || role === 'master')
            throw new LogReplaced(`the log is shorter than what was read: ${last} now, ${shown} read; `
                + 'it was restored or replaced');
        this.#shown.set(node, 0);
    }
}

// Answers after which another node, or the same one a little later, may do better.
const retried = new Set([500, 502, 503]);

const originOf = (url) => new URL(url.includes('://') ? url : `http://${url}`).origin;

// What a header may hold; anything else would end it and begin another.
function word(field, text, pattern) {
    if (!pattern.test(text))
        throw new TypeError(`${field}: expected ASCII characters that show`);
    return text;
}

export class Replog {
    #preferred;

    /** `nodes`: URLs. `patienceMs`: how long a call is repeated; what waits on the node comes on top. */
    constructor(nodes, {token, patienceMs = 30000, attemptTimeoutMs = 10000} = {}) {
        this.nodes = nodes.map(originOf);
        if (this.nodes.length === 0)
            throw new TypeError('no nodes');
        this.token = token ? word('token', token, /^[!-~]+$/) : undefined;
        this.patienceMs = patienceMs;
        this.attemptTimeoutMs = attemptTimeoutMs;
        this.#preferred = this.nodes[0];
    }

    /**
     * Appends one message (string or Uint8Array); gives {id, epoch, w, acks, committed}. After `timeoutMs` the node answers
     * 504 with the id; without it the call waits as long as it takes.
     */
    append(message, {headers, type, ...options} = {}) {
        return this.#append({...content(message), headers, type}, options);
    }

    /** Appends several, contiguous, all or none; gives {first_id, last_id, …}. */
    appendMany(messages, options = {}) {
        return this.#append({messages: messages.map((m) => (typeof m === 'string' ? m : content(m)))}, options);
    }

    /** Entries and where the log ends: {messages, last_id, committed_id}. */
    async read({from, limit, view, waitMs, atLeast} = {}) {
        const query = queryOf({from, limit, view, wait_ms: waitMs, at_least: atLeast});
        return JSON.parse(await this.#call('GET', `/api/v1/messages${query}`, {waitMs}));
    }

    /** One entry with what is known of its concern. */
    async get(id, {waitMs} = {}) {
        return JSON.parse(await this.#call('GET', `/api/v1/messages/${encodeURIComponent(id)}${queryOf({wait_ms: waitMs})}`, {waitMs}));
    }

    /**
     * Entries for ever, as they become visible; goes on with another node when one is gone. LogReplaced where what comes
     * next does not follow what was read: at the latest with the next entry.
     */
    async *follow({from = 1, view, page = 1000} = {}) {
        // One of its own: other calls, which may run meanwhile, do not change which node its last answer came from.
        const reader = new Replog(this.nodes, this);
        reader.#preferred = this.#preferred;
        const log = new Followed();
        log.check(await reader.#statusOf());
        for (;;) {
            const first = log.last?.id ?? from;
            let found;
            try {
                found = await reader.read({from: first, limit: page + 1, view, waitMs: reader.attemptTimeoutMs, atLeast: from});
            } catch (error) {
                if (error.status === 504) // nothing came
                    log.check(await reader.#statusOf());
                else if (error.status === 410 && log.last) // it is not kept any longer; what comes next may be
                    log.last = null;
                else
                    throw error;
                continue;
            }
            const fresh = log.fresh(reader.#preferred, found.messages);
            if (!fresh) {
                log.check(await reader.#statusOf());
                throw new LogReplaced(`message ${first} is another one than was read: the log was restored or replaced`);
            }
            for (const entry of fresh) {
                log.last = entry;
                from = entry.id + 1;
                yield entry;
            }
        }
    }

    async status() {
        return JSON.parse(await this.#call('GET', '/api/v1/status'));
    }

    /** The address that answers, and its status. */
    async #statusOf() {
        const status = await this.status();
        return [this.#preferred, status];
    }

    async digest(to, {node} = {}) {
        return JSON.parse(await this.#call('GET', `/api/v1/digest${queryOf({to})}`, {only: node})).digest;
    }

    async #append(body, {w, timeoutMs, key = randomUUID(), expectLastId}) {
        const text = JSON.stringify({...body, w, timeout_ms: timeoutMs, expect_last_id: expectLastId});
        return JSON.parse(await this.#call('POST', '/api/v1/messages', {
            body: text,
            headers: {'Content-Type': 'application/json', 'Idempotency-Key': word('key', key, /^[!-~]([ -~]*[!-~])?$/)},
            waitMs: timeoutMs ?? Infinity,
        }));
    }

    // The body of a successful answer. Goes through the nodes until one gives a final answer.
    async #call(method, path, {body, headers = {}, waitMs, only} = {}) {
        let ends = performance.now() + this.patienceMs;
        const order = only ? [only] : [this.#preferred, ...this.nodes.filter((node) => node !== this.#preferred)];
        let pause = 50;
        for (;;) {
            let last;
            for (const node of order) {
                const began = performance.now();
                try {
                    return await this.#attempt(node, method, path, {body, headers, waitMs});
                } catch (error) {
                    // A 504 to an append that names no entry is a proxy's: it may have been appended.
                    const ofProxy = error.status === 504 && body && !('id' in error.problem || 'last_id' in error.problem);
                    if (error instanceof ReplogError && !retried.has(error.status) && !ofProxy)
                        throw error;
                    last = error instanceof ReplogError ? error
                        : new ReplogError(0, {title: `${node}: ${error.cause?.message ?? error.message}`});
                }
                const now = performance.now();
                if (now - began > this.attemptTimeoutMs)   // it was held by the node: patience begins anew
                    ends = now + this.patienceMs;
            }
            pause = Math.min(pause * 2, 2000);
            const sleep = Math.random() * pause;
            if (performance.now() + sleep > ends)
                throw last;
            await new Promise((resolve) => setTimeout(resolve, sleep));
        }
    }

    async #attempt(node, method, path, {body, headers, waitMs = 0}, redirects = 3) {
        const authorization = this.token && this.nodes.includes(node) ? {Authorization: `Bearer ${this.token}`} : {};
        // Without an end of its own a wait still ends after an hour (five minutes, in Node's own fetch): the next attempt
        // joins it by its key.
        const limit = Math.min(this.attemptTimeoutMs + waitMs, 3600000);
        const answer = await fetch(node + path, {
            method, body, headers: {...headers, ...authorization}, redirect: 'manual', signal: AbortSignal.timeout(limit),
        });
        const text = await answer.text();
        if (answer.status === 307 && redirects > 0) {
            const target = originOf(answer.headers.get('location'));
            // TLS is not given up for a node's word.
            if (node.startsWith('https:') && !target.startsWith('https:') && !this.nodes.includes(target))
                throw new Error(`it sends us to ${target}, without TLS`);
            return this.#attempt(target, method, path, {body, headers, waitMs}, redirects - 1);
        }
        if (!answer.ok) {
            let problem = {};
            try {
                problem = JSON.parse(text) ?? {};
            } catch { /* no problem document: the status says it */ }
            throw new ReplogError(answer.status, {title: answer.statusText, ...problem});
        }
        if (this.nodes.includes(node))
            this.#preferred = node;
        return text;
    }
}

const content = (message) => (typeof message === 'string' ? {message}
    : {message_base64: Buffer.from(message).toString('base64')});

function queryOf(values) {
    const given = Object.entries(values).filter(([, value]) => value !== undefined);
    return given.length ? `?${new URLSearchParams(given)}` : '';
}
