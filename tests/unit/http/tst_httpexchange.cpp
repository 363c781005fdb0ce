// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/httpexchange.h"
#include "shared/http/httpserver.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QtTest>

using namespace replog;
using namespace Qt::StringLiterals;

namespace {
constexpr int Patience = 30000;

QUrl localUrl(quint16 port)
{
    return QUrl(u"http://127.0.0.1:%1"_s.arg(port));
}
}

class TestHttpExchange : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void answersInOrder();
};

void TestHttpExchange::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
}

void TestHttpExchange::answersInOrder()
{
    HttpServer server;
    server.route(HttpMethod::Post, "/echo", [](HttpRequest &&request, Reply reply) {
        reply.send(200, "text/plain", request.body);
    });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    HttpExchange exchange(localUrl(server.port()), {});
    QSignalSpy answered(&exchange, &HttpExchange::answered);
    exchange.post(0, "/echo", "text/plain", "zero");
    exchange.post(1, "/echo", "text/plain", QByteArray(500'000, 'x'));
    exchange.post(2, "/echo", "text/plain", {});
    QCOMPARE(exchange.pending(), 3);
    QTRY_COMPARE_WITH_TIMEOUT(answered.size(), 3, Patience);
    for (int i = 0; i < 3; ++i)
        QCOMPARE(answered.at(i).at(0).toInt(), i);
    QCOMPARE(answered.at(0).at(3).toByteArray(), "zero");
    QCOMPARE(answered.at(1).at(3).toByteArray().size(), 500'000);
    QCOMPARE(server.connectionCount(), 1);
}

QTEST_GUILESS_MAIN(TestHttpExchange)
#include "tst_httpexchange.moc"
