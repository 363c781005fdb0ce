// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/eventloopscheduler.h"
#include "shared/node/backupapi.h"
#include "tests/unit/node/apisuite.h"
#include "tests/unit/store/storefixture.h"

#include <QDir>
#include <QRegularExpression>

#include <memory>

using namespace Qt::StringLiterals;

namespace replog {

// POST /api/v1/backup on a real store.
class TestBackupApi : public ApiSuite
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        QCOMPARE(m_fixture.openError(), QString());
        QVERIFY(m_fixture.append(1, 3));
    }
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_dir = std::make_unique<QTemporaryDir>();
        start(m_dir->filePath(u"backups"_s));
    }
    void cleanup() { m_server.reset(); }

    void refusedNames_data()
    {
        QTest::addColumn<QByteArray>("query");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("field");
        const auto row = [](const char *what, const QByteArray &name) {
            QTest::newRow(what) << ""_ba
                                << "{\"name\":\"" + name + "\"}" << 400 << "name"_ba;
        };
        row("empty", "");
        row("hidden", ".a");
        row("parent", "..");
        row("folder", "a/b");
        row("space", "a b");
        row("line feed", "a\\n");
        row("null", "a\\u0000");
        row("no ASCII", "é");
        row("too long", QByteArray(65, 'a'));
        QTest::newRow("no text") << ""_ba
                                 << R"({"name":1})"_ba << 400 << "name"_ba;
        QTest::newRow("missing") << ""_ba
                                 << "{}"_ba << 400 << "name"_ba;
        QTest::newRow("unknown field") << ""_ba
                                       << R"({"name":"a","dir":"/"})"_ba << 400 << "dir"_ba;
        QTest::newRow("no document") << ""_ba
                                     << ""_ba << 400 << "body"_ba;
        QTest::newRow("argument") << "?name=b"_ba
                                  << R"({"name":"a"})"_ba << 400 << "name"_ba;
        QTest::newRow("any length") << ""_ba << QByteArray(4097, ' ') << 413 << "body"_ba;
    }
    void refusedNames()
    {
        QFETCH(QByteArray, query);
        QFETCH(QByteArray, body);
        QFETCH(int, status);
        QFETCH(QByteArray, field);
        const auto asked = backUp(body, query);
        QCOMPARE(asked->field(), field);
        QCOMPARE(asked->status(), status);
        QVERIFY(QDir(m_dir->path()).isEmpty());
    }

    void refusedTypes()
    {
        const QByteArray body = R"({"name":"a"})";
        for (const QByteArray fields : {"", "Content-Type: text/plain\r\n"}) {
            const auto asked = ask("POST /api/v1/backup", fields, body);
            QCOMPARE(asked->status(), 415);
            QCOMPARE(asked->field(), "Content-Type");
        }
        QVERIFY(QDir(m_dir->path()).isEmpty());
    }

    void names_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("plain") << "monday"_ba;
        QTest::newRow("all kinds") << "-_A.9"_ba;
        QTest::newRow("long") << QByteArray(64, 'a');
    }
    void names()
    {
        QFETCH(QByteArray, name);
        const auto asked = backUp("{\"name\":\"" + name + "\"}");
        QCOMPARE(asked->status(), 200);
        const QJsonObject backup = asked->document();
        const QString path = m_dir->filePath(u"backups/"_s + QString::fromLatin1(name));
        QCOMPARE(backup.keys(),
                 (QStringList{u"digest"_s, u"epoch"_s, u"first_id"_s, u"last_id"_s, u"path"_s}));
        QCOMPARE(backup[u"path"_s].toString(), path);
        QCOMPARE(backup[u"first_id"_s].toInt(), 1);
        QCOMPARE(backup[u"last_id"_s].toInt(), 3);
        QCOMPARE(backup[u"digest"_s].toString().size(), 32);
        QVERIFY(QDir(path).exists());
        // There is a backup of that name.
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"there is a backup"_s));
        const auto again = backUp("{\"name\":\"" + name + "\"}");
        QCOMPARE(again->status(), 409);
        QCOMPARE(again->field(), "name");
    }

    void withoutAFolder()
    {
        start({});
        QCOMPARE(backUp(R"({"name":"a"})")->status(), 404);
    }

    void folderThatCannotBeMade()
    {
        QFile file(m_dir->filePath(u"file"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        start(file.fileName());
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u".*"_s));
        QCOMPARE(backUp(R"({"name":"a"})")->status(), 500);
    }

    // The backup is made all the same.
    void whoHangsUp()
    {
        const auto gone = call("POST /api/v1/backup", Json, R"({"name":"a"})");
        QVERIFY(comes([&] { return m_server->requestCount() == 1; }));
        gone->hangUp();
        QVERIFY(comes([&] { return QDir(m_dir->filePath(u"backups/a"_s)).exists(); }));
    }

private:
    void start(const QString &dir)
    {
        m_server = std::make_unique<HttpServer>(m_scheduler);
        addBackupRoute(*m_server, *m_fixture.store, dir);
        QVERIFY(m_server->listen(QHostAddress::LocalHost, 0));
    }
    void settle() override {}
    std::unique_ptr<ApiCall> backUp(const QByteArray &body, const QByteArray &query = {})
    {
        return ask("POST /api/v1/backup" + query, Json, body);
    }

    EventLoopScheduler m_scheduler;
    std::unique_ptr<QTemporaryDir> m_dir;
    StoreFixture m_fixture;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestBackupApi)
#include "tst_backupapi.moc"
