// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/memorylogstore.h"

#include <algorithm>
#include <utility>

namespace replog {

MemoryLogStore::MemoryLogStore(QByteArray role, QByteArray name, QObject *parent)
    : LogStore(parent), m_role(std::move(role)), m_name(std::move(name))
{
}

StoreState MemoryLogStore::state() const
{
    StoreState s;
    s.role = m_role;
    s.name = m_name;
    s.nodeId = m_nodeId;
    s.base = m_base;
    s.firstId = firstId();
    s.epoch = m_epoch;
    s.last = m_base.at;
    s.lastTimeMs = m_base.timeMs;
    if (m_entries.size() > m_base.at.id) {
        s.last = {m_entries.back().id, m_entries.back().epoch};
        s.lastTimeMs = m_entries.back().timeMs;
    }
    s.epoch = std::max(s.epoch, s.last.epoch.number);
    s.committedId = std::min(std::max(m_notedCommittedId, m_base.at.id), s.last.id);
    s.restoredTo = m_restoredTo;
    s.isFreshlyRestored = m_isFreshlyRestored;
    s.meta = m_meta;
    return s;
}

bool MemoryLogStore::sync(size_t writes)
{
    if (m_failing && !std::exchange(m_failedTold, true))
        emit failed(m_error);
    if (m_writes.empty() || writes == 0)
        return false;

    // Writes handed in by callbacks go into the next group.
    std::deque<Write> group;
    for (; writes > 0 && !m_writes.empty(); --writes) {
        group.push_back(std::move(m_writes.front()));
        m_writes.pop_front();
    }
    if (m_failing) {
        for (Write &w : group) {
            if (w.done)
                w.done(m_error);
        }
        return true;
    }
    quint64 told = 0;
    for (Write &w : group) {
        w.apply();
        told = w.truncatedFrom > 0 ? std::min(told, w.truncatedFrom - 1) : std::max(told, w.appendedTo);
    }
    for (const Write &w : m_writes) {
        if (w.truncatedFrom > 0)
            told = std::min(told, w.truncatedFrom - 1);
    }
    ++m_revision;
    m_syncedCommittedId = m_notedCommittedId;
    if (told > 0)
        emit durable(told);
    for (Write &w : group) {
        if (w.done)
            w.done({});
    }
    return true;
}

bool MemoryLogStore::answerReads(size_t count)
{
    count = std::min(count, m_reads.size());
    if (count == 0)
        return false;
    for (; count > 0 && !m_reads.empty(); --count) {
        const auto read = std::move(m_reads.front());
        m_reads.pop_front();
        read();
    }
    return true;
}

void MemoryLogStore::answerLastRead()
{
    const auto read = std::move(m_reads.back());
    m_reads.pop_back();
    read();
}

bool MemoryLogStore::pump()
{
    bool any = false;
    for (;;) {
        const bool wrote = syncAll();
        const bool answered = answerReads();
        if (!wrote && !answered)
            return any;
        any = true;
    }
}

void MemoryLogStore::setAutomatic(bool automatic)
{
    m_automatic = automatic;
    wake();
}

void MemoryLogStore::crash(Crash kind)
{
    m_writes.clear();
    m_reads.clear();
    m_handedInLast = m_entries.empty() ? 0 : m_entries.back().id;
    if (kind == Crash::Machine)
        m_notedCommittedId = m_syncedCommittedId;
    m_notedCommittedId = std::min(m_notedCommittedId, m_handedInLast);
}

void MemoryLogStore::setContent(const Content &content)
{
    crash(Crash::Machine);
    m_entries = content.entries;
    m_base = content.base;
    m_baseKey = content.baseKey;
    m_meta = content.meta;
    m_epoch = content.epoch;
    m_nodeId = content.nodeId;
    m_restoredTo = content.restoredTo;
    m_isFreshlyRestored = m_isTakenOver = false;
    m_notedCommittedId = m_syncedCommittedId = content.committedId;
    m_handedInLast = m_entries.size();
    ++m_revision;
}

void MemoryLogStore::restore(const Content &backup, const Id128 &nodeId)
{
    setContent(backup);
    m_nodeId = nodeId;
    m_restoredTo = m_entries.size();
    m_isFreshlyRestored = true;
    m_meta.removeIf(
        [](const auto &each) { return each.key().startsWith("member/") || each.key().startsWith("led/"); });
}

void MemoryLogStore::setOwner(const QByteArray &role, const QByteArray &name)
{
    const bool isFreshlyRestored = std::exchange(m_isFreshlyRestored, false);
    if (role == "master") {
        Q_ASSERT_X(!isFreshlyRestored || !m_entries.empty(), "MemoryLogStore::setOwner",
                   "no master is made of an empty backup");
        m_isTakenOver = m_isTakenOver || m_role == "secondary" || isFreshlyRestored;
        if (m_isTakenOver)
            m_meta.remove("diverged");
    } else {
        m_isTakenOver = false;
        if (isFreshlyRestored)
            m_meta.removeIf([](const auto &each) { return each.key().startsWith("released/"); });
    }
    m_role = role;
    m_name = name;
}

void MemoryLogStore::fail(const Error &error)
{
    m_failing = true;
    m_error = error;
    wake();
}

void MemoryLogStore::append(Entries entries)
{
    for (const Entry &e : entries) {
        Q_ASSERT_X(e.id == m_handedInLast + 1, "MemoryLogStore::append", "ids must follow on");
        m_handedInLast = e.id;
    }
    write({[this, entries = std::move(entries)] {
               noteJoined();
               m_entries.insert(m_entries.end(), entries.begin(), entries.end());
           },
           {},
           m_handedInLast,
           0});
}

void MemoryLogStore::truncateFrom(quint64 id, Done done)
{
    Q_ASSERT_X(id > m_notedCommittedId, "MemoryLogStore::truncateFrom",
               "what is committed cannot be dropped");
    m_handedInLast = std::min(m_handedInLast, id - 1);
    write({[this, id] {
               if (m_entries.size() >= id)
                   m_entries.resize(id - 1);
           },
           std::move(done), 0, id});
}

void MemoryLogStore::trimTo(quint64 firstId, Done done)
{
    const quint64 first = std::min(firstId, m_notedCommittedId);
    write({[this, first] {
               if (first <= this->firstId())
                   return;
               const Entry &before = m_entries[first - 2];
               giveUpTo({{before.id, before.epoch}, before.timeMs, digestTo(before.id).toHex()},
                        QByteArray(before.key));
           },
           std::move(done), 0, 0});
}

void MemoryLogStore::beginAt(const LogBase &base, Done done)
{
    Q_ASSERT_X(base.at.id >= m_handedInLast, "MemoryLogStore::beginAt", "must lie beyond the log");
    m_handedInLast = base.at.id;
    write({[this, base = LogBase{{base.at.id, base.at.epoch.number}, base.timeMs, base.digest}] {
               noteJoined();
               m_entries.resize(base.at.id);
               giveUpTo(base, {});
           },
           std::move(done), base.at.id, 0});
}

// What comes from a master makes its log the cluster's again.
void MemoryLogStore::noteJoined()
{
    if (m_role == "secondary")
        m_restoredTo = 0;
}

void MemoryLogStore::giveUpTo(const LogBase &base, const QByteArray &key)
{
    m_base = base;
    m_baseKey = key;
    for (quint64 id = 1; id <= base.at.id; ++id) {
        m_entries[id - 1] = {};
        m_entries[id - 1].id = id;
    }
}

LogDigest MemoryLogStore::digestTo(quint64 id) const
{
    const QByteArray before = QByteArray::fromHex(m_base.digest);
    LogDigest digest = before.isEmpty() ? LogDigest() : LogDigest::load(before.constData());
    for (quint64 each = firstId(); each <= id; ++each)
        digest = digest.with(viewOf(m_entries[each - 1]));
    return digest;
}

void MemoryLogStore::putMeta(const QByteArray &key, const QByteArray &value, Done done)
{
    write({[this, key, value] { m_meta.insert(key, value); }, std::move(done), 0, 0});
}

void MemoryLogStore::removeMeta(const QByteArray &key, Done done)
{
    write({[this, key] { m_meta.remove(key); }, std::move(done), 0, 0});
}

void MemoryLogStore::setEpoch(quint64 epoch, Done done)
{
    write({[this, epoch] {
               m_epoch = std::max(m_epoch, epoch);
               m_isTakenOver = false;
           },
           std::move(done), 0, 0});
}

void MemoryLogStore::setCommittedId(quint64 id)
{
    m_notedCommittedId = std::max(m_notedCommittedId, id);
}

void MemoryLogStore::scan(quint64 from, quint64 to, qsizetype maxBytes, Visit visit, ScanDone done)
{
    ask([this, from = std::max<quint64>(from, 1), to, maxBytes, visit = std::move(visit),
         done = std::move(done)] {
        if (from < firstId()) {
            done(Error{Errc::NotFound, QStringLiteral("entry %1 was given up").arg(from)});
            return;
        }
        quint64 id = from;
        qsizetype bytes = 0;
        for (; id <= to && id <= m_entries.size() && (id == from || bytes < maxBytes); ++id) {
            const Entry &e = m_entries[id - 1];
            bytes += e.cost();
            visit(viewOf(e));
        }
        done(id - 1);
    });
}

void MemoryLogStore::findTime(qint64 timeMs, IdFound done)
{
    ask([this, timeMs, done = std::move(done)] {
        quint64 id = firstId();
        while (id <= m_entries.size() && m_entries[id - 1].timeMs < timeMs)
            ++id;
        done(id);
    });
}

LogStore::KeyRange MemoryLogStore::keyNow(const QByteArray &key) const
{
    KeyRange range;
    quint64 epoch = 0;
    for (const Entry &e : m_entries) {
        if (e.key != key || e.id < firstId())
            continue;
        if (range.first == 0 || range.last + 1 != e.id || e.epoch != epoch)
            range.first = e.id;
        range.last = e.id;
        epoch = e.epoch;
    }
    // A key is found while the first entry of its newest run is kept.
    if (range.first == firstId() && key == m_baseKey && epoch == m_base.at.epoch.number)
        range = {};
    return range;
}

void MemoryLogStore::findKey(const QByteArray &key, KeyFound done)
{
    // The key is looked up now and the result delivered later: entries that become durable in between are not
    // found.
    ask([range = keyNow(key), done = std::move(done)] { done(range); });
}

void MemoryLogStore::digest(quint64 to, DigestRead done)
{
    ask([this, to, done = std::move(done)] {
        if (to > m_entries.size()) {
            done(Error{Errc::NotFound, QStringLiteral("entry %1 is beyond the end of the log").arg(to)});
            return;
        }
        if (to < m_base.at.id) {
            done(Error{Errc::NotFound, QStringLiteral("entry %1 was given up").arg(to)});
            return;
        }
        done(digestTo(to).toHex());
    });
}

void MemoryLogStore::readBase(BaseRead done)
{
    ask([this, done = std::move(done)] { done(m_base); });
}

void MemoryLogStore::write(Write write)
{
    m_writes.push_back(std::move(write));
    wake();
}

void MemoryLogStore::ask(std::function<void()> read)
{
    m_reads.push_back(std::move(read));
    wake();
}

void MemoryLogStore::wake()
{
    if (!m_automatic || std::exchange(m_wakePending, true))
        return;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_wakePending = false;
            pump();
        },
        Qt::QueuedConnection);
}

} // namespace replog
