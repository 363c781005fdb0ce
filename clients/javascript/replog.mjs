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

const isId = (value) => Number.isSafeInteger(value) && value > 0;

/** What a node answered, or that none did (status 0). */
export class ReplogError extends Error {
    constructor(status, problem) {
        super(`${status}: ${problem.detail ?? problem.title}`);
        this.name = 'ReplogError';
        this.status = status;
        this.problem = problem;
        this.id = isId(problem.id) ? problem.id : undefined; // of the message, where it is, or may be, in the log all the same
    }
}

/**
 * The log is not the one that was followed: it was cut, restored from a backup, or replaced by another. Of an append: it was
 * left open, and is not repeated in another log than the one that it was sent to.
 */
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
    if (typeof text !== 'string' || !pattern.test(text))
        throw new TypeError(`${field}: expected ASCII characters that show`);
    return text;
}

// A mistyped option must not become its default.
function options(given, ...names) {
    const strange = Object.keys(given).find((name) => !names.includes(name));
    if (strange !== undefined)
        throw new TypeError(`${strange}: no such option; there are ${names.join(', ')}`);
    return given;
}

const appendOptions = ['w', 'timeoutMs', 'key', 'expectLastId'];

// Bytes of an answer that are read at most.
const answerLimit = 256 * 1024 * 1024;
// Of so many bytes of it each has the time of an attempt: a slow link is no failure, a drip is.
const answerPiece = 64 * 1024;
// Entries of a page for which no limit is given.
const defaultPage = 1000;
// A wait that has no end of its own is asked for again after that, with its key: `fetch` does not notice a machine that vanished.
const longestWaitMs = 60000;

/** An answer that is too long, or comes too slowly: a smaller one may come through. */
class TooMuch extends Error {}

/** A node that sends us where we do not go. */
class NotTaken extends Error {}

// What fetch says where nothing was sent.
const unsent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** Whether the answer names the entry that it is about. */
const isNamed = ({problem}) => isId(problem.id) || isId(problem.last_id);

/** A refusal tells of its attempt alone: the one before may have put the message into the log. */
function leftOpen(error, sent) {
    return error.status === 0 || isNamed(error) || !sent?.mayBeIn ? error
        : new ReplogError(0, {title: `the message may be in the log: ${error.message}`});
}

/** Ends what has its signal, if it is not put off. */
class Deadline {
    #controller = new AbortController();
    #timer;

    signal = this.#controller.signal;

    set(ms, error) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#controller.abort(error), ms);
    }

    clear() {
        clearTimeout(this.#timer);
    }
}

/** The text of an answer, if it is not too much. */
async function textOf(answer, {limit, piece, attemptTimeoutMs}, deadline) {
    const slow = new TooMuch('the answer came too slowly');
    const parts = [];
    let size = 0;
    let due = piece;
    deadline.set(attemptTimeoutMs, slow);
    try {
        for await (const part of answer.body ?? []) {
            parts.push(part);
            size += part.length;
            if (size > limit)
                throw new TooMuch(`an answer of more than ${limit} bytes`);
            if (size >= due) {
                due = size + piece;
                deadline.set(attemptTimeoutMs, slow);
            }
        }
    } catch (error) {
        throw deadline.signal.aborted ? slow : error;
    }
    return new TextDecoder().decode(Buffer.concat(parts));
}

/** The document of an answer; undefined where it is none. */
function documentOf(text) {
    try {
        const found = JSON.parse(text);
        return found && typeof found === 'object' && !Array.isArray(found) ? found : undefined;
    } catch {
        return undefined;
    }
}

export class Replog {
    #preferred;
    #logs = new Map(); // by node: its log_id, undefined where it tells none
    #learning = new Map(); // by node: the promise of it

