// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/epochindex.h"

#include <algorithm>

namespace replog {

namespace {
constexpr char Prefix[] = "epoch/";
constexpr qsizetype PrefixLength = sizeof(Prefix) - 1;

// A line without a start was written before epochs had starts.
Epoch parse(const QByteArray &line)
{
    const qsizetype space = line.indexOf(' ');
    return space < 0 ? Epoch(line.toULongLong())
                     : Epoch(line.left(space).toULongLong(), line.mid(space + 1).toULongLong());
}
} // namespace

EpochIndex EpochIndex::fromMeta(const QHash<QByteArray, QByteArray> &meta)
{
    EpochIndex index;
    for (auto it = meta.cbegin(); it != meta.cend(); ++it) {
        if (it.key().startsWith(Prefix))
            index.m_epochByFirstId[it.key().mid(PrefixLength).toULongLong()] = parse(it.value());
    }
    return index;
}

QByteArray EpochIndex::metaKey(quint64 firstId)
{
    return Prefix + QByteArray::number(firstId);
}

QByteArray EpochIndex::metaValue(const Epoch &epoch)
{
    QByteArray line = QByteArray::number(epoch.number);
    if (epoch.start != 0)
        line += ' ' + QByteArray::number(epoch.start);
    return line;
}

Epoch EpochIndex::epochAt(quint64 id) const
{
    if (id == 0)
        return {};
    auto it = m_epochByFirstId.upper_bound(id);
    return it == m_epochByFirstId.begin() ? Epoch() : std::prev(it)->second;
}

Epoch EpochIndex::ofNumber(quint64 number) const
{
    const auto found = std::find_if(m_epochByFirstId.begin(), m_epochByFirstId.end(),
                                    [number](const auto &line) { return line.second.number == number; });
    return found == m_epochByFirstId.end() ? Epoch() : found->second;
}

Epochs EpochIndex::epochsOf(quint64 first, quint64 last) const
{
    Epochs epochs;
    auto it = m_epochByFirstId.upper_bound(std::max<quint64>(first, 1));
    if (it != m_epochByFirstId.begin())
        --it;
    for (; it != m_epochByFirstId.end() && it->first <= last; ++it)
        epochs.append(it->second);
    return epochs;
}

bool EpochIndex::append(quint64 id, const Epoch &epoch)
{
    if (!m_epochByFirstId.empty() && m_epochByFirstId.rbegin()->second.matches(epoch))
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
