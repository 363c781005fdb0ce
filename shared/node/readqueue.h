// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/store/logstore.h"

#include <QObject>

#include <deque>
#include <functional>

namespace replog {

// The reads of the store for clients: a few at a time, each of a bounded piece, in the order in which they
// were asked for. A long answer asks for its next piece at the end of the queue, so that short reads come
// before the rest of long ones. The master's own reads (catch-up, idempotency keys) do not go through this
// queue. A read that nobody wants any more when its turn comes is skipped. Event loop's thread.
class ReadQueue : public QObject
{
    Q_OBJECT
public:
    using Wanted = std::function<bool()>;

    explicit ReadQueue(LogStore &store, QObject *parent = nullptr) : QObject(parent), m_store(store) {}

    // As LogStore::scan() does it; `done` is not called if the read is not wanted any more.
    void scan(quint64 from, quint64 to, qsizetype maxBytes, Wanted wanted, LogStore::Visit visit,
              LogStore::ScanDone done);
    // The entry with that id; none if it is not held.
    void readOne(quint64 id, Wanted wanted, std::function<void(Result<std::optional<Entry>>)> done);

private:
    struct Read
    {
        quint64 from;
        quint64 to;
        qsizetype maxBytes;
        Wanted wanted;
        LogStore::Visit visit;
        LogStore::ScanDone done;
    };

    void start();

    LogStore &m_store;
    std::deque<Read> m_waiting;
    int m_running = 0;
};

} // namespace replog
