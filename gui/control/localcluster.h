// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/control/localnode.h"
#include "gui/control/nodecontrol.h"
#include "gui/control/nodeguard.h"
#include "gui/control/runrecord.h"
#include "shared/base/result.h"

#include <memory>
#include <vector>

namespace replog {

// A master and its secondaries as child processes of the dashboard, on loopback. Their data, logs and the
// record of what runs (see RunRecord) lie in one folder. Ports are chosen free at a node's first start and
// kept from then on. Nodes end when the dashboard dies (see NodeGuard), unless they were let go.
class LocalCluster : public NodeControl
{
    Q_OBJECT
public:
    struct Options
    {
        QString folder;              // empty: a temporary one, removed when the cluster is closed
        int secondaries = 2;         // not heeded when the folder holds a cluster already
        QStringList masterArguments; // further ones, after those given from here
        QStringList secondaryArguments;
        QString programFolder; // where replog-master and replog-secondary are; empty: beside this
                               // program, or else on the PATH
        QString stateFolder;   // empty: RunRecord::defaultStateFolder()
    };
    // Makes a cluster in a new or empty folder, or opens the one that the folder holds, taking over what
    // still runs of it. Starts nothing.
    static Result<std::unique_ptr<LocalCluster>> open(const Options &options);
    // Ends what still runs (kill), unless letGo() was called; then tidies up.
    ~LocalCluster() override;

    ClusterDescription description() const;
    QString folder() const { return m_record.folder; }
    bool isTemporary() const { return m_record.temporary; }
    QStringList nodeNames() const; // the master first
    const LocalNode *node(const QString &name) const;
    bool anyRunning() const;

    // Starts the master and, as soon as it listens, the secondaries of these names.
    void startMasterThen(const QStringList &secondaries);
    void startAll();
    // SIGTERM to all; stopped() follows. Those that have not obeyed after `graceMs` are killed.
    void stopAll(int graceMs = 10000);
    // The nodes go on without the dashboard; the next start of one finds them.
    void letGo();

    bool can(const QString &node, Action action) const override;
    QString whyNot(const QString &node, Action action) const override;
    void perform(const QString &node, Action action) override;
    ProcessState processState(const QString &node) const override;

signals:
    void listening(const QString &node, const QUrl &url);
    void stopped(); // the last running node has ended

private:
    LocalCluster(const RunRecord &record, const Options &options);
    int indexOf(const QString &name) const;
    void addNode(const RunRecord::Node &node);
    void startNode(int index);
    void handleListening(int index, const QUrl &url);
    void handleStateChanged(int index, LocalNode::State state);
    void handleExited(int index, const QString &how, bool expected);
    void writeRecord();
    void updateGuard();

    RunRecord m_record; // its nodes are in step with m_nodes
    const Options m_options;
    std::vector<std::unique_ptr<LocalNode>> m_nodes;
    NodeGuard m_guard;
    QStringList m_startAfterMaster;
    bool m_letGo = false;
};

} // namespace replog
