// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/nodecontrol.h"
#include "gui/control/clusterfile.h"

#include <QHash>

class QProcess;

namespace replog {

// Runs the commands of a cluster file, one at a time for each node, without blocking. Their output goes out
// line by line; a command that fails, or takes longer than `limitMs`, emits failed().
class CommandControl : public NodeControl
{
    Q_OBJECT
public:
    explicit CommandControl(const ClusterFile &file, int limitMs = 5 * 60 * 1000, QObject *parent = nullptr);
    ~CommandControl() override;

    bool can(const QString &node, Action action) const override;
    QString whyNot(const QString &node, Action action) const override;
    void perform(const QString &node, Action action) override;
    // Always Unknown: the commands do not tell whether a process runs.
    ProcessState processState(const QString &node) const override;

private:
    void takeOutput(const QString &node, QProcess *process, bool whole);
    void finish(const QString &node, const QString &problem);

    struct Run
    {
        QProcess *process = nullptr;
        QString command;    // as shown to the user
        QByteArray partial; // output after the last line feed
        QString lastLine;
    };
    const ClusterFile m_file;
    const int m_limitMs;
    QHash<QString, Run> m_running; // by node
};

} // namespace replog
