// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/connection.h"

#include <QSettings>
#include <QStringList>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

QString groupOf(const QUrl &place)
{
    return u"connections/"_s + QString::fromLatin1(QUrl::toPercentEncoding(place.toString()));
}

} // namespace

Connection Connection::remembered(const QUrl &place)
{
    QSettings settings;
    settings.beginGroup(groupOf(place));
    Connection connection;
    connection.place = place;
    connection.client.caFile = settings.value("ca"_L1).toString();
    connection.client.certFile = settings.value("cert"_L1).toString();
    connection.client.keyFile = settings.value("key"_L1).toString();
    const QStringList others = settings.value("others"_L1).toStringList();
    for (const QString &other : others)
        connection.client.nodes.append(QUrl(other));
    connection.hasToken = settings.value("token"_L1).toBool();
    connection.isKept = settings.value("keyring"_L1).toBool();
    return connection;
}

void Connection::remember() const
{
    QSettings settings;
    settings.remove(groupOf(place));
    settings.beginGroup(groupOf(place));
    const auto put = [&settings](QLatin1StringView name, const QVariant &value, bool isSet) {
        if (isSet)
            settings.setValue(name, value);
    };
    put("ca"_L1, client.caFile, !client.caFile.isEmpty());
    put("cert"_L1, client.certFile, !client.certFile.isEmpty());
    put("key"_L1, client.keyFile, !client.keyFile.isEmpty());
    QStringList others;
    for (const QUrl &node : client.nodes)
        others.append(node.toString());
    put("others"_L1, others, !others.isEmpty());
    put("token"_L1, true, hasToken);
    put("keyring"_L1, true, isKept);
}

} // namespace replog
