// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/appender.h"
#include "tests/support/manualscheduler.h"
#include "tests/support/memorylogstore.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <memory>

namespace replog {

// Base of the suites of Appender: an appender over a store whose syncs the test triggers.
class AppenderSuite : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
        m_told.clear();
        m_node.reset();
        m_store = std::make_unique<MemoryLogStore>(QByteArray("master"), QByteArray("m"));
        open({});
    }
    void cleanup() { m_node.reset(); }

protected:
    // An appender with the parts that it needs, connected as in a master.
    struct Node
    {
        Node(const Appender::Config &config, MemoryLogStore &store, ManualScheduler &scheduler)
            : log(store, store.state(), store.state().epoch + 1, Id128{7, 7}, scheduler), waiters(scheduler),
              appender(config, log, store, concerns, waiters, scheduler)
        {
            const StoreState state = store.state();
            appender.start(state.meta);
            concerns.start(state.last.id);
            waiters.handleDurable(state.last.id);
            QObject::connect(&log.visible(), &VisibleLog::durableChanged, &concerns,
                             &ConcernTracker::handleLocalDurable);
            QObject::connect(&log.visible(), &VisibleLog::durableChanged, &log,
                             [this](quint64 id) { waiters.handleDurable(id); });
            QObject::connect(&concerns, &ConcernTracker::committedAdvanced, &log,
                             [this](quint64 id) { log.setCommittedId(id); });
            QObject::connect(&concerns, &ConcernTracker::satisfied, &log,
                             [this](quint64 first, quint64 last) { waiters.satisfy(first, last); });
        }

        MasterLog log;
        ConcernTracker concerns;
        Waiters waiters;
        Appender appender;
    };

    static QString word(WaitEnd end)
    {
        static const QStringList words{QStringLiteral("satisfied"),    QStringLiteral("timed out"),
                                       QStringLiteral("released"),     QStringLiteral("shutting down"),
                                       QStringLiteral("store failed"), QStringLiteral("fenced"),
                                       QStringLiteral("not synced")};
        return words[static_cast<int>(end)];
    }
    void open(const Appender::Config &config)
    {
        m_node.reset();
        m_store->crash();
        m_node = std::make_unique<Node>(config, *m_store, m_scheduler);
    }
    // Another master committed one append of two entries; this one alone is known to hold it.
    void takeOverUnsure()
    {
        submit({{"A", "B"}, {Asked::Number, 3}, "K"}, 3);
        m_store->pump();
        turn();
        m_store->pump();
        open({});
        m_node->appender.takeOver(2);
        m_store->pump();
        m_node->concerns.start(2);
        m_node->concerns.handleLocalDurable(2);
        m_told.clear();
    }
    void turn() { m_scheduler.advance(0); }
    Appender::Handle send(std::vector<Message> messages, quint32 w = 1, const QByteArray &key = {},
                          std::optional<qint64> timeoutMs = {})
    {
        return submit({std::move(messages), {Asked::Number, w}, key, timeoutMs}, 3);
    }
    Appender::Handle submit(AppendRequest request, int nodes)
    {
        return m_node->appender.submit(
            std::move(request), nodes, [this](const Result<AppendOutcome> &outcome) {
                if (!outcome) {
                    m_told.append(QStringLiteral("error: ") + outcome.error().text);
                    return;
                }
                QString line = QStringLiteral("%1..%2 %3, %4 of %5")
                                   .arg(outcome->first)
                                   .arg(outcome->last)
                                   .arg(word(outcome->end))
                                   .arg(outcome->acks)
                                   .arg(outcome->w);
                line += outcome->committed ? QStringLiteral(", committed") : QString();
                m_told.append(line + (outcome->repeated ? QStringLiteral(", repeated") : QString()));
            });
    }

    ManualScheduler m_scheduler;
    std::unique_ptr<MemoryLogStore> m_store;
    std::unique_ptr<Node> m_node;
    QStringList m_told;
};

} // namespace replog
