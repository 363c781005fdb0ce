// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/httpclient.h"

#include <QProcess>
#include <QStringList>

namespace replog::test {

// A real master or secondary as a child process, on a port chosen by the system, with its data in a folder of
// the caller. A restart uses the same port. The destructor kills it.
class NodeProcess : public QObject
{
    Q_OBJECT
public:
    enum class Role { Master, Secondary };
    NodeProcess(Role role, const QString &name, const QString &dataFolder, const QStringList &options);
    ~NodeProcess() override;

    Role role() const { return m_role; }
    QString name() const { return m_name; }
    QString dataFolder() const { return m_data; }
    QUrl url() const { return m_url; }
    HttpClient http() const { return HttpClient(m_url, m_identity); }
    HttpClient httpAs(const Identity &identity) const { return HttpClient(m_url, identity); }
    void setIdentity(const Identity &identity) { m_identity = identity; } // that http() presents
    qint64 pid() const { return m_process.processId(); }
    void setOptions(const QStringList &options) { m_options = options; }
    const QStringList &options() const { return m_options; }
    // Adds options for the next start only.
    void addOptionsOnce(const QStringList &options) { m_once = options; }

    // Before start(): descriptor that gets the node's log instead of output(); -1: stderr is closed.
    void setStandardError(int descriptor);
    // Before start(): hard limit of its descriptors.
    void setDescriptorLimit(int limit);
    // Before start(): environment variables.
    void setEnvironment(const QList<QPair<QString, QString>> &variables);
    void setPort(quint16 port); // before the first start: instead of a port chosen by the system
    bool start();               // waits until it listens; false if it ended or hung
    void kill();                // SIGKILL; waits for its end
    void sendTerminate();       // SIGTERM; returns at once
    bool waitForExit();         // false after 60 s
    int exitCode() const { return m_process.exitCode(); }
    bool exitedNormally() const { return m_process.exitStatus() == QProcess::NormalExit; }
    bool terminate();  // SIGTERM; waits for its end, which must have exit code 0
    void sendHangUp(); // SIGHUP
    void freeze();     // SIGSTOP
    void thaw();       // SIGCONT

    QByteArray output() const { return m_output; } // stdout and stderr of all its runs
    // The report of a sanitizer; empty if there is none.
    QByteArray sanitizerReport() const;

    // Runs a program that ends by itself, for example because of bad options or a port in use.
    struct Run
    {
        int exitCode = -1; // -1: it did not end
        QByteArray out;
        QByteArray err;
    };
    static Run run(Role role, const QStringList &arguments,
                   const QList<QPair<QString, QString>> &environment = {});

private:
    static QString program(Role role);
    void handleOutput();

    Role m_role;
    QString m_name;
    QString m_data;
    QStringList m_options;
    QStringList m_once;
    QUrl m_url;
    Identity m_identity;
    QProcess m_process;
    QByteArray m_output;
    qsizetype m_lifeStart = 0; // where the output of this run begins in m_output
};

} // namespace replog::test
