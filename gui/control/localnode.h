// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/control/logtail.h"
#include "gui/control/processid.h"

#include <QObject>
#include <QProcess>
#include <QSocketNotifier>
#include <QStringList>
#include <QUrl>

#include <memory>

namespace replog {

// One node as a process on this machine: a child of this dashboard, or adopted from an earlier one. Its
// output goes through a file (see LogTail).
//
//   Stopped --start--> Starting --"listening on"--> Running --freeze--> Frozen
//      ^                  |                          |  ^---thaw---------|
//      |                  v                          v                   v
//      +------------- process exits <--- Stopping <-stop---------------- +
class LocalNode : public QObject
{
    Q_OBJECT
public:
    enum class State { Stopped, Starting, Running, Frozen, Stopping };
    Q_ENUM(State)
    LocalNode(const QString &name, const QString &logPath, QObject *parent = nullptr);
    // Kills a child that still runs, unless letGo() was called.
    ~LocalNode() override;

    QString name() const { return m_name; }
    QString logPath() const { return m_logPath; }
    State state() const { return m_state; }
    bool isRunning() const { return m_state != State::Stopped; }
    ProcessId process() const { return m_process; }
    QUrl url() const { return m_url; }              // the last address it listened on; empty before the first
    QString lastLine() const { return m_lastLine; } // last line of its output

    void start(const QString &program, const QStringList &arguments);
    // Adopts a running process that listens on `url`.
    void adopt(const ProcessId &process, const QUrl &url);
    void stop();   // SIGTERM; a frozen process is thawed, so that it handles the signal
    void kill();   // SIGKILL
    void freeze(); // SIGSTOP
    void thaw();   // SIGCONT
    // Leaves the process running; this object must not be used afterwards.
    void letGo();

signals:
    void stateChanged(replog::LocalNode::State state);
    void listening(const QUrl &url);
    void outputLine(const QString &line);
    // `expected`: stop() or kill() was called before.
    void exited(const QString &how, bool expected);
    void startFailed(const QString &why);

private:
    void setState(State state);
    bool sendSignal(int number);
    void handleLine(const QString &line);
    void handleExit(const QString &how);

    const QString m_name;
    const QString m_logPath;
    State m_state = State::Stopped;
    ProcessId m_process;
    QUrl m_url;
    QString m_lastLine;
    bool m_endAsked = false;
    LogTail m_tail;
    std::unique_ptr<QProcess> m_child;        // a process that this object started
    std::unique_ptr<QSocketNotifier> m_watch; // on the pidfd of an adopted process
    int m_pidfd = -1;
};

} // namespace replog
