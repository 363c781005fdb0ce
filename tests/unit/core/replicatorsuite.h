// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/replicator.h"
#include "tests/support/manualscheduler.h"
#include "tests/unit/core/scriptedlog.h"
#include "tests/unit/core/scriptedrandom.h"
#include "tests/unit/core/scriptedtransport.h"

#include <QRegularExpression>
#include <QTest>

#include <memory>

namespace replog {

// Base of the suites of Replicator: log, transport, time and random numbers come from the test.
class ReplicatorSuite : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
        m_log = std::make_unique<ScriptedLog>();
        m_transport = std::make_unique<ScriptedTransport>();
        m_scheduler = std::make_unique<ManualScheduler>();
        m_random = std::make_unique<ScriptedRandom>(std::deque<double>{}, 0.5);
        make({});
    }
    void cleanup() { m_replicator.reset(); }

protected:
    void make(const Replicator::Config &given)
    {
        Replicator::Config config = given;
        config.batchBytes = 50;
        config.probeBytes = 2;
        m_replicator = std::make_unique<Replicator>("m", ScriptedNode, "s1", config, *m_log, *m_transport,
                                                    *m_scheduler, *m_random);
    }
    void answer(ReplicateAnswer::Kind kind, const Position &last, quint64 committedId, const Epoch &epoch = 1,
                const QByteArray &text = {})
    {
        m_transport->answer(scriptedAnswer(kind, last, committedId, epoch, text));
    }
    Replicator::State state() const { return m_replicator->state(); }
    // Brings it to state Stream with everything up to `id` acked.
    void stream(quint64 id)
    {
        m_log->m_flushedId = id;
        if (m_transport->sent.empty())
            m_replicator->start(id);
        for (int i = 0; i < 20 && (m_replicator->ackedId() < id || state() != Replicator::State::Stream); ++i)
            m_transport->accept({id, m_log->epochAt(id)});
        QCOMPARE(state(), Replicator::State::Stream);
    }

    std::unique_ptr<ScriptedLog> m_log;
    std::unique_ptr<ScriptedTransport> m_transport;
    std::unique_ptr<ManualScheduler> m_scheduler;
    std::unique_ptr<ScriptedRandom> m_random;
    std::unique_ptr<Replicator> m_replicator;
};

} // namespace replog
