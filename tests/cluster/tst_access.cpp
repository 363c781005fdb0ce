// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/clusterfixture.h"

#include <QFile>
#include <QTest>

using namespace replog::test;
using namespace Qt::StringLiterals;
using Role = NodeProcess::Role;

// Access to a real node: by web pages, other machines, and programs with and without tokens.
class TestAccess : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void webPagesGetNowhere();
    void registrationsNameTheirOwnMachine();
    void keysAreGivenOnce();
    void withoutTokensOnlyLoopback();
    void badTokenFiles_data();
    void badTokenFiles();
    void everyRouteAsksForItsRight();
    void refusalsComeBeforeTheBody();
    void clusterWithTokens();
    void strangersAreKeptOutOfTheCluster();
    void tokensAreReadAnew();

private:
    // Makes a file that only its owner may read.
    static QString write(const ClusterFixture &cluster, const QString &name, const QByteArray &text)
    {
        QFile file(cluster.folder(name));
        if (!file.open(QIODevice::WriteOnly) ||
            !file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner))
            return {};
        file.write(text);
        return file.fileName();
    }
};

void TestAccess::webPagesGetNowhere()
{
    ClusterFixture cluster;
    QVERIFY(cluster.start(1, {}, {u"--enable-faults"_s}));
    QCOMPARE(cluster.master().http().appendNow("precious", 2).status, 201);
    struct Attempt
    {
        const NodeProcess *node;
        const char *method;
        const char *path;
        const char *body;
    };
    const QList<Attempt> attempts{
        {&cluster.master(), "POST", "/api/v1/messages", R"({"message":"evil"})"},
        {&cluster.master(), "POST", "/api/v1/nodes", R"({"name":"evil","url":"http://127.0.0.1:80"})"},
        {&cluster.master(), "DELETE", "/api/v1/nodes/s1", ""},
        {&cluster.master(), "POST", "/api/v1/nodes/s1/retry", ""},
        {&cluster.master(), "GET", "/api/v1/messages", ""},
        {&cluster.master(), "GET", "/api/v1/messages/1", ""},
        {&cluster.master(), "GET", "/api/v1/status", ""},
        {&cluster.master(), "GET", "/metrics", ""},
        {&cluster.master(), "GET", "/health", ""},
        {&cluster.master(), "GET", "/nothing", ""},
        {&cluster.s1(), "POST", "/internal/v1/replicate",
         R"({"master":"e","epoch":9000000000000000,"prev_id":0,"prev_epoch":0,"entries":[]})"},
        {&cluster.s1(), "PUT", "/api/v1/faults", R"({"block":true})"},
        {&cluster.s1(), "GET", "/api/v1/messages", ""},
        {&cluster.s1(), "POST", "/api/v1/messages", R"({"message":"evil"})"},
    };
    for (const Attempt &attempt : attempts) {
        const auto answer = [&attempt](const Headers &headers) {
            return attempt.node->http().now(attempt.method, attempt.path, attempt.body, headers);
        };
        for (const Headers &headers :
             {Headers{{"Origin", "https://evil.example"}, {"Content-Type", "text/plain"}},
              Headers{{"Origin", "null"}}, Headers{{"Sec-Fetch-Site", "cross-site"}},
              Headers{{"Sec-Fetch-Site", "same-site"}}}) {
            const HttpAnswer refused = answer(headers);
            QVERIFY2(refused.status == 403, QByteArray(attempt.path + refused.text()).constData());
            QVERIFY(refused.header("access-control-allow-origin").isEmpty());
        }
        const auto rebound =
            attempt.node->http().raw(HttpClient::request(attempt.method, attempt.path, attempt.body)
                                         .replace("Host: localhost", "Host: evil.example"));
        QVERIFY(rebound->wait());
        QVERIFY2(rebound->answer().status == 421,
                 QByteArray(attempt.path + rebound->answer().text()).constData());
        QVERIFY(!rebound->answer().body.contains("node_id"));
    }
    const HttpAnswer preflight =
        cluster.master().http().now("OPTIONS", "/api/v1/messages", {}, {{"Origin", "https://evil.example"}});
    QCOMPARE(preflight.status, 403);
    // None of these requests had an effect.
    QCOMPARE(ClusterFixture::messages(cluster.master()), QStringList{u"precious"_s});
    QCOMPARE(ClusterFixture::status(cluster.master()).value("mode"_L1).toString(), u"read-write"_s);
    QCOMPARE(ClusterFixture::status(cluster.master()).value("nodes"_L1).toArray().size(), 1);
    QCOMPARE(cluster.master().http().appendNow("x", 2).status, 201);
    QVERIFY(cluster.waitForEqualLogs());
}

void TestAccess::registrationsNameTheirOwnMachine()
{
    ClusterFixture cluster;
    QVERIFY(cluster.start(0));
    for (const char *url : {"http://attacker:80", "http://10.0.0.1:80", "http://u:p@127.0.0.1:80",
                            "http://127.0.0.1:80/path", "http://127.0.0.1", "ftp://127.0.0.1:80"}) {
        const HttpAnswer answer = cluster.master().http().now(
            "POST", "/api/v1/nodes", "{\"name\":\"zz\",\"url\":\"" + QByteArray(url) + "\"}");
        QVERIFY2(answer.status == 400, QByteArray(url + answer.text()).constData());
    }
    QVERIFY(ClusterFixture::status(cluster.master()).value("nodes"_L1).toArray().isEmpty());
}

void TestAccess::keysAreGivenOnce()
{
    ClusterFixture cluster;
    QVERIFY(cluster.start(0));
    const HttpAnswer answer =
        cluster.master().http().appendNow("x", 1, {}, {{"Idempotency-Key", "a"}, {"idempotency-key", "a"}});
    QVERIFY2(answer.status == 400 && answer.body.contains("Idempotency-Key"), answer.text().constData());
    QCOMPARE(ClusterFixture::lastId(cluster.master()), 0);
}

void TestAccess::withoutTokensOnlyLoopback()
{
    ClusterFixture cluster;
    const QString tokens = write(cluster, u"tokens"_s, "secret\n");
    const QStringList open{u"--port"_s, u"0"_s,      u"--data"_s, cluster.folder(u"data"_s),
                           u"--host"_s, u"0.0.0.0"_s};
    for (const Role role : {Role::Master, Role::Secondary}) {
        for (const QStringList &more : {QStringList{}, QStringList{u"--token-file"_s, tokens},
                                        QStringList{u"--cluster-token-file"_s, tokens}}) {
            const auto run = NodeProcess::run(role, open + more);
            QCOMPARE(run.exitCode, 2);
            QVERIFY2(run.err.count('\n') == 1 && run.err.contains("--host") && run.err.contains("--insecure"),
                     run.err.constData());
        }
    }
    QVERIFY(cluster.start(1, {u"--insecure"_s}));
    QCOMPARE(ClusterFixture::status(cluster.master()).value("insecure"_L1), QJsonValue(true));
    QCOMPARE(ClusterFixture::status(cluster.s1()).value("insecure"_L1), QJsonValue(false));
    QVERIFY(cluster.master().output().contains("--insecure"));
}

void TestAccess::badTokenFiles_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("permissions");
    const int owner = QFileDevice::ReadOwner | QFileDevice::WriteOwner;
    QTest::newRow("empty") << QByteArray() << owner;
    QTest::newRow("unknown right") << QByteArray("hush write\n") << owner;
    QTest::newRow("others write") << QByteArray("hush\n") << (owner | int(QFileDevice::WriteOther));
    QTest::newRow("group writes") << QByteArray("hush\n") << (owner | int(QFileDevice::WriteGroup));
}

