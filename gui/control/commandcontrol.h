// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/nodecontrol.h"
#include "gui/control/clusterfile.h"

#include <QHash>
#include <QTimer>

#include <deque>
#include <optional>

class QProcess;

namespace replog {

// Runs the commands of a cluster file, one at a time for each node, without blocking. Their output goes out
// line by line, a few lines in each turn of the event loop, because whoever shows a line takes time for it; a
// command that prints faster than that has lines left out, and a line says how many. A command that fails, or
// takes longer than `limitMs`, emits failed(). A node of the file keeps its commands when it gets its own
// name.
class CommandControl : public NodeControl
{
    Q_OBJECT
public:
    static constexpr qsizetype LineBytes = 4096; // a longer line is broken
    static constexpr std::size_t MostWaiting = 1000;
    // Of the output of one node, in one turn.
    static constexpr int TurnLines = 50;
    static constexpr qsizetype TurnBytes = 16 * 1024;

    explicit CommandControl(const ClusterFile &file, int limitMs = 5 * 60 * 1000, QObject *parent = nullptr);
    ~CommandControl() override;

    bool can(const QString &node, Action action) const override;
    QString whyNot(const QString &node, Action action) const override;
    void perform(const QString &node, Action action) override;
    // Always Unknown: the commands do not tell whether a process runs.
    ProcessState processState(const QString &node) const override;
    void handleRenamed(const QString &from, const QString &to) override;

private:
    struct Run
    {
        QProcess *process = nullptr;
        QString command = {};                // as shown to the user
        QByteArray partial = {};             // output after the last line feed
        std::deque<QByteArray> waiting = {}; // lines that have not gone out yet
        quint64 leftOut = 0;                 // lines before them
        QString lastLine = {};
        std::optional<QString> problem = {}; // it has ended; empty: well
    };

    // `entry`: a node by its name in the file.
    QString nameOf(const QString &entry) const { return m_names.value(entry, entry); }
    void takeOutput(const QString &entry, QProcess *process, bool whole);
    static QStringList linesOfTurn(Run &run);
    void handleTurn();
    void end(const QString &entry, const QString &problem);
    void finish(const QString &entry);

    const ClusterFile m_file;
    const int m_limitMs;
    // By entry: what the node is called now. The file is written by people, who may call it as they like.
    QHash<QString, QString> m_names;
    QHash<QString, Run> m_running; // by entry
    QTimer m_turn;                 // while lines wait
};

} // namespace replog
