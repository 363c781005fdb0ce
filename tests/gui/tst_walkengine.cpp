// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/walk/walkengine.h"

#include <QSignalSpy>
#include <QTest>

#include <map>

using namespace Qt::StringLiterals;
using namespace replog;

namespace {

// A scheduler that the test advances.
class HandMovedTime final : public Scheduler
{
public:
    qint64 nowMs() const override { return m_now; }
    TimerId schedule(qint64 delayMs, std::function<void()> fire) override
    {
        m_due[{m_now + delayMs, ++m_last}] = std::move(fire);
        return m_last;
    }
    void defer(std::function<void()> run) override { schedule(0, std::move(run)); }
    void cancel(TimerId id) override
    {
        std::erase_if(m_due, [id](const auto &item) { return item.first.second == id; });
    }
    void advance(qint64 ms)
    {
        const qint64 until = m_now + ms;
        while (!m_due.empty() && m_due.begin()->first.first <= until) {
            m_now = m_due.begin()->first.first;
            const auto fire = std::move(m_due.begin()->second);
            m_due.erase(m_due.begin());
            fire();
        }
        m_now = until;
    }

private:
    qint64 m_now = 1000;
    TimerId m_last = 0;
    std::map<std::pair<qint64, TimerId>, std::function<void()>> m_due;
};

using Verdict = WalkFinding::Verdict;

} // namespace

class WalkEngineTest : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void goesStepByStep();
    void looksUntilItComesTrue();
    void failsWhenItIsTooLate();
    void failsAtOnceWhenWrong();
    void playsWithPauses();
    void pauseHoldsBeforeTheNextStep();
    void lateReportsOfAnEarlierWalkAreNotHeeded();
    void stopEndsIt();

private:
    WalkStep step(const QString &title);

    HandMovedTime m_time;
    QStringList m_done;
    WalkFinding m_finding;                              // the result of each check
    std::function<void(const WalkFinding &)> m_pending; // filled while m_hold
    bool m_hold = false;
};

void WalkEngineTest::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_time = {};
    m_done.clear();
    m_finding = {Verdict::AsExpected, u"fine"_s};
    m_pending = {};
    m_hold = false;
}

WalkStep WalkEngineTest::step(const QString &title)
{
    return {title, u"it works"_s, [this, title] { m_done.append(title); },
            [this](std::function<void(const WalkFinding &)> report) {
                if (m_hold)
                    m_pending = std::move(report);
                else
                    report(m_finding);
            },
            1000};
}

void WalkEngineTest::goesStepByStep()
{
    WalkEngine engine(m_time);
    QSignalSpy finished(&engine, &WalkEngine::finished);
    engine.begin({step(u"a"_s), step(u"b"_s)});
    QCOMPARE(engine.state(), WalkEngine::State::Ready);
    QVERIFY(m_done.isEmpty()); // the expectation is shown first
    engine.next();
    QCOMPARE(m_done, QStringList({u"a"_s}));
    QCOMPARE(engine.finding(0), u"fine"_s);
    QCOMPARE(engine.current(), 1);
    m_time.advance(60000);
    QCOMPARE(m_done.size(), 1); // the next step does not begin by itself
    engine.next();
    QCOMPARE(engine.state(), WalkEngine::State::Finished);
    QCOMPARE(finished.count(), 1);
    QVERIFY(finished[0][0].toBool());
    engine.next();
    QCOMPARE(m_done.size(), 2);
}

void WalkEngineTest::looksUntilItComesTrue()
{
    WalkEngine engine(m_time);
    engine.begin({step(u"a"_s)});
    m_finding = {Verdict::NotYet, u"not yet"_s};
    engine.next();
    m_time.advance(500);
    QCOMPARE(engine.state(), WalkEngine::State::Looking);
    QCOMPARE(engine.finding(0), u"not yet"_s);
    m_finding = {Verdict::AsExpected, u"now"_s};
    m_time.advance(WalkEngine::lookAgainMs);
    QCOMPARE(engine.state(), WalkEngine::State::Finished);
    QCOMPARE(engine.finding(0), u"now"_s);
    QCOMPARE(m_done.size(), 1); // the action runs once, the check often
}

void WalkEngineTest::failsWhenItIsTooLate()
{
    WalkEngine engine(m_time);
    QSignalSpy finished(&engine, &WalkEngine::finished);
    engine.begin({step(u"a"_s), step(u"b"_s)});
    m_finding = {Verdict::NotYet, u"not yet"_s};
    engine.next();
    m_time.advance(999);
    QCOMPARE(engine.state(), WalkEngine::State::Looking);
    m_time.advance(WalkEngine::lookAgainMs);
    QCOMPARE(engine.state(), WalkEngine::State::Failed);
    QCOMPARE(finished.count(), 1);
    QVERIFY(!finished[0][0].toBool());
    QCOMPARE(engine.current(), 0);
}

void WalkEngineTest::failsAtOnceWhenWrong()
{
    WalkEngine engine(m_time);
    engine.begin({step(u"a"_s)});
    m_finding = {Verdict::Wrong, u"doubled"_s};
    engine.next();
    QCOMPARE(engine.state(), WalkEngine::State::Failed);
    QCOMPARE(engine.finding(0), u"doubled"_s);
}

void WalkEngineTest::playsWithPauses()
{
    WalkEngine engine(m_time);
    engine.setPauseMs(2000);
    engine.begin({step(u"a"_s), step(u"b"_s)});
    engine.play();
    m_time.advance(1999);
    QVERIFY(m_done.isEmpty());
    m_time.advance(1);
    QCOMPARE(m_done.size(), 1);
    m_time.advance(2000);
    QCOMPARE(m_done.size(), 2);
    QCOMPARE(engine.state(), WalkEngine::State::Finished);
    QVERIFY(!engine.isPlaying());
}

void WalkEngineTest::pauseHoldsBeforeTheNextStep()
{
    WalkEngine engine(m_time);
    engine.setPauseMs(2000);
    engine.begin({step(u"a"_s), step(u"b"_s)});
    engine.play();
    m_time.advance(2500);
    engine.pause();
    m_time.advance(60000);
    QCOMPARE(m_done.size(), 1);
    engine.next();
    QCOMPARE(m_done.size(), 2);
}

void WalkEngineTest::lateReportsOfAnEarlierWalkAreNotHeeded()
{
    WalkEngine engine(m_time);
    m_hold = true;
    engine.begin({step(u"a"_s)});
    engine.next();
    const auto late = m_pending;
    engine.begin({step(u"b"_s)});
    engine.next();
    late({Verdict::AsExpected, u"of the first"_s});
    QCOMPARE(engine.state(), WalkEngine::State::Looking);
    m_pending({Verdict::AsExpected, u"of the second"_s});
    QCOMPARE(engine.finding(0), u"of the second"_s);
}

void WalkEngineTest::stopEndsIt()
{
    WalkEngine engine(m_time);
    m_finding = {Verdict::NotYet, u"not yet"_s};
    engine.begin({step(u"a"_s)});
    engine.next();
    engine.stop();
    m_finding = {Verdict::AsExpected, u"fine"_s};
    m_time.advance(60000);
    QCOMPARE(engine.state(), WalkEngine::State::Idle);
    QCOMPARE(engine.finding(0), u"not yet"_s);
}

QTEST_GUILESS_MAIN(WalkEngineTest)
#include "tst_walkengine.moc"
