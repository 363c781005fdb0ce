// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/http/httpsuite.h"

#include <QElapsedTimer>

using namespace replog;

// An answer that is later than every time-out, Qt's (15 s between requests, checked every 5 s, since 6.10)
// and ours, is still delivered.
class TestHttpWaits : public HttpSuite
{
    Q_OBJECT
private slots:
    void answersOutliveEveryTimeout();
};

void TestHttpWaits::answersOutliveEveryTimeout()
{
    constexpr int LongerMs = 70'000;
    HttpLimits limits;
    limits.requestMs = 5000;
    limits.idleMs = 2 * LongerMs;
    limits.stallMs = 5000;
    TestServer server(limits);
    makeRoutes(server);
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    RawClient waiting(server.port());
    waiting.send(Get + "GET /late HTTP/1.1\r\nHost: a\r\n\r\n" + Get);
    RawClient idle(server.port());
    idle.send(Get);
    QTRY_COMPARE_WITH_TIMEOUT(m_late.size(), 1, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(idle.statuses(), QList<int>{200}, Patience);
    QElapsedTimer timer;
    timer.start();
    QTRY_VERIFY_WITH_TIMEOUT(timer.hasExpired(LongerMs) || waiting.isClosed() || idle.isClosed(),
                             2 * LongerMs);
    QVERIFY(!waiting.isClosed() && !idle.isClosed());
    QCOMPARE(m_gone, 0);
    idle.send(Get);
    QTRY_COMPARE_WITH_TIMEOUT(idle.statuses(), (QList<int>{200, 200}), Patience);
    m_late.takeFirst().send(200, "text/plain", "late");
    QTRY_COMPARE_WITH_TIMEOUT(waiting.statuses(), (QList<int>{200, 200, 200}), Patience);
    QVERIFY(waiting.received.endsWith("\r\n\r\nnow"));
}

QTEST_GUILESS_MAIN(TestHttpWaits)
#include "tst_httpwaits.moc"
