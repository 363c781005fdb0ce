// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "secondary/replicalog.h"
#include "tests/support/memorylogstore.h"

#include <QRegularExpression>
#include <QTest>

#include <memory>
#include <vector>

namespace replog {

// Base of the suites of ReplicaLog: one log over a store whose syncs the test triggers.
class ReplicaLogSuite : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
        m_answers.clear();
        m_store = std::make_unique<MemoryLogStore>("secondary", "s1");
        restart();
    }
    void cleanup() { m_log.reset(); }

protected:
    using Kind = ReplicateAnswer::Kind;

    static constexpr Id128 NodeId{1, 1};
    static constexpr Id128 LogId{7, 7};
    static constexpr Id128 OtherLog{8, 8};

    // Restarts with the durable content. `mastersLog`: the log id that its master tells; null: it has not
    // answered yet.
    void restart(ReplicaLog::Config config = {}, const Id128 &mastersLog = LogId)
    {
        config.nodeId = NodeId;
        config.name = "s1";
        config.instance = {2, ++m_instance};
        m_log.reset();
        m_store->crash();
        m_log = std::make_unique<ReplicaLog>(*m_store, m_store->state(), config);
        if (!mastersLog.isNull())
            m_log->handleRegistered(mastersLog);
    }
    // Delivers entries of one letter each, which follow on from `prev`.
    void deliver(const Epoch &epoch, Position prev, const QByteArray &letters, quint64 committedId = 0,
                 const Id128 &logId = LogId)
    {
        Entries entries;
        quint64 id = prev.id;
        for (const char letter : letters) {
            const quint64 held = ++id <= m_store->entries().size() &&
                                         m_store->entries()[id - 1].message == QByteArray(1, letter)
                                     ? m_store->entries()[id - 1].epoch
                                     : epoch.number;
            entries.push_back({id, held, 1, {}, QByteArray(1, letter)});
        }
        Epochs epochs;
        for (const Epoch &each : {prev.epoch, epoch}) {
            if (each.start != 0 && (epochs.isEmpty() || epochs.back().number < each.number))
                epochs.append(each);
        }
        send(epoch, prev, std::move(entries), epochs, committedId, logId);
    }
    void send(const Epoch &epoch, Position prev, Entries entries, const Epochs &epochs = {},
              quint64 committedId = 0, const Id128 &logId = LogId, const Id128 &to = NodeId)
    {
        m_log->handleReplicate({"m", epoch, prev, committedId, std::move(entries), logId, epochs, to},
                               [this](const ReplicateAnswer &answer) { m_answers.push_back(answer); });
    }
    void store(const Epoch &epoch, Position prev, const QByteArray &letters, quint64 committedId = 0)
    {
        deliver(epoch, prev, letters, committedId);
        m_store->pump();
        accepted(prev.id + static_cast<quint64>(letters.size()));
    }
    void accepted(quint64 last)
    {
        QVERIFY(!m_answers.empty());
        QCOMPARE(m_answers.back().kind, Kind::Accepted);
        QCOMPARE(m_answers.back().node.last.id, last);
    }
    void refused(Kind kind)
    {
        QVERIFY(!m_answers.empty());
        QCOMPARE(m_answers.back().kind, kind);
        QVERIFY(!m_answers.back().text.isEmpty());
    }
    QByteArray log() const
    {
        QByteArray letters;
        for (const Entry &entry : m_store->entries())
            letters += entry.message;
        return letters;
    }

    std::unique_ptr<MemoryLogStore> m_store;
    std::unique_ptr<ReplicaLog> m_log;
    std::vector<ReplicateAnswer> m_answers;
    quint64 m_instance = 0;
};

} // namespace replog
