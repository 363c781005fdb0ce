// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/readqueue.h"
#include "tests/support/memorylogstore.h"

#include <QRegularExpression>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;

namespace replog {

class TestReadQueue : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_done.clear();
        m_store = std::make_unique<MemoryLogStore>("master"_ba, "m"_ba);
        Entries entries;
        for (quint64 id = 1; id <= 10; ++id)
            entries.push_back({.id = id, .epoch = 1, .message = QByteArray::number(id)});
        m_store->append(std::move(entries));
        m_store->syncAll();
        m_queue = std::make_unique<ReadQueue>(*m_store);
    }

    void fourAtATimeInTheOrderOfAsking()
    {
        for (quint64 id = 1; id <= 6; ++id)
            ask(id);
        m_store->answerReads();
        QCOMPARE(m_done, QList<quint64>({1, 2, 3, 4}));
        m_store->answerReads();
        QCOMPARE(m_done, QList<quint64>({1, 2, 3, 4, 5, 6}));
        QVERIFY(!m_store->hasReads());
    }

    // Whether it is wanted is asked when its turn comes; it takes nobody's place.
    void whatIsNotWantedIsSkipped()
    {
        bool isWanted = true;
        for (quint64 id = 1; id <= 4; ++id)
            ask(id);
        m_queue->scan(
            5, 5, 1, [&isWanted] { return isWanted; }, [](const EntryView &) {},
            [this](const Result<quint64> &) { m_done.append(5); });
        for (quint64 id = 6; id <= 9; ++id)
            ask(id);
        isWanted = false;
        m_store->answerReads();
        m_store->answerReads();
        QCOMPARE(m_done, QList<quint64>({1, 2, 3, 4, 6, 7, 8, 9}));
    }

    void shortReadsComeBeforeTheRestOfLongOnes()
    {
        for (int i = 0; i < 4; ++i)
            askOnAndOn(1);
        ask(7);
        for (int rounds = 0; !m_done.contains(7); ++rounds)
            QVERIFY(rounds < 2 && m_store->answerReads());
        QVERIFY(!m_done.contains(10));
        while (m_store->answerReads())
            ;
        QCOMPARE(m_done.count(10), 4);
    }

    void oneEntry_data()
    {
        QTest::addColumn<quint64>("id");
        QTest::addColumn<QString>("found");
        QTest::newRow("the oldest") << quint64(4) << u"4"_s;
        QTest::newRow("the last") << quint64(10) << u"10"_s;
        QTest::newRow("beyond it") << quint64(11) << u"none"_s;
        QTest::newRow("given up") << quint64(3) << u"error"_s;
    }
    void oneEntry()
    {
        QFETCH(quint64, id);
        m_store->setCommittedId(10);
        m_store->trimTo(4, {});
        m_store->syncAll();
        QString found;
        m_queue->readOne(
            id, [] { return true; },
            [&found](const Result<std::optional<Entry>> &entry) {
                found = !entry ? u"error"_s : *entry ? QString::fromUtf8((*entry)->message) : u"none"_s;
            });
        m_store->answerReads();
        QTEST(found, "found");
    }

    void mayGoWithinAnAnswer()
    {
        for (quint64 id = 1; id <= 2; ++id)
            ask(id);
        m_queue->scan(
            3, 3, 1, [] { return true; }, [](const EntryView &) {},
            [this](const Result<quint64> &) { m_queue.reset(); });
        for (quint64 id = 4; id <= 9; ++id)
            ask(id);
        while (m_store->answerReads())
            ;
        QCOMPARE(m_done, QList<quint64>({1, 2}));
    }

private:
    void ask(quint64 id)
    {
        m_queue->scan(
            id, id, 1, [] { return true; }, [](const EntryView &) {},
            [this](const Result<quint64> &last) { m_done.append(last.value()); });
    }
    // An answer that reads an entry after the other.
    void askOnAndOn(quint64 from)
    {
        m_queue->scan(
            from, 10, 1, [] { return true; }, [](const EntryView &) {},
            [this](const Result<quint64> &last) {
                if (*last < 10)
                    askOnAndOn(*last + 1);
                else
                    m_done.append(10);
            });
    }

    QList<quint64> m_done;
    std::unique_ptr<MemoryLogStore> m_store;
    std::unique_ptr<ReadQueue> m_queue;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestReadQueue)
#include "tst_readqueue.moc"
