// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/scheduler.h"

#include <QList>
#include <QObject>
#include <QString>

#include <functional>

namespace replog {

// What a look at the cluster showed.
struct WalkFinding
{
    enum class Verdict { NotYet, AsExpected, Wrong };
    Verdict verdict = Verdict::NotYet;
    QString text; // what was seen
};

struct WalkStep
{
    QString title;
    QString expectation;       // told before the step is done
    std::function<void()> act; // begins it, and returns at once
    std::function<void(std::function<void(const WalkFinding &)> report)> look; // reports once, now or later
    int limitMs = 60000; // for what was expected to come true
};

// Goes through the steps of a walk, one at a time:
//
//   Idle --begin--> Ready --next--> Looking --as expected--> Ready … --last--> Finished
//                                      +------wrong, or too late------------> Failed
//
// While looking, it looks again and again until a finding decides or the step's limit is reached. With play()
// it goes on to the next step by itself, after a pause in which the expectation can be read. Time comes from
// the scheduler.
class WalkEngine : public QObject
{
    Q_OBJECT
public:
    enum class State { Idle, Ready, Looking, Finished, Failed };
    Q_ENUM(State)
    static constexpr int lookAgainMs = 100;

    // `scheduler` must outlive it.
    explicit WalkEngine(Scheduler &scheduler, QObject *parent = nullptr);
    ~WalkEngine() override;

    State state() const { return m_state; }
    const QList<WalkStep> &steps() const { return m_steps; }
    int current() const
    {
        return m_current;
    }                                // the step that is next or under way; the number of steps at the end
    QString finding(int step) const; // what was seen last; empty before
    bool isPlaying() const { return m_playing; }
    void setPauseMs(int ms) { m_pauseMs = ms; } // before each step, while playing

public slots:
    void begin(const QList<replog::WalkStep> &steps); // ends a walk that is under way
    void next();                                      // only when Ready
    void play();
    void pause();
    void stop(); // back to Idle; the steps can still be read

signals:
    void begun();
    void changed(); // state, current step or a finding
    void finished(bool asExpected);

private:
    void look(quint64 run);
    void handleFinding(quint64 run, const WalkFinding &finding);
    void setState(State state);
    void cancelTimer();

    Scheduler &m_scheduler;
    QList<WalkStep> m_steps;
    QList<QString> m_findings;
    State m_state = State::Idle;
    int m_current = 0;
    bool m_playing = false;
    int m_pauseMs = 2500;
    qint64 m_deadlineMs = 0;
    Scheduler::TimerId m_timer = 0;
    quint64 m_run = 0; // reports of an earlier step or walk are known by an old number
};

} // namespace replog
