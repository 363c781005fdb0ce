// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/clusterclient.h"
#include "ctl/ctloptions.h"

#include <QHash>
#include <QJsonObject>

namespace replog {

// The commands of replogctl, each from its first request to the exit code. Runs the event loop while it
// waits.
class CtlCommands
{
public:
    explicit CtlCommands(const CtlOptions &options);

    // Gives the exit code.
    int run();

private:
    // An answer's document, or nothing once the error was printed.
    std::optional<QJsonObject> document(const ClientAnswer &answer) const;
    ClientAnswer wait(const std::function<void(ClusterClient::Done)> &start) const;
    ClientAnswer ask(const QUrl &node, const ClientCall &call);
    ClientAnswer read(const QString &path);
    // Something that an operator does at the master.
    int operate(const QByteArray &verb, const QString &path, const QString &done);
    // The master's URL, or nothing once the error was printed. A secondary tells where it is.
    std::optional<QUrl> master();
    // Name and URL of every node that the master knows, itself first; what --nodes names if there is no
    // master.
    QList<QPair<QString, QUrl>> everyNode();

    int append();
    int appendFinished(quint64 ticket, const ClientAppendResult &result);
    int get();
    int getLog();
    int tail();
    int status();
    int printStatus(const QJsonObject &status) const;
    int watchStatus();
    int nodes();
    int waits();
    int faults();
    int digest();
    int verify();
    int backup();
    int health();

    const CtlOptions m_options;
    ClusterClient m_client;
};

} // namespace replog
