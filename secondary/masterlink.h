// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/log/entry.h"

#include <QNetworkAccessManager>
#include <QObject>
#include <QUrl>

namespace replog {

// The secondary's calls to its master: registration.
class MasterLink : public QObject
{
    Q_OBJECT
public:
    explicit MasterLink(const QUrl &master, QObject *parent = nullptr);

    const QUrl &master() const { return m_master; }
    // registered() or failed() follows.
    void registerNode(const QByteArray &name, const QUrl &url, Position last, quint64 committedId, quint64 logId);

signals:
    void registered();
    void failed(const replog::Error &error);

private:
    const QUrl m_master;
    QNetworkAccessManager m_network;
};

} // namespace replog
