// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/logstore.h"

#include <memory>

namespace replog {

namespace {

// Neighbouring entries often have the same key or type: they share one copy.
QByteArray sharedWith(const QByteArray &before, QByteArrayView bytes)
{
    return bytes == before ? before : bytes.toByteArray();
}

void addTo(Entries &entries, const EntryView &e)
{
    const Entry none;
    const Entry &before = entries.empty() ? none : entries.back();
    Entry entry{e.id,
                e.epoch,
                e.w,
                sharedWith(before.key, e.key),
                e.message.toByteArray(),
                sharedWith(before.type, e.type),
                e.headers.toByteArray(),
                e.timeMs,
                e.asked};
    entries.push_back(std::move(entry));
}

} // namespace

void LogStore::read(quint64 from, quint64 to, qsizetype maxBytes, EntriesRead done)
{
    auto entries = std::make_shared<Entries>();
    scan(
        from, to, maxBytes, [entries](const EntryView &e) { addTo(*entries, e); },
        [entries, done = std::move(done)](const Result<quint64> &last) {
            if (last)
                done(std::move(*entries));
            else
                done(last.error());
        });
}

} // namespace replog
