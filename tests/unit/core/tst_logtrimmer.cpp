// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/logtrimmer.h"
#include "master/retention.h"
#include "tests/support/manualscheduler.h"
#include "tests/support/memorylogstore.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;

namespace replog {

// Which entries are trimmed, and which are not.
class TestLogTrimmer : public QObject
{
    Q_OBJECT

    static constexpr Id128 S1{1, 1};
    static constexpr Id128 S2{1, 2};

    void make(const Retention::Config &config)
    {
        m_retention = std::make_unique<Retention>(config);
        m_trimmed = 0;
        connect(m_retention.get(), &Retention::trimmable, this, [this] {
            m_trimmed = m_retention->trimmableTo();
            m_retention->handleTrimmed(m_trimmed);
        });
    }
    // Entries of ten bytes each.
    void append(quint64 first, quint64 last)
    {
        for (quint64 id = first; id <= last; ++id)
            m_retention->handleAppended(id, 10);
    }

    // A master's log whose entries count 50 bytes each.
    void open(const Retention::Config &config)
    {
        m_trimmer.reset();
        m_log.reset();
        m_store->crash();
        const StoreState found = m_store->state();
        m_log =
            std::make_unique<MasterLog>(*m_store, found, Epoch(found.epoch + 1, 7), Id128{7, 7}, m_scheduler);
        m_trimmer = std::make_unique<LogTrimmer>(config, *m_log, *m_store, m_scheduler);
        m_trimmer->start(found);
    }
    void appendToLog(int count)
    {
        for (int i = 0; i < count; ++i) {
            m_log->append({Message("ab")}, 1, Asked::Number, {});
            m_log->flush();
        }
        commitAll();
    }
    void commitAll()
    {
        m_store->pump();
        m_log->setCommittedId(m_log->flushedId());
        m_trimmer->retention().handleCommitted(m_log->flushedId());
        m_store->pump();
    }
    quint64 firstId() const { return m_log->firstId(); }

private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_store = std::make_unique<MemoryLogStore>("master"_ba, "m"_ba);
    }
    void cleanup()
    {
        m_trimmer.reset();
        m_log.reset();
        m_store.reset();
    }

    void theOldestGoOnceTheLogIsTooLarge()
    {
        make({.bytes = 640});
        m_retention->start(1, 0);
        m_retention->handleCommitted(1000);
        append(1, 64);
        QCOMPARE(m_trimmed, 0U);
        append(65, 70);
        QCOMPARE(m_trimmed, 7U); // 64 are left
        QVERIFY(!m_retention->heldBack());
        append(71, 71);
        QCOMPARE(m_trimmed, 8U);
    }

    void whatIsTooOldGoes()
    {
        make({.ageMs = 1000});
        m_retention->start(1, 0);
        m_retention->handleCommitted(50);
        m_retention->handleExpired(11);
        QCOMPARE(m_trimmed, 11U);
        m_retention->handleExpired(5);
        QCOMPARE(m_trimmed, 11U);
        // The last committed entry is kept.
        m_retention->handleExpired(51);
        QCOMPARE(m_trimmed, 50U);
        QVERIFY(!m_retention->heldBack());
    }

    void onlyWhatIsCommitted()
    {
        make({.ageMs = 1000});
        m_retention->start(1, 0);
        m_retention->handleExpired(21);
        QCOMPARE(m_trimmed, 0U);
        m_retention->handleCommitted(10);
        QCOMPARE(m_trimmed, 10U);
        QCOMPARE(m_retention->heldBack(), (Retention::HeldBack{11, {}}));
        m_retention->handleCommitted(20);
        QCOMPARE(m_trimmed, 20U);
        QVERIFY(!m_retention->heldBack());
    }

    void neverWhatAMemberLacks()
    {
        make({.ageMs = 1000});
        m_retention->start(1, 0);
        m_retention->handleCommitted(50);
        m_retention->handleAck(S1, 30);
        m_retention->handleAck(S2, 10);
        m_retention->handleExpired(21);
        QCOMPARE(m_trimmed, 11U);
        QCOMPARE(m_retention->heldBack(), (Retention::HeldBack{11, S2}));
        QSignalSpy changed(m_retention.get(), &Retention::heldBackChanged);
        m_retention->handleAck(S2, 15);
        QCOMPARE(m_trimmed, 16U);
        QCOMPARE(changed.size(), 1);
        m_retention->handleAck(S2, 20);
        QCOMPARE(m_trimmed, 21U);
        QVERIFY(!m_retention->heldBack());
        // The member lost its log: trimmed entries stay trimmed, no more are trimmed.
        m_retention->handleAck(S2, 0);
        m_retention->handleExpired(31);
        QCOMPARE(m_trimmed, 21U);
        QCOMPARE(m_retention->heldBack(), (Retention::HeldBack{1, S2}));
        m_retention->removeNode(S2);
        QCOMPARE(m_trimmed, 31U);
        QVERIFY(!m_retention->heldBack());
    }

