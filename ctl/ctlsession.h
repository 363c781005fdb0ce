// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/clusterclient.h"
#include "ctl/ctloptions.h"

#include <QJsonObject>

namespace replog {

// Asks the nodes of a cluster, one thing at a time; runs the event loop until the answer is there.
class CtlSession
{
public:
    explicit CtlSession(const CtlOptions &options);

    const CtlOptions &options() const { return m_options; }
    ClusterClient &client() { return m_client; }

    ClientAnswer ask(const QUrl &node, const ClientCall &call);
    // From the first node that answers.
    ClientAnswer read(const QString &path);
    ClientAnswer statusOf(const QUrl &node);
    // The master's URL, or nothing once the error was printed. A secondary tells where it is.
    std::optional<QUrl> master();
    // The master's status, or nothing once the error was printed.
    std::optional<QJsonObject> masterStatus();
    // Name and URL of every node that the master knows, itself first; what --nodes names if there is no
    // master.
    QList<QPair<QString, QUrl>> everyNode();

    // An answer's document, or nothing once the error was printed.
    static std::optional<QJsonObject> document(const ClientAnswer &answer);
    static QJsonObject objectOf(const QByteArray &body);

private:
    static ClientAnswer wait(const std::function<void(ClusterClient::Done)> &start);

    const CtlOptions m_options;
    ClusterClient m_client;
};

} // namespace replog