    /**
     * `nodes`: URLs. `patienceMs`: how long a call is repeated; what waits on the node comes on top. `attemptTimeoutMs`: for an
     * answer to come, and for each 64 KiB of it.
     */
    constructor(nodes, given = {}) {
        const {token, patienceMs = 30000, attemptTimeoutMs = 10000, limit = answerLimit, piece = answerPiece}
            = options(given, 'token', 'patienceMs', 'attemptTimeoutMs', 'limit', 'piece');
        this.nodes = nodes.map(originOf);
        if (this.nodes.length === 0)
            throw new TypeError('no nodes');
        this.token = token ? word('token', token, /^[!-~]+$/) : undefined;
        this.patienceMs = patienceMs;
        this.attemptTimeoutMs = attemptTimeoutMs;
        this.limit = limit; // of an answer, in bytes
        this.piece = piece; // of an answer, in bytes
        this.#preferred = this.nodes[0];
    }

    /**
     * Appends one message (a string, or the bytes of an ArrayBuffer or of a view of one, such as a Uint8Array); gives {id,
     * epoch, w, acks, committed}. After `timeoutMs` the node answers 504 with the id; without it the call waits as long as it
     * takes. Other options: w, key, headers, type, expectLastId.
     */
    async append(message, given = {}) {
        const {headers, type, ...rest} = options(given, ...appendOptions, 'headers', 'type');
        return this.#append({...content(message), headers, type}, rest, ['id', 'acks']);
    }

