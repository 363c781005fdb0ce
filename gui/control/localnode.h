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

// One node as a process on this machine: started as a child of the dashboard, or taken over from a dashboard
// that is gone. Its output goes through a file (see LogTail).
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
    // Ends a child that still runs (kill), unless letGo() was called.
    ~LocalNode() override;

    QString name() const { return m_name; }
    QString logPath() const { return m_logPath; }
    State state() const { return m_state; }
    bool isRunning() const { return m_state != State::Stopped; }
    ProcessId process() const { return m_process; }
    QUrl url() const { return m_url; }              // the last one it listened on; empty if none yet
    QString lastLine() const { return m_lastLine; } // of its output

    void start(const QString &program, const QStringList &arguments);
    // Takes over a process that runs already and listens on `url`.
    void adopt(const ProcessId &process, const QUrl &url);
    void stop();   // SIGTERM; a frozen one is thawed, so that it can obey
    void kill();   // SIGKILL
    void freeze(); // SIGSTOP
    void thaw();   // SIGCONT
    // The process goes on without the dashboard; this object is of no more use.
    void letGo();

signals:
    void stateChanged(replog::LocalNode::State state);
    void listening(const QUrl &url);
    void outputLine(const QString &line);
    // `expected`: it was told to stop or killed from here.
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
    std::unique_ptr<QProcess> m_child;        // a process started from here
    std::unique_ptr<QSocketNotifier> m_watch; // of the pidfd of one that was taken over
    int m_pidfd = -1;
};

} // namespace replog