void TestAccess::badTokenFiles()
{
    QFETCH(QByteArray, text);
    QFETCH(int, permissions);
    ClusterFixture cluster;
    const QString path = write(cluster, u"tokens"_s, text);
    QVERIFY(QFile(path).setPermissions(QFileDevice::Permissions(permissions)));
    for (const QString &option : {u"--token-file"_s, u"--cluster-token-file"_s}) {
        const auto run = NodeProcess::run(
            Role::Master, {u"--port"_s, u"0"_s, u"--data"_s, cluster.folder(u"data"_s), option, path});
        QCOMPARE(run.exitCode, 2);
        QVERIFY2(run.err.count('\n') == 1 && run.err.contains(option.toUtf8()) &&
                     run.err.contains(path.toUtf8()),
                 run.err.constData());
        QVERIFY(!run.err.contains("hush"));
    }
}

void TestAccess::everyRouteAsksForItsRight()
{
    ClusterFixture cluster;
    const QString tokens =
        write(cluster, u"tokens"_s, "reader read\nwriter append\noperator operate\neverything\n");
    const QString clusterTokens = write(cluster, u"cluster"_s, "insider\n");
    cluster.setAccess({u"--token-file"_s, tokens, u"--cluster-token-file"_s, clusterTokens},
                      {"everything", {}});
    QVERIFY(cluster.start(1, {}, {u"--enable-faults"_s}));
    QCOMPARE(cluster.master().http().appendNow("x", 2).status, 201);

    struct Route
    {
        bool isMaster;
        const char *method;
        const char *path;
        const char *right; // the right that the route needs; empty: none
    };
    const QList<Route> routes{
        {true, "GET", "/health", ""},
        {false, "GET", "/health", ""},
        {true, "GET", "/api/v1/openapi.yaml", ""},
        {false, "GET", "/api/v1/openapi.yaml", ""},
        {true, "GET", "/metrics", "reader"},
        {false, "GET", "/metrics", "reader"},
        {true, "GET", "/api/v1/status", "reader"},
        {false, "GET", "/api/v1/status", "reader"},
        {true, "GET", "/api/v1/messages", "reader"},
        {false, "GET", "/api/v1/messages", "reader"},
        {true, "GET", "/api/v1/messages/1", "reader"},
        {false, "GET", "/api/v1/messages/1", "reader"},
        {true, "GET", "/api/v1/digest?to=1", "reader"},
        {false, "GET", "/api/v1/digest?to=1", "reader"},
        {true, "GET", "/api/v1/trace?x=1", "reader"},
        {false, "GET", "/api/v1/trace?x=1", "reader"},
        {false, "GET", "/api/v1/faults", "reader"},
        {true, "POST", "/api/v1/messages", "writer"},
        {false, "POST", "/api/v1/messages", "writer"},
        {true, "DELETE", "/api/v1/waits/99", "operator"},
        {true, "DELETE", "/api/v1/waits?from=98&to=99", "operator"},
        {true, "POST", "/api/v1/backup", "operator"},
        {false, "POST", "/api/v1/backup", "operator"},
        {true, "DELETE", "/api/v1/nodes/nobody", "operator"},
        {true, "POST", "/api/v1/nodes/nobody/retry", "operator"},
        {false, "PUT", "/api/v1/faults", "operator"},
        {true, "POST", "/api/v1/nodes", "insider"},
        {false, "POST", "/internal/v1/replicate", "insider"},
    };
    for (const Route &route : routes) {
        const NodeProcess &node = route.isMaster ? cluster.master() : cluster.s1();
        const QByteArray name = QByteArray(route.method) + ' ' + route.path + ' ';
        const auto statusFor = [&](const QByteArray &token) {
            // With these bodies an authorized request gets a 4xx other than 401 and 403.
            return node.httpAs({token, {}}).now(route.method, route.path, "{}").status;
        };
        const QByteArray right = route.right;
        for (const QByteArray token :
             {"", "wrong", "reader", "writer", "operator", "everything", "insider"}) {
            const int status = statusFor(token);
            const bool isOpen =
                right.isEmpty() || token == right || (token == "everything" && right != "insider");
            const QByteArray what = name + "with '" + token + "': " + QByteArray::number(status);
            if (isOpen)
                QVERIFY2(status != 0 && status != 401 && status != 403, what.constData());
            else
                QVERIFY2(status == (token.isEmpty() || token == "wrong" ? 401 : 403), what.constData());
        }
        if (!right.isEmpty())
            QCOMPARE(node.httpAs({}).now(route.method, route.path, "{}").header("www-authenticate").left(6),
                     QByteArray("Bearer"));
    }

    // No token appears in logs, answers or command lines.
    QByteArray seen = cluster.master().output() + cluster.s1().output();
    for (const auto &node : cluster.nodes()) {
        for (const char *path : {"/api/v1/status", "/metrics", "/health"})
            seen += node->http().getNow(path).body;
        seen += node->httpAs({"wrong", {}}).getNow("/api/v1/status").body;
        QFile commandLine(u"/proc/%1/cmdline"_s.arg(node->pid()));
        QVERIFY(commandLine.open(QIODevice::ReadOnly));
        seen += commandLine.readAll();
    }
    for (const char *token : {"reader", "writer", "everything", "insider", "wrong"})
        QVERIFY2(!seen.contains(token), token);
}

