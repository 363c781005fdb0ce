// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/clusterclient.h"
#include "ctl/ctloptions.h"

#include <QJsonObject>
#include <QList>

namespace replog {

// A node that is known by --nodes, or by what another one tells.
struct KnownNode
{
    QString name; // its address where it has not told one
    QUrl url;
    QString nodeId;       // null: not known
    QJsonObject status{}; // empty: not asked, or it gave none
    QString fault{};      // why it gave none
};

// Calls to the nodes of a cluster, one at a time; runs the event loop until the answer is there.
class CtlSession
{
public:
    explicit CtlSession(const CtlOptions &options);

    static constexpr int ReadLimitMs = 60000;

    const CtlOptions &options() const { return m_options; }
    ClusterClient &client() { return m_client; }

    ClientAnswer ask(const QUrl &node, const ClientCall &call);
    // Calls the nodes one after the other until one answers; where `canBeLess`, also until it is too much.
    ClientAnswer read(const QString &path, bool canBeLess = false);
    ClientAnswer statusOf(const QUrl &node);
    // The master's URL, which a secondary's status has, too; null after an error was printed. One that takes
    // no appends any more, since another took over or its store failed, only if no other is found.
    std::optional<QUrl> master();
    // The master's status; null after an error was printed.
    std::optional<QJsonObject> masterStatus();
    // The nodes of --nodes, which were asked for their status; the masters that these follow, and the members
    // of every master among them. Each once: what --nodes has by another address is asked at that one.
    QList<KnownNode> everyNode();
    void askStatus(KnownNode &node);

    // The document of an answer, which has that member of that type; null after an error was printed.
    static std::optional<QJsonObject> document(const ClientAnswer &answer, QLatin1StringView member,
                                               QJsonValue::Type type = QJsonValue::String);
    // The same, without printing; the error's text.
    static Result<QJsonObject> documentOf(const ClientAnswer &answer, QLatin1StringView member,
                                          QJsonValue::Type type = QJsonValue::String);
    static QJsonObject objectOf(const QByteArray &body);

private:
    // The node of --nodes at that address.
    std::optional<QUrl> named(const QUrl &url) const;
    // Whether a node with that status neither takes appends nor delivers them any more.
    static bool isOut(const QJsonObject &status);
    static ClientAnswer wait(const std::function<void(ClusterClient::Done)> &start);

    const CtlOptions m_options;
    ClusterClient m_client;
};

} // namespace replog
