// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/logstore.h"

#include <memory>

namespace replog {

void LogStore::read(quint64 from, quint64 to, qsizetype maxBytes, EntriesRead done)
{
    auto entries = std::make_shared<Entries>();
    scan(
        from, to, maxBytes,
        [entries](const EntryView &e) {
            entries->push_back({e.id, e.epoch, e.w, e.key.toByteArray(), e.message.toByteArray()});
        },
        [entries, done = std::move(done)](const Result<quint64> &last) {
            if (last)
                done(std::move(*entries));
            else
                done(last.error());
        });
}

} // namespace replog
