// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>
#include <QUrl>

namespace replog {

// How the nodes of a cluster are reached.
struct ClientOptions
{
    QList<QUrl> nodes; // http(s)://host:port, any node of the cluster, tried in this order
    QByteArray token;  // sent as a bearer token; empty: none
    QString caFile;    // PEM file of the authorities that are trusted; empty: the system's
    QString certFile;  // PEM file of our own certificate, with keyFile; empty: none is shown
    QString keyFile;
    // How long connecting takes at most, TLS included. The system itself would wait for two minutes.
    int connectMs = 10000;
};

} // namespace replog