    /** Appends several, contiguous, all or none; gives {first_id, last_id, …}. Options: w, timeoutMs, key, expectLastId. */
    async appendMany(messages, given = {}) {
        return this.#append({messages: messages.map((m) => (typeof m === 'string' ? m : content(m)))},
            options(given, ...appendOptions), ['first_id', 'last_id', 'acks']);
    }

    /**
     * Entries and where the log ends: {messages, last_id, committed_id}. Fewer than `limit`, at least one, where so many would
     * be too long or come too slowly.
     */
    async read(given = {}) {
        return (await this.#read(options(given, 'from', 'limit', 'view', 'waitMs', 'atLeast'))).found;
    }

    // A page, and the limit with which it came: it is halved, down to `least`, while an answer is too much.
    async #read({from, limit, view, waitMs, atLeast}, least = 1) {
        const path = () => `/api/v1/messages${queryOf({from, limit, view, wait_ms: waitMs, at_least: atLeast})}`;
        const smaller = () => {
            const was = limit ?? defaultPage;
            if (was <= least)
                return undefined;
            limit = Math.max(Math.floor(was / 2), least);
            return path();
        };
        const found = await this.#call('GET', path(), {waitMs, smaller, holds: (answer) => Array.isArray(answer.messages)});
        return {found, limit};
    }

    /** One entry with what is known of its concern. */
    async get(id, given = {}) {
        const {waitMs} = options(given, 'waitMs');
        const path = `/api/v1/messages/${encodeURIComponent(id)}${queryOf({wait_ms: waitMs})}`;
        return this.#call('GET', path, {waitMs, holds: (found) => isId(found.id)});
    }

    /**
     * Entries for ever, as they become visible; goes on with another node when one is gone. LogReplaced where what comes
     * next does not follow what was read: at the latest with the next entry.
     */
    async *follow(given = {}) {
        const {view, page = 1000} = options(given, 'from', 'view', 'page');
        let {from = 1} = given;
        // One of its own: other calls, which may run meanwhile, do not change which node its last answer came from.
        const {token, patienceMs, attemptTimeoutMs, limit: most, piece} = this;
        const reader = new Replog(this.nodes, {token, patienceMs, attemptTimeoutMs, limit: most, piece});
        reader.#preferred = this.#preferred;
        const log = new Followed();
        log.check(await reader.#statusOf());
        let limit = page + 1; // with the one that was read last
        for (;;) {
            const first = log.last?.id ?? from;
            let found;
            try {
                ({found, limit} = await reader.#read(
                    {from: first, limit, view, waitMs: reader.attemptTimeoutMs, atLeast: from}, 2));
            } catch (error) {
                if (error.status === 504) // nothing came
                    log.check(await reader.#statusOf());
                else if (error.status === 410 && log.last) // it is not kept any longer; what comes next may be
                    log.last = null;
                else
                    throw error;
                continue;
            }
            // A node whose ids stand still would be read for ever; what is left out would be missed.
            const {messages} = found;
            const end = first + messages.length;
            if (messages.some((entry, i) => entry?.id !== first + i) || end <= from || messages.length > limit)
                throw new ReplogError(0, {title: `${reader.#preferred} answered messages with ids that do not go on`});
            limit = Math.min(limit + Math.floor(limit / 16) + 1, page + 1); // grows again after what was too much
            const fresh = log.fresh(reader.#preferred, messages);
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
        return this.#call('GET', '/api/v1/status',
            {holds: (found) => typeof found.role === 'string' && Number.isSafeInteger(found.last_id)});
    }

    // Which log that node holds, as it tells beside the first append to it; it is asked again until it was told. Undefined
    // where it tells none.
    #learn(node) {
        if (this.#logs.has(node))
            return Promise.resolve(this.#logs.get(node));
        if (!this.#learning.has(node))
            this.#learning.set(node, this.#logOf(node).catch(() => {}).finally(() => this.#learning.delete(node)));
        return this.#learning.get(node);
    }

    // The log_id of that node, undefined where it tells none.
    async #logOf(node) {
        let status = {};
        try {
            status = (await this.#attempt(node, 'GET', '/api/v1/status', {holds: () => true})).found;
        } catch (error) {
            if (!(error instanceof ReplogError) || retried.has(error.status) || error.status === 504)
                throw error;
        }
        this.#logs.set(node, status.log_id);
        return status.log_id;
    }

    // Before an append that was left open is repeated there: a key is known to one log, in another one the message would be
    // one of its own. A node that does not tell its log, such as one whose token may not read, proves nothing.
    async #checkLog(node, sent) {
        sent.logId ??= await sent.log; // it has a bound
        const now = await this.#logOf(node);
        if (sent.logId && now && sent.logId !== now)
            throw new LogReplaced(`the message may be in a log that was replaced: the log_id at ${node} is ${now} now, `
                + `${sent.logId} was told before`);
        sent.logId ??= now;
    }

    /** The address that answers, and its status. */
    async #statusOf() {
        const status = await this.status();
        return [this.#preferred, status];
    }

    async digest(to, given = {}) {
        const {node} = options(given, 'node');
        const holds = (found) => typeof found.digest === 'string' && found.digest !== '';
        return (await this.#call('GET', `/api/v1/digest${queryOf({to})}`, {only: node, holds})).digest;
    }

    async #append(body, {w, timeoutMs, key, expectLastId}, told) {
        const text = JSON.stringify({...body, w, timeout_ms: timeoutMs, expect_last_id: expectLastId});
        return this.#call('POST', '/api/v1/messages', {
            body: text,
            headers: {'Content-Type': 'application/json', 'Idempotency-Key': word('key', key ?? randomUUID(), /^[!-~]([ -~]*[!-~])?$/)},
            waitMs: timeoutMs ?? longestWaitMs,
            endless: timeoutMs === undefined,
            holds: (found) => told.every((name) => isId(found[name])),
            // `mayBeIn`: an attempt left open whether it is in the log. `node`: of the first attempt; of the last one, while
            // all were refused. `logId`: of the log there.
            sent: {mayBeIn: false, node: undefined, logId: undefined},
        });
    }

    // The document of a successful answer, of which `holds` is true. Goes through the nodes until one answers finally.
    // `smaller` gives a path that asks for less, after an answer that was too much; or undefined.
    async #call(method, path, {holds, body, headers = {}, waitMs = 0, endless = false, only, smaller, sent}) {
        let ends = performance.now() + this.patienceMs + (endless ? 0 : waitMs);
        const order = only ? [originOf(only)] : [this.#preferred, ...this.nodes.filter((node) => node !== this.#preferred)];
        let pause = 50;
        for (;;) {
            let last;
            for (const node of order) {
                const began = performance.now();
                let tooMuch = false;
                try {
                    const {found, by} = await this.#attempt(node, method, path, {holds, body, headers, waitMs, sent});
                    if (this.nodes.includes(by))
                        this.#preferred = by;
                    return found;
                } catch (error) {
                    const isAnswer = error instanceof ReplogError;
                    // A 504 to an append that names no entry is a proxy's: it may have been appended.
                    const ofProxy = isAnswer && error.status === 504 && sent && !isNamed(error);
                    if (isAnswer && !retried.has(error.status) && !ofProxy)
                        throw leftOpen(error, sent);
                    const isOpen = isAnswer ? ofProxy || error.status === 502 || isNamed(error)
                        : !(error instanceof NotTaken) && !unsent.has(error.cause?.code);
                    if (sent && isOpen)
                        sent.mayBeIn = true;
                    last = isAnswer ? error
                        : new ReplogError(0, {title: `${node}: ${error.cause?.message ?? error.message}`});
                    tooMuch = error instanceof TooMuch;
                }
                const now = performance.now();
                const less = tooMuch ? smaller?.() : undefined;
                path = less ?? path;
                if (less)
                    pause = 50;
                // Patience begins anew where the node held a wait without an end, and with each smaller page: those have one.
                if (less || (endless && !tooMuch && now - began > this.attemptTimeoutMs))
                    ends = now + this.patienceMs;
            }
            pause = Math.min(pause * 2, 2000);
            const sleep = Math.random() * pause;
            if (performance.now() + sleep > ends)
                throw leftOpen(last, sent);
            await new Promise((resolve) => setTimeout(resolve, sleep));
        }
    }

    // The document of a successful answer, and the node that gave it.
    async #attempt(node, method, path, {holds, body, headers, waitMs = 0, sent}, redirects = 3) {
        if (sent?.mayBeIn) {
            await this.#checkLog(node, sent);
        } else if (sent) {
            sent.log = this.#learn(node);
        }
        const authorization = this.token && this.nodes.includes(node) ? {Authorization: `Bearer ${this.token}`} : {};
        const deadline = new Deadline();
        deadline.set(Math.min(this.attemptTimeoutMs + waitMs, 3600000), new Error('no answer came in time'));
        let answer;
        let found;
        try {
            answer = await fetch(node + path, {
                method, body, headers: {...headers, ...authorization}, redirect: 'manual', signal: deadline.signal,
            });
            found = documentOf(await textOf(answer, this, deadline));
        } finally {
            deadline.clear();
        }
        if (answer.status === 307 && redirects > 0) {
            const target = this.#target(node, answer.headers.get('location') ?? '');
            return this.#attempt(target, method, path, {holds, body, headers, waitMs, sent}, redirects - 1);
        }
        if (!answer.ok) {
            const problem = {title: answer.statusText, ...found};
            if (answer.status === 401 && this.token && !this.nodes.includes(node))
                problem.detail = `the token is sent to named nodes only, and ${node} is none of them`;
            throw new ReplogError(answer.status, problem);
        }
        if (!found || !holds(found)) // of an append, nobody knows the outcome
            throw new Error('that is not what a node answers');
        return {found, by: node};
    }

    // Where that node sends us.
    #target(node, location) {
        let target;
        try {
            target = originOf(location);
        } catch (error) {
            throw new NotTaken(error.message);
        }
        // TLS is not given up for a node's word.
        if (node.startsWith('https:') && !target.startsWith('https:') && !this.nodes.includes(target))
            throw new NotTaken(`it sends us to ${target}, without TLS`);
        return target;
    }
}

function content(message) {
    if (typeof message === 'string')
        return {message};
    let bytes;
    if (ArrayBuffer.isView(message))
        bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
    else if (message instanceof ArrayBuffer)
        bytes = Buffer.from(message);
    else
        throw new TypeError('message: expected a string, an ArrayBuffer, or a view of one');
    return {message_base64: bytes.toString('base64')};
}

function queryOf(values) {
    const given = Object.entries(values).filter(([, value]) => value !== undefined);
    return given.length ? `?${new URLSearchParams(given)}` : '';
}
