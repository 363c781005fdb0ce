// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/readqueue.h"

#include <QPointer>

#include <memory>
#include <optional>
#include <utility>

namespace replog {

namespace {
constexpr int MaxRunning = 4; // what they bring is handled in one turn of the event loop
}

void ReadQueue::scan(quint64 from, quint64 to, qsizetype maxBytes, Wanted wanted, LogStore::Visit visit,
                     LogStore::ScanDone done)
{
    m_waiting.push_back({from, to, maxBytes, std::move(wanted), std::move(visit), std::move(done)});
    start();
}

void ReadQueue::readOne(quint64 id, Wanted wanted, std::function<void(Result<std::optional<Entry>>)> done)
{
    const auto found = std::make_shared<std::optional<Entry>>();
    scan(
        id, id, 1, std::move(wanted), [found](const EntryView &entry) { *found = toEntry(entry); },
        [found, done = std::move(done)](const Result<quint64> &last) {
            if (last)
                done(std::move(*found));
            else
                done(last.error());
        });
}

void ReadQueue::start()
{
    while (m_running < MaxRunning && !m_waiting.empty()) {
        const Read read = std::move(m_waiting.front());
        m_waiting.pop_front();
        if (!read.wanted())
            continue;
        ++m_running;
        m_store.scan(
            read.from, read.to, read.maxBytes, read.visit,
            [this, alive = QPointer<ReadQueue>(this), done = read.done](const Result<quint64> &last) {
                if (!alive)
                    return;
                --m_running;
                done(last);
                if (alive)
                    start();
            });
    }
}

} // namespace replog
