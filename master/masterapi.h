// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/appendparser.h"
#include "master/masternode.h"
#include "shared/access/accesspolicy.h"
#include "shared/base/metrics.h"
#include "shared/http/httpserver.h"
#include "shared/node/messageapi.h"

#include <QObject>

#include <map>

namespace replog {

// The master's part of the HTTP API: appends, one message with who holds it, waits, nodes.
class MasterApi : public QObject
{
    Q_OBJECT
public:
    MasterApi(MasterNode &node, ReadApi &reads, const AppendParser::Config &config, MetricsRegistry &metrics,
              const AccessPolicy &access, QObject *parent = nullptr);

    void addRoutes(HttpServer &server);

private:
    void handleAppend(const HttpRequest &request, Reply reply);
    void handleStream(const HttpRequest &request, std::shared_ptr<BodyStream> body, Reply reply);
    void answerAppend(Reply reply, const AppendOutcome &outcome, bool batch);
    void countRefused(const Error &error);
    void refuseAppend(Reply &reply, const Error &error);
    MessageApi::Concerns concerns();
    void handleRelease(const HttpRequest &request, Reply reply);
    void handleReleaseMany(const HttpRequest &request, Reply reply);
    void release(quint64 first, quint64 last, Reply reply,
                 std::function<QByteArray(quint64 released)> answer);
    void handleRegister(const HttpRequest &request, Reply reply);
    void handleForget(const HttpRequest &request, Reply reply);
    void handleRetry(const HttpRequest &request, Reply reply);

    MasterNode &m_node;
    const AccessPolicy &m_access;
    AppendParser m_parser;
    MessageApi m_messages;
    Counter &m_appends;
    std::map<Errc, Counter *> m_refused;
    Histogram &m_latency;
};

} // namespace replog
