// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testcertificates.h"

#include <QDateTime>
#include <QFile>
#include <QProcess>

using namespace Qt::StringLiterals;

namespace replog::test {

TestCertificates::TestCertificates()
{
    m_authority = {path(u"ca.pem"_s), path(u"ca.key"_s)};
    run({u"req"_s, u"-x509"_s, u"-newkey"_s, u"ec"_s, u"-pkeyopt"_s, u"ec_paramgen_curve:P-256"_s,
         u"-nodes"_s, u"-subj"_s, u"/CN=Authority of a test"_s, u"-days"_s, u"3"_s, u"-keyout"_s,
         m_authority.key, u"-out"_s, m_authority.certificate, u"-addext"_s,
         u"basicConstraints=critical,CA:TRUE"_s});
}

TestCertificates::Pair TestCertificates::make(const QString &name, const QStringList &names, int days)
{
    const Pair pair{path(name + u".pem"_s), path(name + u".key"_s)};
    const QString request = path(name + u".csr"_s);
    const QString extensions = path(name + u".ext"_s);
    QFile file(extensions);
    if (!file.open(QIODevice::WriteOnly)) {
        m_problem = file.errorString();
        return pair;
    }
    file.write("subjectAltName=" + names.join(u',').toLatin1() + '\n');
    file.close();
    const bool isRequested =
        run({u"req"_s, u"-newkey"_s, u"ec"_s, u"-pkeyopt"_s, u"ec_paramgen_curve:P-256"_s, u"-nodes"_s,
             u"-subj"_s, u"/CN="_s + name, u"-keyout"_s, pair.key, u"-out"_s, request});
    if (!isRequested)
        return pair;
    // x509 -days accepts no date in the past; "openssl ca" does, but needs a database.
    if (days >= 0) {
        run({u"x509"_s, u"-req"_s, u"-in"_s, request, u"-CA"_s, m_authority.certificate, u"-CAkey"_s,
             m_authority.key, u"-CAcreateserial"_s, u"-days"_s, QString::number(days), u"-extfile"_s,
             extensions, u"-out"_s, pair.certificate});
        return pair;
    }
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const QString form = u"yyyyMMddhhmmss'Z'"_s;
    QFile database(path(u"index.txt"_s));
    QFile configuration(path(u"ca.cnf"_s));
    if (!database.open(QIODevice::WriteOnly) || !configuration.open(QIODevice::WriteOnly)) {
        m_problem = u"cannot write in the temporary folder"_s;
        return pair;
    }
    configuration.write("[ca]\ndefault_ca=d\n[d]\ndatabase=" + database.fileName().toUtf8() +
                        "\nnew_certs_dir=" + m_folder.path().toUtf8() +
                        "\nrand_serial=yes\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName="
                        "supplied\n");
    configuration.close();
    run({u"ca"_s, u"-batch"_s, u"-config"_s, configuration.fileName(), u"-in"_s, request, u"-cert"_s,
         m_authority.certificate, u"-keyfile"_s, m_authority.key, u"-startdate"_s,
         now.addDays(days - 2).toString(form), u"-enddate"_s, now.addDays(days).toString(form), u"-extfile"_s,
         extensions, u"-notext"_s, u"-out"_s, pair.certificate});
    return pair;
}

bool TestCertificates::run(const QStringList &arguments)
{
    if (!m_problem.isEmpty())
        return false;
    QProcess openssl;
    openssl.setProcessChannelMode(QProcess::MergedChannels);
    openssl.start(u"openssl"_s, arguments);
    if (!openssl.waitForStarted())
        m_problem = u"openssl is not there (scripts/deps test)"_s;
    else if (!openssl.waitForFinished(60000) || openssl.exitCode() != 0)
        m_problem = u"openssl %1: %2"_s.arg(arguments.value(0), QString::fromUtf8(openssl.readAll()));
    return m_problem.isEmpty();
}

} // namespace replog::test
