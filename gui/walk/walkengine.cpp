// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/walk/walkengine.h"

#include <QPointer>

#include <utility>

namespace replog {

WalkEngine::WalkEngine(Scheduler &scheduler, QObject *parent) : QObject(parent), m_scheduler(scheduler) {}

WalkEngine::~WalkEngine()
{
    cancelTimer();
}

QString WalkEngine::finding(int step) const
{
    return m_findings.value(step);
}

void WalkEngine::begin(const QList<WalkStep> &steps)
{
    cancelTimer();
    ++m_run;
    m_steps = steps;
    m_findings = QList<QString>(steps.size());
    m_current = 0;
    m_playing = false;
    m_state = State::Ready;
    emit begun();
    emit changed();
}

void WalkEngine::next()
{
    if (m_state != State::Ready)
        return;
    cancelTimer();
    const quint64 run = ++m_run;
    const WalkStep &step = m_steps[m_current];
    m_deadlineMs = m_scheduler.nowMs() + step.limitMs;
    setState(State::Looking);
    if (step.act)
        step.act();
    if (run == m_run)
        look(run);
}

void WalkEngine::play()
{
    m_playing = true;
    emit changed();
    if (m_state == State::Ready) {
        cancelTimer();
        m_timer = m_scheduler.schedule(m_pauseMs, [this] { next(); });
    }
}

void WalkEngine::pause()
{
    m_playing = false;
    if (m_state == State::Ready)
        cancelTimer();
    emit changed();
}

void WalkEngine::stop()
{
    cancelTimer();
    ++m_run;
    m_playing = false;
    setState(State::Idle);
}

void WalkEngine::look(quint64 run)
{
    m_steps[m_current].look([self = QPointer(this), run](const WalkFinding &finding) {
        if (self)
            self->handleFinding(run, finding);
    });
}

void WalkEngine::handleFinding(quint64 run, const WalkFinding &finding)
{
    if (run != m_run || m_state != State::Looking)
        return;
    m_findings[m_current] = finding.text;
    const bool late = m_scheduler.nowMs() >= m_deadlineMs;
    if (finding.verdict == WalkFinding::Verdict::AsExpected) {
        ++m_current;
        if (m_current == m_steps.size()) {
            m_playing = false;
            setState(State::Finished);
            emit finished(true);
            return;
        }
        setState(State::Ready);
        if (m_playing)
            play();
    } else if (finding.verdict == WalkFinding::Verdict::Wrong || late) {
        m_playing = false;
        setState(State::Failed);
        emit finished(false);
    } else {
        m_timer = m_scheduler.schedule(lookAgainMs, [this, run] {
            if (run == m_run)
                look(run);
        });
        emit changed();
    }
}

void WalkEngine::setState(State state)
{
    m_state = state;
    emit changed();
}

void WalkEngine::cancelTimer()
{
    m_scheduler.cancel(std::exchange(m_timer, 0));
}

} // namespace replog
