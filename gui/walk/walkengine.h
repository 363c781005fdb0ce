// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/scheduler.h"

#include <QList>
#include <QObject>
#include <QString>

#include <functional>

namespace replog {

// The result of one check of the cluster.
struct WalkFinding
{
    enum class Verdict { NotYet, AsExpected, Wrong };
    Verdict verdict = Verdict::NotYet;
    QString text; // what was seen
};

struct WalkStep
{
    QString title;
    QString expectation;       // shown before the step runs
    std::function<void()> act; // begins the step and returns at once
    // Checks the cluster; calls `report` once, now or later.
    std::function<void(std::function<void(const WalkFinding &)> report)> look;
    int limitMs = 60000; // time until the expectation must be met
};

// Runs the steps of a walk, one at a time:
//
//   Idle --begin--> Ready --next--> Looking --as expected--> Ready … --last--> Finished
//                                      +------wrong, or too late------------> Failed
//
// In the state Looking it repeats the check until a finding decides or the step's limit is reached. After
// play() it starts each next step by itself, after a pause for reading the expectation. Time comes from the
// scheduler.
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
    QString finding(int step) const; // text of the last finding; empty before the first
    bool isPlaying() const { return m_playing; }
    void setPauseMs(int ms) { m_pauseMs = ms; } // before each step, while playing

public slots:
    void begin(const QList<replog::WalkStep> &steps); // a running walk is ended first
    void next();                                      // only when Ready
    void play();
    void pause();
    void stop(); // back to Idle; steps() stays

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
    quint64 m_run = 0; // a report with an older number belongs to an earlier step or walk
};

} // namespace replog