void TestAccess::refusalsComeBeforeTheBody()
{
    ClusterFixture cluster;
    cluster.setAccess({u"--token-file"_s, write(cluster, u"tokens"_s, "reader read\n")}, {"reader", {}});
    QVERIFY(cluster.start(0));
    const auto refused = [&cluster](const QByteArray &token) {
        const auto call = cluster.master().httpAs({}).raw(
            "POST /api/v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            "Authorization: Bearer " +
            token + "\r\nContent-Length: 10000000\r\n\r\n{");
        call->wait();
        return call->answer().status;
    };
    QCOMPARE(refused("wrong"), 401);
    QCOMPARE(refused("reader"), 403);
}

void TestAccess::clusterWithTokens()
{
    ClusterFixture cluster;
    const QString tokens = write(cluster, u"tokens"_s, "everything\n");
    const QString clusterTokens = write(cluster, u"cluster"_s, "insider\n");
    cluster.setAccess({u"--token-file"_s, tokens, u"--cluster-token-file"_s, clusterTokens},
                      {"everything", {}});
    QVERIFY(cluster.start(2));
    QCOMPARE(cluster.master().http().appendNow("x", 3).status, 201);
    cluster.s1().kill();
    QCOMPARE(cluster.master().http().appendNow("y", 2).status, 201);
    QVERIFY(cluster.s1().start());
    QVERIFY(cluster.waitForEqualLogs());
    QCOMPARE(cluster.problems(), QByteArray());
}

