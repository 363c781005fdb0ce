// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/clienttls.h"

#include "shared/access/certificatetext.h"
#include "shared/access/regularfile.h"

#include <QFile>
#include <QSslCertificate>
#include <QSslKey>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr qint64 MostBytes = 4 * 1024 * 1024; // of one file; the authorities of a whole system are a quarter

// Says only what is wrong first.
QByteArray fileText(const QString &path, QString &problem)
{
    QFile file(path);
    QString wrong;
    QByteArray text;
    if (!file.open(QIODevice::ReadOnly))
        wrong = file.errorString();
    else if (text = file.read(MostBytes + 1); text.size() > MostBytes)
        wrong = u"it is longer than %1 MiB"_s.arg(MostBytes >> 20);
    if (problem.isEmpty() && !wrong.isEmpty())
        problem = unusableFile(path, wrong).text;
    return text;
}

QList<QSslCertificate> certificatesOf(const QString &path, QString &problem)
{
    const auto certificates = certificatesIn(path, fileText(path, problem));
    if (certificates)
        return *certificates;
    if (problem.isEmpty())
        problem = certificates.error().text;
    return {};
}

} // namespace

QSslConfiguration clientTls(const ClientOptions &options, QString &problem)
{
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    if (!options.caFile.isEmpty())
        tls.setCaCertificates(certificatesOf(options.caFile, problem));
    if (options.certFile.isEmpty())
        return tls;
    const QList<QSslCertificate> own = certificatesOf(options.certFile, problem);
    const QByteArray pem = fileText(options.keyFile, problem);
    QSslKey key(pem, QSsl::Rsa);
    if (key.isNull())
        key = QSslKey(pem, QSsl::Ec);
    if (problem.isEmpty() && key.isNull())
        problem = unusableFile(options.keyFile, u"there is no key in it that can be read"_s).text;
    tls.setLocalCertificateChain(own);
    tls.setPrivateKey(key);
    return tls;
}

} // namespace replog
