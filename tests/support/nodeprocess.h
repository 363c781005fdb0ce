// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/httpclient.h"

#include <QProcess>
#include <QStringList>

namespace replog::test {

// A real master or secondary as a child process, on a port that the system chose, with its data in a folder
// of the caller's. A restart comes back on the same port. Killed when this goes.
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
    void setIdentity(const Identity &identity) { m_identity = identity; } // of http()
    qint64 pid() const { return m_process.processId(); }
    void setOptions(const QStringList &options) { m_options = options; }
    const QStringList &options() const { return m_options; }
    // Adds for the next start only.
    void addOptionsOnce(const QStringList &options) { m_once = options; }

    // Before start(): where the node's log goes instead of output(); -1: it starts with stderr closed.
    void setStandardError(int descriptor);
    // Before start(): how many descriptors it may open, and no more if it asks for more.
    void setDescriptorLimit(int limit);
    // Before start(): variables of its environment.
    void setEnvironment(const QList<QPair<QString, QString>> &variables);
    void setPort(quint16 port); // before the first start, instead of one that the system chooses
    bool start();               // until it says where it listens; false if it ended instead or hung
    void kill();                // SIGKILL, until it is gone
    void sendTerminate();       // SIGTERM, and back at once
    bool waitForExit();         // false after 60 s
    int exitCode() const { return m_process.exitCode(); }
    bool exitedNormally() const { return m_process.exitStatus() == QProcess::NormalExit; }
    bool terminate();  // SIGTERM, until it is gone with exit code 0
    void sendHangUp(); // SIGHUP
    void freeze();     // SIGSTOP
    void thaw();       // SIGCONT

    QByteArray output() const { return m_output; } // stdout and stderr of all its lives
    // What a sanitizer had to say, if anything.
    QByteArray sanitizerReport() const;

    // What a program prints that ends by itself: bad options, ports in use and so on.
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
    qsizetype m_lifeStart = 0; // in m_output
};

} // namespace replog::test
