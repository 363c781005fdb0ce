// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/masterapi.h"
#include "tests/support/simulatedcluster.h"
#include "tests/unit/node/apisuite.h"

#include <QRegularExpression>
#include <QtTest>

#include <memory>

namespace replog {

// Base of the suites of the master's API: the test drives store, time and network of a master.
class MasterApiSuite : public ApiSuite
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
        SimulatedCluster::Config config;
        config.master.append.maxWaits = m_maxWaits;
        m_cluster = std::make_unique<SimulatedCluster>(config);
        m_cluster->startMaster("m");
        QVERIFY(m_cluster->settle());
        m_metrics = std::make_unique<MetricsRegistry>();
        m_server = std::make_unique<HttpServer>(m_cluster->scheduler());
        m_reads = std::make_unique<ReadApi>(View::All, master().log().visible(), *m_cluster->node("m").store,
                                            master().appender().room(), m_cluster->scheduler());
        m_api = std::make_unique<MasterApi>(master(), *m_reads, AppendParser::Config{MaxMessage, 10'000},
                                            *m_metrics, m_access);
        m_api->addRoutes(*m_server);
        QVERIFY(m_server->listen(QHostAddress::LocalHost, 0));
    }
    void cleanup()
    {
        m_server.reset();
        m_api.reset();
        m_reads.reset();
        m_cluster.reset();
    }

protected:
    static constexpr qsizetype MaxMessage = 100;

    explicit MasterApiSuite(int maxWaits = 10000) : m_maxWaits(maxWaits) {}

    MasterNode &master() { return *m_cluster->node("m").master; }
    // A second node that holds the same entries as the master.
    void addSecondary()
    {
        m_cluster->startSecondary("s1", "m");
        QVERIFY(m_cluster->settle());
        QCOMPARE(master().knownNodes(), 2);
    }
    void settle() override { QVERIFY(m_cluster->settle()); }
    std::unique_ptr<ApiCall> append(const QByteArray &json)
    {
        return ask("POST /api/v1/messages", Json, json);
    }
    // An append that waits for nodes that do not exist.
    std::unique_ptr<ApiCall> appendWaiting(const QByteArray &json)
    {
        const quint64 last = master().log().assignedId();
        auto waiting = call("POST /api/v1/messages", Json, json);
        if (!comes([&] { return master().log().visible().durableId() > last; }))
            qWarning("nothing was appended");
        return waiting;
    }
    // The value of a counter or histogram as an integer; -1 if there is none.
    int metric(const QByteArray &name) const
    {
        for (const QByteArray &line : m_metrics->text().split('\n')) {
            if (line.startsWith(QByteArray(name + ' ')))
                return line.sliced(name.size() + 1).toInt();
        }
        return -1;
    }
    int refusals(const QByteArray &reason) const
    {
        return metric("replog_appends_refused_total{reason=\"" + reason + "\"}");
    }

    const int m_maxWaits;
    const AccessPolicy m_access{BrowserGuard({}), std::nullopt, std::nullopt};
    std::unique_ptr<SimulatedCluster> m_cluster;
    std::unique_ptr<MetricsRegistry> m_metrics;
    std::unique_ptr<ReadApi> m_reads;
    std::unique_ptr<MasterApi> m_api;
};

} // namespace replog
