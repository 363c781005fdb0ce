// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/http/callcredentials.h"
#include "shared/log/registration.h"

#include <QNetworkAccessManager>
#include <QObject>
#include <QUrl>

namespace replog {

// The secondary's calls to its master: registration.
class MasterLink : public QObject
{
    Q_OBJECT
public:
    // `credentials` outlive this; they may change at any time.
    MasterLink(const QUrl &master, const CallCredentials &credentials, QObject *parent = nullptr);

    const QUrl &master() const { return m_master; }
    // registered(), refused() or failed() follows.
    void registerNode(const Registration &registration);

signals:
    void registered(const replog::RegistrationAnswer &answer);
    void refused(const QString &why); // the master will not take this node in as long as it is as it is
    void failed(const replog::Error &error);

private:
    const QUrl m_master;
    const CallCredentials &m_credentials;
    QNetworkAccessManager m_network;
};

} // namespace replog
