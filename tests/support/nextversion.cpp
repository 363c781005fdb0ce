// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/nextversion.h"

#include "shared/log/replicate.h"

#include <QCborArray>
#include <QCborMap>
#include <QCborValue>

using namespace Qt::StringLiterals;

namespace replog {

QByteArray inNextVersion(const QByteArray &document)
{
    QCborMap map = QCborValue::fromCbor(document).toMap();
    map[u"wire"_s] = qint64(WireVersion) + 1;
    map[u"shard"_s] = QCborMap{{u"of"_s, 3}};
    if (map.contains(u"entries"_s)) {
        QCborArray entries;
        for (const QCborValue &each : map.value(u"entries"_s).toArray()) {
            QCborMap entry = each.toMap();
            entry[u"shard"_s] = 1;
            entries.append(entry);
        }
        map[u"entries"_s] = entries;
    }
    return map.toCborValue().toCbor();
}

} // namespace replog