void TestAccess::strangersAreKeptOutOfTheCluster()
{
    ClusterFixture cluster;
    cluster.setAccess({u"--cluster-token-file"_s, write(cluster, u"cluster"_s, "insider\n")}, {});
    QVERIFY(cluster.start(1));
    // A node without the cluster token, and one with a wrong one.
    cluster.setAccess({}, {});
    QVERIFY(cluster.addSecondary(u"s2"_s).start());
    cluster.setAccess({u"--cluster-token-file"_s, write(cluster, u"other"_s, "stranger\n")}, {});
    QVERIFY(cluster.addSecondary(u"s3"_s).start());
    for (const char *name : {"s2", "s3"}) {
        const NodeProcess &node = *cluster.nodes().at(name[1] == '2' ? 2 : 3);
        QVERIFY(waitUntil([&node] { return node.output().contains("cannot register"); }));
    }
    QCOMPARE(ClusterFixture::status(cluster.master()).value("nodes"_L1).toArray().size(), 1);
    QCOMPARE(cluster.master().http().appendNow("x", 2).status, 201);
}

void TestAccess::tokensAreReadAnew()
{
    ClusterFixture cluster;
    const QString tokens = write(cluster, u"tokens"_s, "before\n");
    cluster.setAccess({u"--token-file"_s, tokens}, {"before", {}});
    QVERIFY(cluster.start(0));
    const auto statusFor = [&cluster](const QByteArray &token) {
        return cluster.master().httpAs({token, {}}).getNow("/api/v1/status").status;
    };
    QCOMPARE(statusFor("before"), 200);
    write(cluster, u"tokens"_s, "after read\n");
    cluster.master().sendHangUp();
    QVERIFY(waitUntil([&] { return statusFor("after") == 200; }));
    QCOMPARE(statusFor("before"), 401);
    // An invalid file does not replace the tokens in use.
    write(cluster, u"tokens"_s, "after nonsense\n");
    cluster.master().sendHangUp();
    QVERIFY(waitUntil([&] { return cluster.master().output().contains("stay as they were"); }));
    QCOMPARE(statusFor("after"), 200);
    QVERIFY(cluster.master().terminate());
}

QTEST_GUILESS_MAIN(TestAccess)
#include "tst_access.moc"
