// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/access/secretfile.h"
#include "shared/access/tokens.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace replog;
using namespace Qt::StringLiterals;

namespace {
const Rights All{Right::Read, Right::Append, Right::Operate};
}

class TestTokens : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void knowsRights_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("rights"); // bits: 1 read, 2 append, 4 operate; -1: unknown
        QTest::newRow("all") << QByteArray("secret") << 7;
        QTest::newRow("all, with a line end") << QByteArray("secret\r\n") << 7;
        QTest::newRow("read") << QByteArray("secret read") << 1;
        QTest::newRow("append") << QByteArray("secret\tappend\n") << 2;
        QTest::newRow("operate") << QByteArray("secret operate") << 4;
        QTest::newRow("two") << QByteArray("secret read, append # both\n") << 3;
        QTest::newRow("three") << QByteArray("secret  operate,read,append") << 7;
        QTest::newRow("comment") << QByteArray("# a comment\n\n  secret# another\n") << 7;
        QTest::newRow("byte order mark") << QByteArray("\xef\xbb\xbfsecret read") << 1;
        QTest::newRow("among others") << QByteArray("other read\nsecret append\nthird\n") << 2;
        QTest::newRow("part of another") << QByteArray("secrets read") << -1;
        QTest::newRow("beginning of another") << QByteArray("secre read") << -1;
        QTest::newRow("in a comment") << QByteArray("x # secret") << -1;
    }

    void knowsRights()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, rights);
        const auto tokens = Tokens::parse(text, Tokens::Kind::Client);
        QVERIFY2(tokens, tokens ? "" : qPrintable(tokens.error().text));
        const auto found = tokens->rightsOf("secret");
        QCOMPARE(found.has_value(), rights >= 0);
        if (!found)
            return;
        QCOMPARE(found->has(Right::Read), (rights & 1) != 0);
        QCOMPARE(found->has(Right::Append), (rights & 2) != 0);
        QCOMPARE(found->has(Right::Operate), (rights & 4) != 0);
        QVERIFY(!found->has(Right::Cluster));
        QVERIFY(!tokens->rightsOf(""));
        QVERIFY(!tokens->rightsOf("Secret"));
        QVERIFY(tokens->sent().isEmpty());
    }

    void tokensOfAClusterProveMembership()
    {
        const auto tokens =
            Tokens::parse("first\nsecond # until all know the first\n", Tokens::Kind::Cluster);
        QVERIFY(tokens);
        QCOMPARE(tokens->sent(), QByteArray("first"));
        for (const char *token : {"first", "second"}) {
            const auto rights = tokens->rightsOf(token);
            QVERIFY(rights && rights->has(Right::Cluster) && !rights->has(Right::Read));
        }
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("cluster");
        QTest::addColumn<QString>("why");
        QTest::newRow("nothing") << QByteArray() << false << u"no token"_s;
        QTest::newRow("only comments") << QByteArray("# x\n\n") << true << u"no token"_s;
        QTest::newRow("unknown right") << QByteArray("secret read write") << false << u"line 1"_s;
        QTest::newRow("right of a node") << QByteArray("secret cluster") << false << u"line 1"_s;
        QTest::newRow("right behind a cluster's") << QByteArray("\nsecret read") << true << u"line 2"_s;
        QTest::newRow("character") << QByteArray("sec:ret") << false << u"line 1"_s;
        QTest::newRow("letter beyond ASCII") << QByteArray("s\xc3\xa9") << false << u"line 1"_s;
        QTest::newRow("sign in front") << QByteArray("=secret") << false << u"line 1"_s;
        QTest::newRow("too long") << QByteArray(513, 'x') << false << u"line 1"_s;
        QTest::newRow("twice") << QByteArray("secret read\nx\nsecret append") << false << u"line 3"_s;
        QTest::newRow("NUL") << QByteArray("sec\0ret", 7) << false << u"line 1"_s;
    }

    void refuses()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, cluster);
        QFETCH(QString, why);
        const auto tokens = Tokens::parse(text, cluster ? Tokens::Kind::Cluster : Tokens::Kind::Client);
        QVERIFY(!tokens);
        QCOMPARE(tokens.error().code, Errc::InvalidArgument);
        QVERIFY2(tokens.error().text.contains(why), qPrintable(tokens.error().text));
        QVERIFY(!tokens.error().text.contains(u"secret"_s));
    }

    void readsSecretFiles_data()
    {
        QTest::addColumn<int>("mode");
        QTest::addColumn<bool>("isTaken");
        QTest::addColumn<bool>("isWarned");
        QTest::newRow("0600") << 0600 << true << false;
        QTest::newRow("0400") << 0400 << true << false;
        QTest::newRow("0640") << 0640 << true << false;
        QTest::newRow("0644") << 0644 << true << true;
        QTest::newRow("0660") << 0660 << false << false;
        QTest::newRow("0602") << 0602 << false << false;
        QTest::newRow("0666") << 0666 << false << false;
    }

    void readsSecretFiles()
    {
        QFETCH(int, mode);
        QFETCH(bool, isTaken);
        QFETCH(bool, isWarned);
        QTemporaryDir folder;
        const QString path = folder.filePath(u"tokens"_s);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("secret");
        file.close();
        QCOMPARE(::chmod(path.toLocal8Bit().constData(), mode_t(mode)), 0);
        const auto read = SecretFile::read(path);
        QCOMPARE(bool(read), isTaken);
        if (!read) {
            QVERIFY(read.error().text.contains(path));
            return;
        }
        QCOMPARE(read->text, QByteArray("secret"));
        QCOMPARE(!read->warning.isEmpty(), isWarned);
    }

    void refusesWhatIsNoSecretFile()
    {
        QTemporaryDir folder;
        QVERIFY(!SecretFile::read(folder.filePath(u"none"_s)));
        QVERIFY(!SecretFile::read(folder.path()));
        QFile large(folder.filePath(u"large"_s));
        QVERIFY(large.open(QIODevice::WriteOnly));
        large.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
        large.write(QByteArray(1024 * 1024 + 1, 'x'));
        large.close();
        const auto read = SecretFile::read(large.fileName());
        QVERIFY(!read && read.error().text.contains(u"longer"_s));
    }
};

QTEST_GUILESS_MAIN(TestTokens)
#include "tst_tokens.moc"
