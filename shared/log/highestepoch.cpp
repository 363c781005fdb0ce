// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/highestepoch.h"

namespace replog {

std::optional<HighestEpoch> HighestEpoch::fromMeta(const QHash<QByteArray, QByteArray> &meta)
{
    const QList<QByteArray> fields = meta.value(MetaKey).split(' ');
    const auto logId = Id128::fromHex(fields[0]);
    if (fields.size() < 4 || !logId)
        return std::nullopt;
    return HighestEpoch{*logId, {fields[1].toULongLong(), fields[2].toULongLong()}, fields.mid(3).join(' ')};
}

QByteArray HighestEpoch::toMeta() const
{
    return logId.toHex() + ' ' + QByteArray::number(epoch.number) + ' ' + QByteArray::number(epoch.start) +
           ' ' + master;
}

} // namespace replog
