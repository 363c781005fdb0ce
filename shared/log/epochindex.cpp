// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/epochindex.h"

namespace replog {

namespace {
constexpr char Prefix[] = "epoch/";
constexpr qsizetype PrefixLength = sizeof(Prefix) - 1;
}

EpochIndex EpochIndex::fromMeta(const QHash<QByteArray, QByteArray> &meta)
{
    EpochIndex index;
    for (auto it = meta.cbegin(); it != meta.cend(); ++it) {
        if (it.key().startsWith(Prefix))
            index.m_epochByFirstId[it.key().mid(PrefixLength).toULongLong()] = it.value().toULongLong();
    }
    return index;
}

QByteArray EpochIndex::metaKey(quint64 firstId)
{
    return Prefix + QByteArray::number(firstId);
}

quint64 EpochIndex::epochAt(quint64 id) const
{
    if (id == 0)
        return 0;
    auto it = m_epochByFirstId.upper_bound(id);
    return it == m_epochByFirstId.begin() ? 0 : std::prev(it)->second;
}

bool EpochIndex::append(quint64 id, quint64 epoch)
{
    if (!m_epochByFirstId.empty() && m_epochByFirstId.rbegin()->second == epoch)
        return false;
    m_epochByFirstId[id] = epoch;
    return true;
}

std::vector<quint64> EpochIndex::truncateFrom(quint64 id)
{
    std::vector<quint64> dropped;
    for (auto it = m_epochByFirstId.lower_bound(id); it != m_epochByFirstId.end();) {
        dropped.push_back(it->first);
        it = m_epochByFirstId.erase(it);
    }
    return dropped;
}

} // namespace replog
