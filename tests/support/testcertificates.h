// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <QTemporaryDir>

namespace replog::test {

// A certificate authority and the certificates that it signs, made with openssl in a temporary folder.
class TestCertificates
{
public:
    struct Pair
    {
        QString certificate;
        QString key;
    };

    TestCertificates();
    bool isValid() const { return m_problem.isEmpty(); }
    QString problem() const { return m_problem; }

    QString authority() const { return m_authority.certificate; }
    // `names` as openssl writes them: "DNS:localhost", "IP:127.0.0.1". `days` from now; -1: expired
    // yesterday.
    Pair make(const QString &name, const QStringList &names, int days = 2);
    // For 127.0.0.1 and localhost.
    Pair makeLocal(const QString &name)
    {
        return make(name, {QStringLiteral("IP:127.0.0.1"), QStringLiteral("DNS:localhost")});
    }

private:
    QString path(const QString &name) const { return m_folder.filePath(name); }
    bool run(const QStringList &arguments);

    QTemporaryDir m_folder;
    Pair m_authority;
    QString m_problem;
};

} // namespace replog::test
