// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/access/tlssettings.h"

#include "shared/access/certificatetext.h"
#include "shared/access/regularfile.h"
#include "shared/access/secretfile.h"

#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>

#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int WarnDays = 14; // warn when a certificate expires within this time

Result<QList<QSslCertificate>> readCertificates(const QString &path)
{
    // The certificates of all authorities of a system are about 0.25 MiB.
    constexpr qint64 MaxBytes = 4 * 1024 * 1024;
    const auto file = RegularFile::read(path, MaxBytes);
    if (!file)
        return file.error();
    return certificatesIn(path, file->content);
}

Result<void> checkTime(const QSslCertificate &certificate, const QString &path, const QDateTime &now)
{
    if (certificate.effectiveDate() > now)
        return unusableFile(path, u"the certificate begins only on "_s +
                                      certificate.effectiveDate().toUTC().toString(Qt::ISODate));
    if (certificate.expiryDate() < now)
        return unusableFile(path, u"the certificate ended on "_s +
                                      certificate.expiryDate().toUTC().toString(Qt::ISODate));
    return {};
}

QSslKey keyOf(const QByteArray &pem)
{
    for (const QSsl::KeyAlgorithm algorithm : {QSsl::Rsa, QSsl::Ec}) {
        const QSslKey key(pem, algorithm, QSsl::Pem, QSsl::PrivateKey);
        if (!key.isNull())
            return key;
    }
    return {};
}

// Whether key and certificate match. Qt checks that only when a handshake begins, so begin one on a socket
// pair.
bool belongTogether(const QSslConfiguration &server)
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
        return false;
    QSslSocket socket;
    socket.setSocketDescriptor(ends[0]);
    socket.setSslConfiguration(server);
    socket.startServerEncryption();
    const bool isBegun = socket.error() == QAbstractSocket::UnknownSocketError;
    socket.abort();
    ::close(ends[1]);
    return isBegun;
}

} // namespace

Result<TlsSettings> TlsSettings::load(const Files &files, const QDateTime &now)
{
    TlsSettings settings;
    if (files.certificate.isEmpty() && files.key.isEmpty() && files.authorities.isEmpty() &&
        !files.wantsClientCertificates)
        return settings;
    const auto wrong = [](const QString &what) { return Error{Errc::InvalidArgument, what}; };
    const auto of = [](QLatin1StringView option, const Error &error) {
        return Error{error.code, u"%1: %2"_s.arg(option, error.text)};
    };
    if (!QSslSocket::supportsSsl())
        return wrong(u"TLS is asked for, and Qt finds no OpenSSL here"_s);
    if (files.certificate.isEmpty() != files.key.isEmpty())
        return wrong(u"--tls-cert and --tls-key belong together"_s);
    if (files.wantsClientCertificates && (files.certificate.isEmpty() || files.authorities.isEmpty()))
        return wrong(u"--tls-client-auth require needs --tls-cert and --tls-ca"_s);

    settings.m_client = QSslConfiguration::defaultConfiguration();
    settings.m_client.setProtocol(QSsl::TlsV1_2OrLater);
    settings.m_client.setPeerVerifyMode(QSslSocket::VerifyPeer);
    if (!files.authorities.isEmpty()) {
        const auto authorities = readCertificates(files.authorities);
        if (!authorities)
            return of("--tls-ca"_L1, authorities.error());
        settings.m_client.setCaCertificates(*authorities);
    }
    if (files.certificate.isEmpty())
        return settings;

    const auto chain = readCertificates(files.certificate);
    if (!chain)
        return of("--tls-cert"_L1, chain.error());
    if (const auto checked = checkTime(chain->front(), files.certificate, now); !checked)
        return of("--tls-cert"_L1, checked.error());
    const auto secret = SecretFile::read(files.key);
    if (!secret)
        return of("--tls-key"_L1, secret.error());
    const QSslKey key = keyOf(secret->text);
    if (key.isNull())
        return of("--tls-key"_L1,
                  unusableFile(files.key, u"there is no RSA or EC key in it that is not encrypted"_s));
    settings.m_client.setLocalCertificateChain(*chain);
    settings.m_client.setPrivateKey(key);

    QSslConfiguration server = settings.m_client;
    server.setPeerVerifyMode(files.wantsClientCertificates ? QSslSocket::VerifyPeer : QSslSocket::VerifyNone);
    if (!belongTogether(server))
        return of(
            "--tls-key"_L1,
            unusableFile(files.key,
                         u"it is not the key of the certificate in '%1', or OpenSSL takes neither"_s.arg(
                             files.certificate)));
    settings.m_server = server;
    if (!secret->warning.isEmpty())
        settings.m_warnings.append(secret->warning);
    if (chain->front().expiryDate() < now.addDays(WarnDays))
        settings.m_warnings.append(u"the certificate in '%1' ends on %2"_s.arg(
            files.certificate, chain->front().expiryDate().toUTC().toString(Qt::ISODate)));
    return settings;
}

} // namespace replog