    void forcedToItDoes()
    {
        make({.ageMs = 1000, .force = true});
        m_retention->start(1, 0);
        m_retention->handleCommitted(50);
        m_retention->handleAck(S1, 3);
        m_retention->handleExpired(60);
        QCOMPARE(m_trimmed, 50U);
        QCOMPARE(m_retention->heldBack(), (Retention::HeldBack{51, {}})); // uncommitted entries are kept
    }

    // Memory for a member is bounded, however long it is away.
    void partsAreBounded()
    {
        make({.bytes = 640});
        m_retention->start(1, 0);
        m_retention->handleCommitted(1000000);
        m_retention->handleAck(S1, 0);
        append(1, 100000);
        QVERIFY(m_retention->parts().size() <= 1024);
        quint64 bytes = 0;
        for (const Retention::Part &part : m_retention->parts())
            bytes += part.bytes;
        QVERIFY(bytes > 999000);
        QCOMPARE(m_retention->parts().back().last, 100000U);
        m_retention->handleAck(S1, 100000);
        QVERIFY2(m_trimmed > 99000, qPrintable(QString::number(m_trimmed)));
    }

    void keepsALogAtItsSize()
    {
        open({.bytes = 6400});
        for (int i = 0; i < 20; ++i) {
            appendToLog(64);
            m_scheduler.advance(1000);
            m_store->pump();
        }
        QCOMPARE(firstId(), m_log->flushedId() - 127);
        QCOMPARE(m_store->state().firstId, firstId());
    }

    void atMostOnceASecond()
    {
        open({.bytes = 6400});
        appendToLog(130);
        QCOMPARE(firstId(), 3U);
        appendToLog(100);
        QCOMPARE(firstId(), 3U);
        m_scheduler.advance(999);
        QCOMPARE(firstId(), 3U);
        m_scheduler.advance(1);
        m_store->pump();
        QCOMPARE(firstId(), 103U);
        m_scheduler.advance(5000);
        appendToLog(2);
        QCOMPARE(firstId(), 105U);
    }

    // Entries that every member held would have been trimmed in the next second.
    void neverWhatAMemberLacksThatComesMeanwhile()
    {
        open({.bytes = 6400});
        appendToLog(130);
        QCOMPARE(firstId(), 3U);
        appendToLog(100);
        m_trimmer->retention().handleAck(S1, 0);
        m_scheduler.advance(2000);
        m_store->pump();
        QCOMPARE(firstId(), 3U);
        QCOMPARE(m_trimmer->retention().heldBack(), (Retention::HeldBack{1, S1}));
        m_trimmer->retention().handleAck(S1, 50);
        m_store->pump();
        QCOMPARE(firstId(), 51U);
        m_trimmer->retention().handleAck(S1, 230);
        m_scheduler.advance(1000);
        m_store->pump();
        QCOMPARE(firstId(), 103U);
        QVERIFY(!m_trimmer->retention().heldBack());
    }

    // After a restart the log has the same size.
    void theSizeIsKnownAgain_data()
    {
        QTest::addColumn<bool>("limitedBefore");
        QTest::newRow("from the store") << true;
        QTest::newRow("by reading it all") << false;
    }
    void theSizeIsKnownAgain()
    {
        QFETCH(bool, limitedBefore);
        open(limitedBefore ? Retention::Config{.bytes = 6400} : Retention::Config{});
        appendToLog(127);
        QCOMPARE(firstId(), 1U);
        open({.bytes = 6400});
        appendToLog(2); // arrives before the read ends
        m_store->pump();
        QCOMPARE(firstId(), 3U);
        m_scheduler.advance(1000);
        appendToLog(2);
        QCOMPARE(firstId(), 5U);
    }

    void whatIsPastItsAgeGoes()
    {
        m_scheduler.advance(1000000);
        open({.ageMs = 10000});
        m_store->pump();
        appendToLog(5);
        m_scheduler.advance(5000);
        m_store->pump();
        appendToLog(5);
        m_scheduler.advance(4900);
        m_store->pump();
        QCOMPARE(firstId(), 1U);
        for (int i = 0; i < 3; ++i) {
            m_scheduler.advance(100);
            m_store->pump();
        }
        QCOMPARE(firstId(), 6U);
        for (int i = 0; i < 100; ++i) {
            m_scheduler.advance(100);
            m_store->pump();
        }
        QCOMPARE(firstId(), 10U); // the last entry is kept
    }

