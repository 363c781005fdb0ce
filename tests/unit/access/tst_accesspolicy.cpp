// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/access/accesspolicy.h"

#include <QTest>

using namespace replog;
using namespace Qt::StringLiterals;

namespace {

constexpr std::array Routes{Right::None, Right::Read, Right::Append, Right::Operate, Right::Cluster};

// A head of "Name: value" lines.
HeaderFields fieldsOf(const QByteArray &lines)
{
    HeaderFields fields;
    QByteArray text;
    QList<std::pair<QByteArray, QByteArray>> pairs;
    for (const QByteArray &line : lines.split('\n')) {
        if (line.isEmpty())
            continue;
        pairs.append({line.left(line.indexOf(':')).toLower(), line.mid(line.indexOf(':') + 1).trimmed()});
        text += pairs.last().first + pairs.last().second;
    }
    const char *at = fields.setText(text);
    for (const auto &[name, value] : pairs) {
        fields.add({at, name.size()}, {at + name.size(), value.size()});
        at += name.size() + value.size();
    }
    return fields;
}

Result<void> check(const AccessPolicy &policy, const QByteArray &lines, Right right, bool isTls = false)
{
    const HeaderFields headers = fieldsOf(lines);
    const QHostAddress peer(QHostAddress::LocalHost);
    return policy.check({HttpMethod::Get, "/x", headers, peer, isTls, right});
}

AccessPolicy open()
{
    return AccessPolicy(BrowserGuard({u"Node.example"_s, u"10.1.2.3"_s, u"bücher.example"_s}), {}, {});
}

Tokens tokens(const char *text, Tokens::Kind kind)
{
    return *Tokens::parse(text, kind);
}

AccessPolicy guarded()
{
    return AccessPolicy(BrowserGuard({}), tokens("r read\na append\no operate\nall\n", Tokens::Kind::Client),
                        tokens("node\nnext\n", Tokens::Kind::Cluster));
}

} // namespace

