// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/control/clusterfile.h"
#include "gui/control/nodecontrol.h"

#include <QHash>

class QProcess;

namespace replog {

// Runs the commands of a cluster file, one at a time for each node, without waiting for them. What they print
// goes out as lines; one that fails, or takes longer than `limitMs`, is told by failed().
class CommandControl : public NodeControl
{
    Q_OBJECT
public:
    explicit CommandControl(const ClusterFile &file, int limitMs = 5 * 60 * 1000, QObject *parent = nullptr);
    ~CommandControl() override;

    bool can(const QString &node, Action action) const override;
    QString whyNot(const QString &node, Action action) const override;
    void perform(const QString &node, Action action) override;
    // Unknown: commands tell nothing of what runs; the node and its master do.
    ProcessState processState(const QString &node) const override;

private:
    void takeOutput(const QString &node, QProcess *process, bool whole);
    void finish(const QString &node, const QString &problem);

    struct Run
    {
        QProcess *process = nullptr;
        QString command;    // as shown
        QByteArray partial; // line
        QString lastLine;
    };
    const ClusterFile m_file;
    const int m_limitMs;
    QHash<QString, Run> m_running; // by node
};

} // namespace replog
