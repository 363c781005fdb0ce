// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/clienttls.h"

#include <QFile>
#include <QSslCertificate>
#include <QSslKey>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr qint64 MostBytes = 4 * 1024 * 1024; // of one file; the authorities of a whole system are a quarter

QByteArray fileText(const QString &path, QString &problem)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        problem = u"%1: %2"_s.arg(path, file.errorString());
        return {};
    }
    return file.read(MostBytes);
}

} // namespace

QSslConfiguration clientTls(const ClientOptions &options, QString &problem)
{
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    if (!options.caFile.isEmpty()) {
        const QList<QSslCertificate> authorities =
            QSslCertificate::fromData(fileText(options.caFile, problem), QSsl::Pem);
        if (authorities.isEmpty() && problem.isEmpty())
            problem = u"%1: there is no certificate in it"_s.arg(options.caFile);
        tls.setCaCertificates(authorities);
    }
    if (options.certFile.isEmpty())
        return tls;
    const QList<QSslCertificate> own =
        QSslCertificate::fromData(fileText(options.certFile, problem), QSsl::Pem);
    const QByteArray pem = fileText(options.keyFile, problem);
    QSslKey key(pem, QSsl::Rsa);
    if (key.isNull())
        key = QSslKey(pem, QSsl::Ec);
    if (problem.isEmpty() && own.isEmpty())
        problem = u"%1: there is no certificate in it"_s.arg(options.certFile);
    if (problem.isEmpty() && key.isNull())
        problem = u"%1: there is no key in it that can be read"_s.arg(options.keyFile);
    tls.setLocalCertificateChain(own);
    tls.setPrivateKey(key);
    return tls;
}

} // namespace replog