class TestAccessPolicy : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    // Headers that a browser adds to a page's request, and the target of the request.
    void keepsWebPagesOut_data()
    {
        QTest::addColumn<QByteArray>("lines");
        QTest::addColumn<bool>("isTls");
        QTest::addColumn<bool>("isLetIn");
        const auto row = [](const char *name, const char *lines, bool isLetIn, bool isTls = false) {
            QTest::newRow(name) << QByteArray(lines) << isTls << isLetIn;
        };
        row("no browser", "Host: 127.0.0.1:1", true);
        row("typed by the user", "Host: 127.0.0.1:1\nSec-Fetch-Site: none", true);
        row("page of this node", "Host: 127.0.0.1:1\nSec-Fetch-Site: same-origin\nOrigin: http://127.0.0.1:1",
            true);
        row("page of another port", "Host: 127.0.0.1:1\nSec-Fetch-Site: same-site", false);
        row("page of another site", "Host: 127.0.0.1:1\nSec-Fetch-Site: cross-site", false);
        row("word to come", "Host: 127.0.0.1:1\nSec-Fetch-Site: elsewhere", false);
        row("two words", "Host: 127.0.0.1:1\nSec-Fetch-Site: none\nSec-Fetch-Site: cross-site", false);
        row("empty word", "Host: 127.0.0.1:1\nSec-Fetch-Site:", false);
        row("origin of another site", "Host: 127.0.0.1:1\nOrigin: http://evil.example", false);
        row("origin of another port", "Host: 127.0.0.1:1\nOrigin: http://127.0.0.1:2", false);
        row("origin of another scheme", "Host: 127.0.0.1:1\nOrigin: https://127.0.0.1:1", false);
        row("origin of another name", "Host: 127.0.0.1:1\nOrigin: http://localhost:1", false);
        row("origin of a file", "Host: 127.0.0.1:1\nOrigin: null", false);
        row("origin of an extension", "Host: 127.0.0.1:1\nOrigin: chrome-extension://abc", false);
        row("empty origin", "Host: 127.0.0.1:1\nOrigin:", false);
        row("only a scheme", "Host: 127.0.0.1:1\nOrigin: http://", false);
        row("two origins", "Host: 127.0.0.1:1\nOrigin: http://127.0.0.1:1\nOrigin: http://x", false);
        row("origin with more in front", "Host: 127.0.0.1:1\nOrigin: http://127.0.0.1:1.evil.example", false);
        row("origin with a user", "Host: 127.0.0.1:1\nOrigin: http://127.0.0.1:1@evil.example", false);
        row("origin in capitals", "Host: LOCALHOST:1\nOrigin: http://localhost:1", true);
        row("default port left out", "Host: localhost\nOrigin: http://localhost:80", true);
        row("default port of TLS", "Host: localhost:443\nOrigin: https://localhost", true, true);
        row("origin without TLS", "Host: localhost:443\nOrigin: http://localhost:443", false, true);
        row("IPv6", "Host: [::1]:1\nOrigin: http://[::1]:1", true);
        row("no host to compare with", "Origin: http://127.0.0.1:1", false);
    }

    void keepsWebPagesOut()
    {
        QFETCH(QByteArray, lines);
        QFETCH(bool, isTls);
        QFETCH(bool, isLetIn);
        for (const Right right : Routes) {
            const auto checked = check(open(), lines, right, isTls);
            QVERIFY2(bool(checked) == isLetIn, checked ? "let in" : qPrintable(checked.error().text));
            if (!checked)
                QCOMPARE(checked.error().code, Errc::Forbidden);
            // A token does not let a page in.
            const auto withToken = check(
                guarded(), lines + "\nAuthorization: Bearer " + (right == Right::Cluster ? "node" : "all"),
                right, isTls);
            QCOMPARE(bool(withToken), isLetIn);
        }
    }

    // With DNS rebinding, a page's request has the page's host name.
    void keepsRebindingOut_data()
    {
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<bool>("isLetIn");
        const auto row = [](const char *host, bool isLetIn) {
            QTest::newRow(host) << QByteArray("Host: ") + host << isLetIn;
        };
        row("127.0.0.1", true);
        row("127.0.0.1:30000", true);
        row("192.168.1.7:30000", true);
        row("[::1]:30000", true);
        row("[fd00::1]", true);
        row("localhost", true);
        row("localhost:1", true);
        row("LocalHost.:1", true);
        row("node.example:7", true);
        row("NODE.example", true);
        row("10.1.2.3", true);
        row("xn--bcher-kva.example", true);
        row("evil.example", false);
        row("evil.example:30000", false);
        row("node.example.evil.example", false);
        row("evil-node.example", false);
        row("localhost.evil.example", false);
        row("127.0.0.1.evil.example", false);
        row("127.0.0.1.", true);
        row("x.localhost", false);
        row("1.2.3", false);
        row("[::1", false);
        row("[evil]", false);
        row("::1", false);
        row("", false);
        row(":30000", false);
        QTest::newRow("none, as HTTP/1.0 may") << QByteArray() << true;
    }

    void keepsRebindingOut()
    {
        QFETCH(QByteArray, host);
        QFETCH(bool, isLetIn);
        for (const Right right : Routes) {
            const auto checked = check(open(), host, right);
            QVERIFY2(bool(checked) == isLetIn, checked ? "let in" : qPrintable(checked.error().text));
            if (!checked)
                QCOMPARE(checked.error().code, Errc::Misdirected);
        }
    }

    void oneHostLetInIsNotAllOfThem()
    {
        const AccessPolicy policy = open();
        for (int round = 0; round < 2; ++round) {
            QVERIFY(check(policy, "Host: localhost:1", Right::Read));
            QVERIFY(!check(policy, "Host: evil.example:1", Right::Read));
            QVERIFY(!check(policy, "Host:", Right::Read));
            QVERIFY(!check(policy, "Host: localhost:1.evil", Right::Read));
            QVERIFY(check(policy, "Host: 127.0.0.1:1", Right::Read));
        }
    }

    // An address of IPv6 may look like a name with a port that is no number.
    void addressesAreNoNames()
    {
        const AccessPolicy policy(BrowserGuard({u"fe80::a"_s, u"::1"_s}), {}, {});
        for (const char *line : {"Host: [fe80::a]:1", "Host: [::1]", "Host: localhost"})
            QVERIFY2(check(policy, line, Right::Read), line);
        for (const char *line : {"Host:", "Host: evil.example:a", "Host: fe80::a", "Host: fe80:"})
            QVERIFY2(!check(policy, line, Right::Read), line);
    }

    // Each kind of tokens protects its own routes.
    void rebindingIsKeptOutWhereNoTokenIs()
    {
        const QByteArray lines = "Host: evil.example\nAuthorization: Bearer ";
        const AccessPolicy onlyClients(BrowserGuard({}), tokens("all", Tokens::Kind::Client), {});
        QVERIFY(check(onlyClients, lines + "all", Right::Read));
        QCOMPARE(check(onlyClients, lines + "all", Right::Cluster).error().code, Errc::Misdirected);
        const AccessPolicy onlyCluster(BrowserGuard({}), {}, tokens("node", Tokens::Kind::Cluster));
        QVERIFY(check(onlyCluster, lines + "node", Right::Cluster));
        QCOMPARE(check(onlyCluster, lines + "node", Right::Append).error().code, Errc::Misdirected);
    }

    // Every token on every kind of route: 2xx, 401 or 403.
    void tokensHaveTheirRights_data()
    {
        QTest::addColumn<QByteArray>("authorization");
        QTest::addColumn<QList<int>>("statuses"); // for None, Read, Append, Operate, Cluster; 200: accepted
        const auto row = [](const char *authorization, const QList<int> &statuses) {
            QTest::newRow(authorization) << QByteArray(authorization) << statuses;
        };
        row("", {200, 401, 401, 401, 401});
        row("Bearer", {200, 401, 401, 401, 401});
        row("Bearer ", {200, 401, 401, 401, 401});
        row("Bearer wrong", {200, 401, 401, 401, 401});
        row("Bearer r", {200, 200, 403, 403, 403});
        row("Bearer a", {200, 403, 200, 403, 403});
        row("Bearer o", {200, 403, 403, 200, 403});
        row("Bearer all", {200, 200, 200, 200, 403});
        row("Bearer node", {200, 403, 403, 403, 200});
        row("Bearer next", {200, 403, 403, 403, 200});
        row("bearer  all", {200, 200, 200, 200, 403});
        row("BEARER all", {200, 200, 200, 200, 403});
        row("Basic all", {200, 401, 401, 401, 401});
        row("all", {200, 401, 401, 401, 401});
        row("Bearer all all", {200, 401, 401, 401, 401});
        row("Bearer ALL", {200, 401, 401, 401, 401});
    }

    void tokensHaveTheirRights()
    {
        QFETCH(QByteArray, authorization);
        QFETCH(QList<int>, statuses);
        QByteArray lines = "Host: any.example";
        if (!authorization.isEmpty())
            lines += "\nAuthorization: " + authorization;
        for (size_t i = 0; i < Routes.size(); ++i) {
            const auto checked = check(guarded(), lines, Routes[i]);
            int status = 200;
            if (!checked) {
                status = checked.error().code == Errc::Unauthorized ? 401 : 403;
                QVERIFY(status == 401 || checked.error().code == Errc::Forbidden);
                QVERIFY(!checked.error().text.contains(u"wrong"_s));
            }
            QCOMPARE(status, statuses.at(qsizetype(i)));
            QCOMPARE(guarded().allows(Routes[i], fieldsOf(lines)), status == 200);
        }
    }

    void withoutTokensEveryProgramMay()
    {
        for (const Right right : Routes) {
            QVERIFY(check(open(), "Host: localhost", right));
            QVERIFY(check(open(), "Host: localhost\nAuthorization: Bearer x", right));
        }
    }

    void takesNewTokens()
    {
        AccessPolicy policy = guarded();
        policy.setTokens(tokens("fresh", Tokens::Kind::Client), tokens("node", Tokens::Kind::Cluster));
        QVERIFY(!check(policy, "Host: x\nAuthorization: Bearer all", Right::Read));
        QVERIFY(check(policy, "Host: x\nAuthorization: Bearer fresh", Right::Read));
    }
};

QTEST_GUILESS_MAIN(TestAccessPolicy)
#include "tst_accesspolicy.moc"
