// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/log/entry.h"

#include <QByteArray>
#include <QHash>

#include <map>
#include <optional>

namespace replog {

// Where each epoch of the log begins, so that the epoch at any id is known without reading the log. A few
// entries however long the log: one for each start of a master. Its lines are kept in the store's meta: under
// "epoch/<first id>" the epoch's number and, if it is known, its start.
class EpochIndex
{
public:
    // Takes up what a store holds.
    static EpochIndex fromMeta(const QHash<QByteArray, QByteArray> &meta);
    static QByteArray metaKey(quint64 firstId);
    static QByteArray metaValue(const Epoch &epoch);

    // Epoch of the entry at `id`, 0 for id 0. Meaningful for ids that the log holds.
    Epoch epochAt(quint64 id) const;
    // The epochs of the entries first..last, without id 0.
    Epochs epochsOf(quint64 first, quint64 last) const;
    // Notes an entry at the end of the log; true if it begins an epoch, whose line is then to be stored.
    bool append(quint64 id, const Epoch &epoch);
    // Forgets everything from `id` on; returns the first ids whose lines are to be removed.
    std::vector<quint64> truncateFrom(quint64 id);

private:
    std::map<quint64, Epoch> m_epochByFirstId;
};

} // namespace replog
