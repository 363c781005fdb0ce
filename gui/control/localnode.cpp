// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/localnode.h"

#include <QRegularExpression>

#include <csignal>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace Qt::StringLiterals;

namespace replog {

LocalNode::LocalNode(const QString &name, const QString &logPath, QObject *parent)
    : QObject(parent), m_name(name), m_logPath(logPath)
{
    connect(&m_tail, &LogTail::line, this, &LocalNode::handleLine);
}

LocalNode::~LocalNode()
{
    if (m_child) {
        m_child->disconnect(this);
        sendSignal(SIGKILL);
        m_child->waitForFinished(
            1000); // a killed child ends quickly; QProcess warns if it still runs when deleted
    }
    m_watch.reset();
    if (m_pidfd >= 0)
        ::close(m_pidfd);
}

void LocalNode::start(const QString &program, const QStringList &arguments)
{
    if (isRunning())
        return;
    m_endAsked = false;
    m_lastLine.clear();
    if (!m_tail.follow(m_logPath, 0)) {
        emit startFailed(tr("cannot write %1").arg(m_logPath));
        return;
    }
    m_child = std::make_unique<QProcess>();
    m_child->setProgram(program);
    m_child->setArguments(arguments);
    m_child->setStandardInputFile(QProcess::nullDevice());
    m_child->setProcessChannelMode(QProcess::MergedChannels);
    m_child->setStandardOutputFile(m_logPath, QIODevice::Append);
    connect(m_child.get(), &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error != QProcess::FailedToStart)
            return; // finished() follows and reports a crash
        const QString why = m_child->errorString();
        m_child.release()->deleteLater();
        m_process = {};
        setState(State::Stopped);
        emit startFailed(why);
    });
    connect(m_child.get(), &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
        m_child.release()->deleteLater();
        handleExit(status == QProcess::NormalExit ? tr("exit code %1").arg(code)
                                                  : tr("ended by signal %1").arg(code));
    });
    m_child->start();
    if (!m_child)
        return; // it was not started at all
    m_process = ProcessId::of(m_child->processId());
    setState(State::Starting);
}

void LocalNode::adopt(const ProcessId &process, const QUrl &url)
{
    if (isRunning())
        return;
    m_endAsked = false;
    m_lastLine.clear();
    m_pidfd = int(::syscall(SYS_pidfd_open, pid_t(process.pid), 0));
    if (m_pidfd < 0 || !process.isAlive()) {
        if (m_pidfd >= 0)
            ::close(std::exchange(m_pidfd, -1));
        emit startFailed(tr("the process %1 is gone").arg(process.pid));
        return;
    }
    m_process = process;
    m_url = url;
    // Becomes readable when the process ends.
    m_watch = std::make_unique<QSocketNotifier>(m_pidfd, QSocketNotifier::Read);
    connect(m_watch.get(), &QSocketNotifier::activated, this, [this] {
        m_watch->setEnabled(false);
        m_watch.release()->deleteLater();
        ::close(std::exchange(m_pidfd, -1));
        handleExit(tr("ended"));
    });
    setState(State::Running);
    m_tail.follow(m_logPath, 64 * 1024);
    thaw(); // an adopted process may be frozen
    emit listening(m_url);
}

void LocalNode::stop()
{
    if (!isRunning())
        return;
    m_endAsked = true;
    if (sendSignal(SIGTERM) && sendSignal(SIGCONT))
        setState(State::Stopping);
}

void LocalNode::kill()
{
    if (!isRunning())
        return;
    m_endAsked = true;
    sendSignal(SIGKILL);
}

void LocalNode::freeze()
{
    if (m_state == State::Running && sendSignal(SIGSTOP))
        setState(State::Frozen);
}

void LocalNode::thaw()
{
    if (isRunning() && sendSignal(SIGCONT) && m_state == State::Frozen)
        setState(State::Running);
}

void LocalNode::letGo()
{
    if (m_child) {
        m_child->disconnect(this);
        // Never deleted, on purpose: the destructor of QProcess kills the process.
        static auto *const kept = new std::vector<QProcess *>;
        kept->push_back(m_child.release());
    }
    m_watch.reset();
}

void LocalNode::setState(State state)
{
    if (m_state == state)
        return;
    m_state = state;
    emit stateChanged(state);
}

bool LocalNode::sendSignal(int number)
{
    if (m_pidfd >= 0)
        return ::syscall(SYS_pidfd_send_signal, m_pidfd, number, nullptr, 0) == 0;
    // A child keeps its pid until it is reaped, so the signal cannot reach another process.
    const qint64 pid = m_child ? m_child->processId() : 0;
    return pid > 0 && ::kill(pid_t(pid), number) == 0;
}

void LocalNode::handleLine(const QString &line)
{
    m_lastLine = line;
    emit outputLine(line);
    if (m_state != State::Starting)
        return;
    static const QRegularExpression pattern(u"\\blistening on (https?://\\S+)"_s);
    if (const QRegularExpressionMatch match = pattern.match(line); match.hasMatch()) {
        m_url = QUrl(match.captured(1));
        setState(State::Running);
        emit listening(m_url);
    }
}

void LocalNode::handleExit(const QString &how)
{
    m_tail.catchUp(); // the last lines of output come before the signal that it ended
    m_process = {};
    const bool expected = m_endAsked;
    setState(State::Stopped);
    emit exited(how, expected);
}

} // namespace replog
