// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/core/appendersuite.h"

using namespace Qt::StringLiterals;

namespace replog {

// Waits that an operator gave up.
class TestAppenderReleases : public AppenderSuite
{
    Q_OBJECT
private slots:
    void rangeIsReleasedAsOne()
    {
        for (int i = 0; i < 5; ++i)
            send({"A"}, i == 2 ? 1 : 7);
        turn();
        m_store->syncAll();
        m_told.clear();
        quint64 released = 0;
        const auto note = [&released](const Result<quint64> &count) { released = *count; };
        QVERIFY(m_node->appender.release(2, 100, note));
        m_store->syncAll();
        QCOMPARE(released, 3u); // the third had w=1
        QCOMPARE(m_told.size(), 3);
        open({});
        for (quint64 id = 1; id <= 5; ++id)
            QCOMPARE(m_node->appender.isReleased(id), id != 1 && id != 3);
    }

    void satisfiedBeforeItsReleaseIsDurableIsNotReleasedAfterARestartEither()
    {
        for (int i = 0; i < 3; ++i)
            send({"A"}, 2);
        turn();
        m_store->syncAll();
        QVERIFY(m_node->appender.release(1, 3, [](const Result<quint64> &) {}));
        m_node->concerns.handleAck({0, 1}, 1);
        m_store->syncAll();
        m_store->syncAll();
        open({});
        QVERIFY(!m_node->appender.isReleased(1));
        QVERIFY(m_node->appender.isReleased(2) && m_node->appender.isReleased(3));
    }

    void releaseIsToldWhenItIsDurable()
    {
        send({"A"}, 2);
        turn();
        m_store->syncAll();
        int done = 0;
        QVERIFY(m_node->appender.release(1, 1, [&done](const Result<quint64> &released) {
            done += released ? static_cast<int>(*released) : 100;
        }));
        QVERIFY(!m_node->appender.release(7, 7, {}));
        QVERIFY(m_told.isEmpty());
        m_store->syncAll();
        QCOMPARE(done, 1);
        QCOMPARE(m_told, QStringList({u"1..1 released, 1 of 2, committed"_s}));
        QVERIFY(m_node->appender.isReleased(1));
        QVERIFY(!m_node->appender.isSatisfied(1, 2));
        QVERIFY(!m_node->appender.release(1, 1, {}));
    }

    void satisfiedBeforeItsReleaseIsDurableIsNotReleased()
    {
        send({"A"}, 2);
        turn();
        m_store->syncAll();
        QVERIFY(m_node->appender.release(1, 1, [](const Result<quint64> &) {}));
        m_node->concerns.handleAck({0, 1}, 1);
        m_store->syncAll();
        QCOMPARE(m_told, QStringList({u"1..1 satisfied, 2 of 2, committed"_s}));
    }

    void repeatOfAReleasedMessage()
    {
        send({"A"}, 2, "K");
        m_store->answerReads();
        turn();
        m_store->syncAll();
        QVERIFY(m_node->appender.release(1, 1, [](const Result<quint64> &) {}));
        m_store->syncAll();
        m_told.clear();
        send({"A"}, 2, "K");
        m_store->pump();
        QCOMPARE(m_told, QStringList({u"1..1 released, 1 of 2, committed, repeated"_s}));
    }

    // Released twice before that is durable: the second call finds nothing and undoes nothing.
    void releasesComeOneAfterTheOther()
    {
        for (int i = 0; i < 4; ++i)
            send({"A"}, 2, "K" + QByteArray::number(i));
        m_store->pump();
        turn();
        m_store->pump();
        QList<qint64> counts;
        const auto note = [&counts](const Result<quint64> &count) { counts.append(qint64(*count)); };
        QVERIFY(m_node->appender.release(2, 2, note));
        QVERIFY(m_node->appender.release(2, 2, note));
        QVERIFY(m_node->appender.release(1, 3, note));
        m_store->pump();
        QCOMPARE(counts, (QList<qint64>{1, 0, 2}));
        open({});
        for (quint64 id = 1; id <= 4; ++id)
            QCOMPARE(m_node->appender.isReleased(id), id <= 3);
        m_told.clear();
        send({"A"}, 2, "K1");
        m_store->pump();
        QCOMPARE(m_told, QStringList({u"2..2 released, 1 of 2, committed, repeated"_s}));
    }

    // Overlapping ranges of released ids that a crash left.
    void releasesOfAnEarlierRunAreJoined()
    {
        for (const auto &[key, value] : {std::pair("released/1", "10"), std::pair("released/5", ""),
                                         std::pair("released/8", "12"), std::pair("released/20", "")})
            m_store->putMeta(key, value, {});
        m_store->pump();
        for (int i = 0; i < 2; ++i) {
            open({});
            m_store->pump();
            for (quint64 id = 1; id <= 20; ++id)
                QCOMPARE(m_node->appender.isReleased(id), id <= 12 || id == 20);
        }
        QCOMPARE(m_store->state().meta.size(), 2);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestAppenderReleases)
#include "tst_appenderreleases.moc"
