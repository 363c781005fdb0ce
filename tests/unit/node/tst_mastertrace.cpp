// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/mastertrace.h"
#include "tests/unit/node/masterapisuite.h"

#include <QRegularExpression>

namespace replog {

// What the master's trace tells, and in which order.
class TestMasterTrace : public MasterApiSuite
{
    Q_OBJECT

    // What `stream` told of the message `id`, a word for each event.
    static QStringList eventsOf(quint64 id, const QByteArray &stream)
    {
        static const QRegularExpression event(QStringLiteral(R"re("what":"(\w+)".*?"last_id":(\d+))re"));
        QStringList words;
        for (auto it = event.globalMatch(QString::fromUtf8(stream)); it.hasNext();) {
            const auto match = it.next();
            if (match.captured(2).toULongLong() == id)
                words.append(match.captured(1));
        }
        return words;
    }

private slots:
    // A sync comes before the commit that it allows, an ack before the answer that waited for it.
    void causesComeBeforeEffects()
    {
        addSecondary();
        TraceFeed trace(
            [this](QObject *watched, TraceFeed &feed) { connectMasterTrace(master(), watched, feed); },
            master().appender().room(), m_cluster->scheduler());
        trace.addRoutes(*m_server);
        RawClient client(m_server->port());
        client.send("GET /api/v1/trace HTTP/1.1\r\nHost: a\r\n\r\n");
        QVERIFY(comes([&] { return trace.isWatched(); }));

        const auto asked = append(R"({"message":"A","w":2})");
        QCOMPARE(asked->status(), 201);
        const quint64 id = master().log().assignedId();
        QVERIFY(comes([&] { return eventsOf(id, client.received).contains(QStringLiteral("answered")); }));
        QStringList events = eventsOf(id, client.received);
        events.removeAll(QStringLiteral("sent"));
        QCOMPARE(events,
                 (QStringList{QStringLiteral("appended"), QStringLiteral("durable"), QStringLiteral("acked"),
                              QStringLiteral("committed"), QStringLiteral("answered")}));
        trace.shutDown();
    }

    // A node that was forgotten and comes back has its acks told anew.
    void aNodeThatIsNewHasItsAcksTold()
    {
        TraceFeed trace(
            [this](QObject *watched, TraceFeed &feed) { connectMasterTrace(master(), watched, feed); },
            master().appender().room(), m_cluster->scheduler());
        trace.addRoutes(*m_server);
        RawClient client(m_server->port());
        client.send("GET /api/v1/trace HTTP/1.1\r\nHost: a\r\n\r\n");
        QVERIFY(comes([&] { return trace.isWatched(); }));
        QCOMPARE(append(R"({"message":"A"})")->status(), 201);
        addSecondary();
        QVERIFY(comes([&] { return client.received.contains(R"("what":"acked","node":"s1","last_id":1)"); }));
        trace.shutDown();
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestMasterTrace)
#include "tst_mastertrace.moc"
