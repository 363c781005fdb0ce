// SPDX-License-Identifier: GPL-3.0-or-later
#include "secondary/registrar.h"
#include "tests/support/manualscheduler.h"
#include "tests/unit/core/scriptedrandom.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;

namespace replog {

class TestRegistrar : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_scheduler = std::make_unique<ManualScheduler>();
        m_random = std::make_unique<ScriptedRandom>(std::deque<double>{}, 0.0);
        m_registrar = std::make_unique<Registrar>(Registrar::Config{}, *m_scheduler, *m_random);
        m_wanted = std::make_unique<QSignalSpy>(m_registrar.get(), &Registrar::registerWanted);
        m_registrar->start();
    }

    void cleanup()
    {
        m_wanted.reset();
        m_registrar.reset();
    }

    void asksAtOnceButNotFromInside()
    {
        QCOMPARE(m_wanted->size(), 0);
        m_scheduler->advance(0);
        QCOMPARE(m_wanted->size(), 1);
    }

    void asksOnceAtATime()
    {
        m_scheduler->advance(100000);
        QCOMPARE(m_wanted->size(), 1);
    }

    void pausesGrowUpToTheMaximum()
    {
        m_scheduler->advance(0);
        for (const qint64 pause : {50, 100, 200, 400, 800, 1000, 1000}) {
            m_registrar->handleFailure();
            const auto before = m_wanted->size();
            m_scheduler->advance(pause - 1);
            QCOMPARE(m_wanted->size(), before);
            m_scheduler->advance(1);
            QCOMPARE(m_wanted->size(), before + 1);
        }
        QCOMPARE(m_registrar->failures(), 7);
        QVERIFY(!m_registrar->isRegistered());
    }

    void asksAgainAfterSilence()
    {
        m_scheduler->advance(0);
        m_registrar->handleRegistered();
        QVERIFY(m_registrar->isRegistered());
        m_scheduler->advance(1500);
        m_registrar->handleHeardFromMaster();
        m_scheduler->advance(1999);
        QCOMPARE(m_wanted->size(), 1);
        m_scheduler->advance(1);
        QCOMPARE(m_wanted->size(), 2);
    }

    void isQuietWhileTheMasterIsHeard()
    {
        m_scheduler->advance(0);
        m_registrar->handleRegistered();
        for (int i = 0; i < 100; ++i) {
            m_scheduler->advance(500);
            m_registrar->handleHeardFromMaster();
        }
        QCOMPARE(m_wanted->size(), 1);
    }

    // The master may know it from an earlier run: it must still learn where the node stands now.
    void heardButNeverRegisteredGoesOnAsking()
    {
        m_scheduler->advance(0);
        m_registrar->handleHeardFromMaster();
        m_registrar->handleFailure();
        m_scheduler->advance(50);
        QCOMPARE(m_wanted->size(), 2);
    }

    void leavesNoTimerBehind()
    {
        m_wanted.reset();
        m_registrar.reset();
        QCOMPARE(m_scheduler->timers(), 0);
    }

private:
    std::unique_ptr<ManualScheduler> m_scheduler;
    std::unique_ptr<ScriptedRandom> m_random;
    std::unique_ptr<Registrar> m_registrar;
    std::unique_ptr<QSignalSpy> m_wanted;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestRegistrar)
#include "tst_registrar.moc"
