// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QDateTime>
#include <QSslConfiguration>
#include <QString>
#include <QStringList>

#include <optional>

namespace replog {

// The TLS settings of a node, read from the files of its options and checked before they are used. TLS 1.2 or
// later; peers are verified by name or address.
class TlsSettings
{
public:
    // Paths; empty if not given.
    struct Files
    {
        QString certificate; // PEM, followed by its chain
        QString key;         // PEM, not encrypted
        QString authorities; // PEM
        bool wantsClientCertificates = false;
    };

    // Errors are one line and name the file. Certificates must be valid at `now`.
    static Result<TlsSettings> load(const Files &files, const QDateTime &now);

    // For the node's own port. Null without a certificate: then the port speaks plain HTTP.
    const std::optional<QSslConfiguration> &server() const { return m_server; }
    // For calls to other nodes: presents the own certificate if there is one, and trusts the given
    // authorities, or those of the system if none are given. Null without any files.
    const QSslConfiguration &client() const { return m_client; }
    // Texts for the log: others may read the key, or the certificate expires soon.
    const QStringList &warnings() const { return m_warnings; }

private:
    std::optional<QSslConfiguration> m_server;
    QSslConfiguration m_client;
    QStringList m_warnings;
};

} // namespace replog
