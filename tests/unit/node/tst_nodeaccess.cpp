// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/nodeaccess.h"
#include "shared/node/nodeoptions.h"

#include <QFile>
#include <QProcessEnvironment>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
const QByteArray Token = "0123456789abcdef0123456789abcdef";
}

// What options and files make of who may speak to a node.
class TestNodeAccess : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        QVERIFY(m_folder.isValid());
        write(u"clients"_s, Token + " read\n");
        write(u"cluster"_s, Token + "-first\n" + Token + "-second\n");
        write(u"bad"_s, "# tokens\n" + Token + " all\n");
        QFile::remove(path(u"none"_s));
    }

    void listening_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<QStringList>("files");
        QTest::addColumn<bool>("isAllowed");
        const QStringList both{u"clients"_s, u"cluster"_s};
        QTest::newRow("loopback") << u"127.0.0.1"_s << QStringList() << true;
        QTest::newRow("IPv6 loopback") << u"::1"_s << QStringList() << true;
        QTest::newRow("beyond") << u"192.0.2.1"_s << both << true;
        QTest::newRow("beyond, any address") << u"0.0.0.0"_s << QStringList() << false;
        QTest::newRow("beyond, clients alone") << u"192.0.2.1"_s << QStringList{u"clients"_s} << false;
        QTest::newRow("beyond, cluster alone") << u"192.0.2.1"_s << QStringList{u"cluster"_s} << false;
    }
    void listening()
    {
        QFETCH(QString, host);
        QFETCH(QStringList, files);
        QFETCH(bool, isAllowed);
        QStringList arguments{u"--host"_s, host};
        for (const QString &file : files)
            arguments << (file == "clients"_L1 ? u"--token-file"_s : u"--cluster-token-file"_s) << path(file);
        const auto access = load(arguments, host);
        QCOMPARE(bool(access), isAllowed);
        if (isAllowed) {
            QCOMPARE(access->policy().hasTokens(), files.contains(u"clients"_s));
            QCOMPARE(access->policy().hasClusterTokens(), files.contains(u"cluster"_s));
        } else {
            QVERIFY2(access.error().text.startsWith(u"--host: "_s), qPrintable(access.error().text));
        }
    }

    // Names the option as it was given and the file, and shows nothing that stands in it.
    void unusableFiles_data()
    {
        QTest::addColumn<QString>("option");
        QTest::addColumn<QString>("file");
        QTest::newRow("missing") << u"--token-file"_s << u"none"_s;
        QTest::newRow("missing, cluster") << u"--cluster-token-file"_s << u"none"_s;
        QTest::newRow("unknown right") << u"--token-file"_s << u"bad"_s;
        QTest::newRow("right in the cluster's") << u"--cluster-token-file"_s << u"clients"_s;
        QTest::newRow("authority") << u"--tls-ca"_s << u"none"_s;
    }
    void unusableFiles()
    {
        QFETCH(QString, option);
        QFETCH(QString, file);
        const auto access = load({option, path(file)}, u"127.0.0.1"_s);
        QVERIFY(!access);
        const QString text = access.error().text;
        QVERIFY2(text.contains(option), qPrintable(text));
        QVERIFY2(!text.contains(QString::fromLatin1(Token)), qPrintable(text));
    }

    void theFirstClusterTokenIsSent()
    {
        auto access = load({u"--cluster-token-file"_s, path(u"cluster"_s)}, u"127.0.0.1"_s);
        QVERIFY(access);
        QCOMPARE(access->credentials().clusterToken, Token + "-first");
        write(u"cluster"_s, Token + "-second\n");
        QVERIFY(access->reload());
        QCOMPARE(access->credentials().clusterToken, Token + "-second");
    }

    // If one of the files is unusable, the other counts as it was, too.
    void reloadIsAllOrNothing()
    {
        auto access =
            load({u"--token-file"_s, path(u"clients"_s), u"--cluster-token-file"_s, path(u"cluster"_s)},
                 u"127.0.0.1"_s);
        QVERIFY(access);
        QVERIFY(allows(*access, Token));
        const QByteArray other = "fedcba9876543210fedcba9876543210";
        write(u"clients"_s, other + '\n');
        QFile::remove(path(u"cluster"_s));
        QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"stay as they were"_s));
        QVERIFY(!access->reload());
        QVERIFY(allows(*access, Token) && !allows(*access, other));
        QCOMPARE(access->credentials().clusterToken, Token + "-first");
        write(u"cluster"_s, Token + "-first\n");
        QVERIFY(access->reload());
        QVERIFY(!allows(*access, Token) && allows(*access, other));
    }

private:
    QString path(const QString &file) const { return m_folder.filePath(file); }
    void write(const QString &name, const QByteArray &text) const
    {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
    }
    static Result<NodeAccess> load(const QStringList &arguments, const QString &host)
    {
        Options options(u"replog-sample"_s, {});
        declareNodeOptions(options, u"30000"_s, u"sample"_s);
        const auto parsed = options.parse(QStringList{u"replog-sample"_s} + arguments, QProcessEnvironment());
        return parsed ? NodeAccess::load(options, QHostAddress(host)) : parsed.error();
    }
    static bool allows(const NodeAccess &access, const QByteArray &token)
    {
        HeaderFields headers;
        headers.append("host", "127.0.0.1");
        headers.append("authorization", QByteArray("Bearer " + token));
        return access.policy().allows(Right::Read, headers);
    }

    QTemporaryDir m_folder;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestNodeAccess)
#include "tst_nodeaccess.moc"