    void aClockThatIsAheadForAWhileMakesNothingOld()
    {
        constexpr qint64 Year = 365LL * 24 * 3600 * 1000;
        const auto passMinutes = [this](int minutes) {
            for (int i = 0; i < minutes; ++i) {
                m_scheduler.advance(60 * 1000);
                m_store->pump();
            }
        };
        open({.ageMs = 8 * 3600 * 1000});
        QSignalSpy told(m_trimmer.get(), &LogTrimmer::failed);
        m_store->pump();
        appendToLog(5);
        passMinutes(2);
        m_scheduler.shiftUtc(Year);
        passMinutes(50);
        QCOMPARE(firstId(), 1U);
        QCOMPARE(told.size(), 1);
        m_scheduler.shiftUtc(-Year);
        passMinutes(100);
        QCOMPARE(firstId(), 1U);
        // One that stays ahead was behind before.
        m_scheduler.shiftUtc(Year);
        passMinutes(59);
        QCOMPARE(firstId(), 1U);
        passMinutes(3);
        QCOMPARE(firstId(), 5U);
        QCOMPARE(told.size(), 2);
    }

    void aClockThatIsAheadAtTheStartMakesNothingOld()
    {
        open({.ageMs = 8 * 3600 * 1000});
        m_store->pump();
        appendToLog(5);
        m_scheduler.shiftUtc(365LL * 24 * 3600 * 1000);
        open({.ageMs = 8 * 3600 * 1000});
        QSignalSpy told(m_trimmer.get(), &LogTrimmer::failed);
        m_trimmer->retention().handleCommitted(5);
        for (int i = 0; i < 59; ++i) {
            m_scheduler.advance(60 * 1000);
            m_store->pump();
        }
        QCOMPARE(firstId(), 1U);
        m_scheduler.shiftUtc(-365LL * 24 * 3600 * 1000);
        for (int i = 0; i < 60; ++i) {
            m_scheduler.advance(60 * 1000);
            m_store->pump();
        }
        QCOMPARE(firstId(), 1U);
    }

    // A key is free once its run is gone. What is used anew with it must not look like the rest of that run
    // to a node that still holds all of it.
    void anAppendWithAKeyIsGivenUpWhole()
    {
        open({.ageMs = 1000});
        m_store->pump();
        m_log->append({Message("a")}, 1, Asked::Number, {});
        m_log->append({Message("b"), Message("c"), Message("d")}, 1, Asked::Number, "key");
        m_log->flush();
        commitAll();
        const auto pass = [this] {
            for (int i = 0; i < 30; ++i) {
                m_scheduler.advance(100);
                m_store->pump();
            }
        };
        pass();
        QCOMPARE(firstId(), 2U);
        m_trimmer->retention().handleAck(S1, 2);
        appendToLog(1);
        pass();
        QCOMPARE(firstId(), 2U);
        QCOMPARE(m_trimmer->retention().heldBack(), (Retention::HeldBack{3, S1}));
        m_trimmer->retention().handleAck(S1, 4);
        pass();
        QCOMPARE(firstId(), 5U);
    }

    // The entries that it lacks may be gone by the time that the store has answered.
    void neverWhatAMemberLacksThatComesWhileAKeyIsLookedUp()
    {
        open({.bytes = 6400});
        for (int i = 0; i < 65; ++i) {
            m_log->append({Message("a"), Message("b")}, 1, Asked::Number, "key" + QByteArray::number(i));
            m_log->flush();
        }
        m_store->pump();
        m_log->setCommittedId(m_log->flushedId());
        m_trimmer->retention().handleCommitted(m_log->flushedId());
        QVERIFY(m_store->hasReads());
        m_trimmer->retention().handleAck(S1, 0);
        m_store->pump();
        QCOMPARE(firstId(), 1U);
    }

    void aFencedMasterGivesUpNothing()
    {
        open({.bytes = 6400});
        m_trimmer->stop();
        appendToLog(300);
        m_scheduler.advance(2000);
        QCOMPARE(firstId(), 1U);
    }

private:
    ManualScheduler m_scheduler;
    std::unique_ptr<Retention> m_retention;
    quint64 m_trimmed = 0;
    std::unique_ptr<MemoryLogStore> m_store;
    std::unique_ptr<MasterLog> m_log;
    std::unique_ptr<LogTrimmer> m_trimmer;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestLogTrimmer)
#include "tst_logtrimmer.moc"
