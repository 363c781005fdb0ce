// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QDateTime>
#include <QSslConfiguration>
#include <QString>
#include <QStringList>

#include <optional>

namespace replog {

// What the files of a node's TLS options come to, checked before anything is served with it: TLS 1.2 and up,
// peers verified by name or address.
class TlsSettings
{
public:
    // Paths; empty ones are not given.
    struct Files
    {
        QString certificate; // PEM, its chain behind it
        QString key;         // PEM, not encrypted
        QString authorities; // PEM
        bool wantsClientCertificates = false;
    };

    // Errors are one line and name the file. Certificates are judged as of `now`.
    static Result<TlsSettings> load(const Files &files, const QDateTime &now);

    // For the node's own port; nothing without a certificate: then it speaks plain HTTP.
    const std::optional<QSslConfiguration> &server() const { return m_server; }
    // For calls to other nodes: shows the own certificate if there is one, believes the given authorities, or
    // those of the system if there are none. Null without any files.
    const QSslConfiguration &client() const { return m_client; }
    // That others may read the key, or that the certificate ends soon.
    const QStringList &warnings() const { return m_warnings; }

private:
    std::optional<QSslConfiguration> m_server;
    QSslConfiguration m_client;
    QStringList m_warnings;
};

} // namespace replog
