// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/clusterclient.h"
#include "tests/support/clusterfixture.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace replog;
using namespace replog::test;
using namespace Qt::StringLiterals;

// A lane of the client library on a real master: pipelined appends on one connection get their ids in the
// order of sending, although the master looks up the key of each.
class TestLaneOrder : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void idsFollowTheCalls()
    {
        constexpr quint64 Count = 3000;
        ClusterFixture cluster;
        QVERIFY(cluster.addMaster().start());
        ClusterClient client({{cluster.master().url()}, {}, {}, {}, {}});
        std::vector<quint64> ids(Count + 1);
        quint64 finished = 0;
        connect(&client, &ClusterClient::appendFinished, this,
                [&](quint64 ticket, const ClientAppendResult &result) {
                    ++finished;
                    ids[ticket] = result.state == ClientAppendResult::State::Ok ? result.id : 0;
                });
        for (quint64 ticket = 1; ticket <= Count; ++ticket)
            client.append(ticket, {QByteArray::number(ticket), u"1"_s, 0}, 1);
        QVERIFY(waitUntil([&] { return finished == Count; }));
        for (quint64 ticket = 1; ticket <= Count; ++ticket)
            QCOMPARE(ids[ticket], ticket);
    }
};

QTEST_GUILESS_MAIN(TestLaneOrder)
#include "tst_laneorder.moc"
