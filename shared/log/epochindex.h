// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/log/entry.h"

#include <QByteArray>
#include <QHash>

#include <map>
#include <optional>

namespace replog {

// Where each epoch of the log begins, so that the epoch at any id is known without reading the log. It has
// one line for each start of a master, however long the log is. The lines are kept in the store's meta: under
// "epoch/<first id>" the epoch's number and, if it is known, its start.
class EpochIndex
{
public:
    // Reads the lines that a store holds.
    static EpochIndex fromMeta(const QHash<QByteArray, QByteArray> &meta);
    static QByteArray metaKey(quint64 firstId);
    static QByteArray metaValue(const Epoch &epoch);

    // Epoch of the entry at `id`, 0 for id 0. Correct only for ids that the log holds.
    Epoch epochAt(quint64 id) const;
    // The oldest epoch of the log; 0 if it has no entries.
    Epoch first() const { return m_epochByFirstId.empty() ? Epoch() : m_epochByFirstId.begin()->second; }
    // The epoch of that number; 0 if the log has no entries of it.
    Epoch ofNumber(quint64 number) const;
    // The epochs of the entries first..last, without id 0.
    Epochs epochsOf(quint64 first, quint64 last) const;
    // Notes an entry at the end of the log; true if it begins an epoch: then the caller stores its line.
    bool append(quint64 id, const Epoch &epoch);
    // Forgets everything from `id` on; returns the first ids of the lines that the caller removes.
    std::vector<quint64> truncateFrom(quint64 id);

private:
    std::map<quint64, Epoch> m_epochByFirstId;
};

} // namespace replog
