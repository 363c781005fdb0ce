// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/sendgate.h"
#include "tests/support/manualscheduler.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;

namespace replog {

class TestSendGate : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void whatWasFoundMayBeSent()
    {
        const SendGate gate(7, m_scheduler);
        QCOMPARE(gate.sendableId(), 7u);
    }

    void whatNeedsOthersGoesAtOnceWithAllBeforeIt()
    {
        SendGate gate(0, m_scheduler);
        QSignalSpy sendable(&gate, &SendGate::sendable);
        gate.handleFlushed(2, false);
        QCOMPARE(gate.sendableId(), 0u);
        gate.handleFlushed(3, true);
        QCOMPARE(gate.sendableId(), 3u);
        QCOMPARE(sendable.size(), 1);
    }

    void whatNeedsTheMasterAloneGoesOnceAMillisecond()
    {
        SendGate gate(0, m_scheduler);
        QSignalSpy sendable(&gate, &SendGate::sendable);
        gate.handleFlushed(3, false);
        gate.handleDurable(1);
        QCOMPARE(gate.sendableId(), 0u);
        m_scheduler.advance(0);
        QCOMPARE(gate.sendableId(), 1u);
        gate.handleDurable(2);
        gate.handleDurable(3);
        m_scheduler.advance(0);
        QCOMPARE(gate.sendableId(), 1u);
        m_scheduler.advance(1);
        QCOMPARE(gate.sendableId(), 3u);
        QCOMPARE(sendable.size(), 2);
    }

    void neverGoesBack()
    {
        SendGate gate(0, m_scheduler);
        gate.handleFlushed(5, true);
        gate.handleDurable(3);
        m_scheduler.advance(10);
        QCOMPARE(gate.sendableId(), 5u);
        QCOMPARE(m_scheduler.timers(), 0);
    }

private:
    ManualScheduler m_scheduler;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestSendGate)
#include "tst_sendgate.moc"
