// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/eventloopscheduler.h"
#include "shared/base/waitroom.h"
#include "shared/node/nodeoptions.h"
#include "shared/node/nodeserver.h"
#include "tests/unit/node/apisuite.h"
#include "tests/unit/store/storefixture.h"

#include <QJsonArray>
#include <QProcessEnvironment>
#include <QRegularExpression>
#include <QSignalSpy>

#include <memory>

using namespace Qt::StringLiterals;

namespace replog {

// What both programs serve beside their own routes, and how they end, on a real store.
class TestNodeServer : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_isHealthy = true;
        m_store = std::make_unique<StoreFixture>();
        QCOMPARE(m_store->openError(), QString());
        QVERIFY(m_store->append(1, 3));
        m_log = std::make_unique<VisibleLog>();
        m_log->setDurableId(3);
    }
    void cleanup()
    {
        m_server.reset();
        m_log.reset();
        m_store.reset();
    }

    void health()
    {
        serve();
        const auto well = ask("GET /health");
        QCOMPARE(well->status(), 200);
        QCOMPARE(well->document(),
                 QJsonObject({{u"status"_s, u"ok"_s}, {u"nodes"_s, QJsonArray{u"of the test"_s}}}));
        m_isHealthy = false;
        QCOMPARE(ask("GET /health")->status(), 503);
    }

    // Anybody may ask whether it lives, but who the members are is for those who may read.
    void healthAndTokens()
    {
        QFile file(m_folder.filePath(u"tokens"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        const QByteArray reads = "0123456789abcdef0123456789abcdef",
                         appends = "fedcba9876543210fedcba9876543210";
        file.write(reads + " read\n" + appends + " append\n");
        file.close();
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
        serve({u"--token-file"_s, file.fileName()});
        const auto bearer = [](const QByteArray &token) {
            return QByteArray("Authorization: Bearer " + token + "\r\n");
        };
        QCOMPARE(ask("GET /health")->document(), QJsonObject({{u"status"_s, u"ok"_s}}));
        QCOMPARE(ask("GET /health", bearer(appends))->document().size(), 1);
        QCOMPARE(ask("GET /health", bearer(reads))->document().size(), 2);
        for (const QByteArray path : {"/metrics", "/api/v1/status", "/api/v1/messages", "/api/v1/trace"}) {
            QCOMPARE(ask("GET " + path)->status(), 401);
            QCOMPARE(ask("GET " + path, bearer(appends))->status(), 403);
        }
        QCOMPARE(ask("GET /metrics", bearer(reads))->status(), 200);
        QCOMPARE(ask("GET /api/v1/openapi.yaml")->status(), 200);
    }

    void statusAndMetrics()
    {
        serve();
        const QJsonObject status = ask("GET /api/v1/status")->document();
        QCOMPARE(status[u"role"_s].toString(), u"of the test"_s);
        QVERIFY(status[u"store_bytes"_s].toInteger() > 0);
        QCOMPARE(status[u"insecure"_s], QJsonValue(false));
        const QByteArray metrics = ask("GET /metrics")->body();
        QVERIFY(metrics.contains("\nreplog_last_id 3\n"));
        QVERIFY(metrics.contains("\nreplog_store_group_entries_count 0\n"));
        QVERIFY(m_store->append(4, 2));
        QVERIFY(ask("GET /metrics")->body().contains("\nreplog_store_group_entries_sum 2\n"));
    }

    // Who comes before it is ready waits, and is not turned away.
    void serves()
    {
        make({});
        QVERIFY(m_server->hold(QHostAddress::LocalHost, 0));
        const auto early = call("GET /health");
        NodeServer other({}, parts());
        QVERIFY(!other.hold(QHostAddress::LocalHost, m_server->http().port()));
        QCOMPARE(m_server->http().connectionCount(), 0);
        QCOMPARE(m_server->serve(), u"http://127.0.0.1:%1"_s.arg(m_server->http().port()));
        QVERIFY(waitFor([&] { return early->isOver(); }));
        QCOMPARE(early->status(), 200);
    }

    // Everybody who waits is answered, and then the store is closed, with all that was handed to it.
    void shutsDown()
    {
        serve();
        const auto poll = call("GET /api/v1/messages?from=4&wait_ms=100000");
        const auto entries = call("GET /api/v1/messages", "Accept: text/event-stream\r\n");
        const auto status = call("GET /api/v1/status", "Accept: text/event-stream\r\n");
        const auto trace = call("GET /api/v1/trace");
        QVERIFY(waitFor([&] {
            return entries->received().contains("\"id\":3") && status->received().contains("data:") &&
                   trace->received().contains("text/event-stream") && m_room->others() == 4;
        }));
        QSignalSpy closed(m_server.get(), &NodeServer::closed);
        m_store->store->append({StoreFixture::entry(4, "the last")});
        m_server->shutDown();
        QVERIFY(closed.isEmpty()); // not from inside the call
        QVERIFY(waitFor([&] {
            return !closed.isEmpty() && poll->isOver() && entries->isOver() && status->isOver() &&
                   trace->isOver();
        }));
        QCOMPARE(poll->status(), 503);
        QCOMPARE(closed.size(), 1);
        QVERIFY(closed[0][0].value<Result<void>>());
        QCOMPARE(m_store->durableId, 4U);
    }

private:
    NodeServer::Parts parts()
    {
        return {View::All,
                *m_log,
                *m_store->store,
                m_scheduler,
                *m_access,
                *m_room,
                [] {
                    return QJsonObject{{u"role"_s, u"of the test"_s}};
                },
                [](QObject *, TraceFeed &) {},
                [this] { return m_isHealthy; },
                [] { return QJsonArray{u"of the test"_s}; },
                m_store->options.dataDir,
                {}};
    }
    void make(const QStringList &arguments)
    {
        Options options(u"replog-sample"_s, {});
        declareNodeOptions(options, u"30000"_s, u"sample"_s);
        QVERIFY(options.parse(QStringList{u"replog-sample"_s} + arguments, QProcessEnvironment()));
        auto access = NodeAccess::load(options, QHostAddress::LocalHost);
        QVERIFY2(access, access ? "" : qPrintable(access.error().text));
        m_access = std::make_unique<NodeAccess>(std::move(*access));
        m_room = std::make_unique<WaitRoom>(100);
        m_server = std::make_unique<NodeServer>(HttpLimits(), parts());
    }
    void serve(const QStringList &arguments = {})
    {
        make(arguments);
        QVERIFY(m_server->hold(QHostAddress::LocalHost, 0));
        m_server->serve();
    }
    std::unique_ptr<ApiCall> call(const QByteArray &request, const QByteArray &fields = {})
    {
        return std::make_unique<ApiCall>(m_server->http().port(), request, fields);
    }
    std::unique_ptr<ApiCall> ask(const QByteArray &request, const QByteArray &fields = {})
    {
        auto asked = call(request, fields);
        if (!waitFor([&] { return asked->isOver(); }))
            qWarning("no answer");
        return asked;
    }

    QTemporaryDir m_folder;
    EventLoopScheduler m_scheduler;
    std::unique_ptr<StoreFixture> m_store;
    std::unique_ptr<VisibleLog> m_log;
    std::unique_ptr<NodeAccess> m_access;
    std::unique_ptr<WaitRoom> m_room;
    std::unique_ptr<NodeServer> m_server;
    bool m_isHealthy = true;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestNodeServer)
#include "tst_nodeserver.moc"
