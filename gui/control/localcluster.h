// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/nodecontrol.h"
#include "gui/control/localnode.h"
#include "gui/control/nodeguard.h"
#include "gui/control/runrecord.h"
#include "shared/base/result.h"

#include <memory>
#include <vector>

namespace replog {

// A master and its secondaries as child processes of the dashboard, on loopback. One folder holds their data,
// their logs and the record of running processes (see RunRecord). A node takes a free port at its first start
// and keeps it. The nodes end when the dashboard ends, even in a crash (see NodeGuard), unless letGo() was
// called.
class LocalCluster : public NodeControl
{
    Q_OBJECT
public:
    struct Options
    {
        QString folder;              // empty: a temporary one, removed when the cluster is closed
        bool mustExist = false;      // the folder holds a cluster; else open() is an error and makes nothing
        int secondaries = 2;         // ignored if the folder holds a cluster already
        QStringList masterArguments; // appended to the arguments that this class gives
        QStringList secondaryArguments;
        // Folder of replog-master and replog-secondary; empty: that of this program, else the PATH.
        QString programFolder;
        QString stateFolder; // empty: RunRecord::defaultStateFolder()
    };
    // Makes a cluster in a new or empty folder, or opens the one that the folder holds and adopts its running
    // processes. Starts nothing. A temporary folder that was moved is a kept one from then on.
    static Result<std::unique_ptr<LocalCluster>> open(const Options &options);
    // Kills the nodes that still run, unless letGo() was called. Removes a temporary folder if open() made it
    // or discard() was called; otherwise its data stays, and the next dashboard offers it.
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
    // Sends SIGTERM to all; stopped() follows. Nodes that still run after `graceMs` are killed.
    void stopAll(int graceMs = 10000);
    // Leaves the nodes running when this object goes; the next dashboard finds them.
    void letGo();
    // A temporary folder is deleted when this object goes, also one that was made earlier: the user wants
    // that.
    void discard() { m_deletesFolder = true; }

    bool can(const QString &node, Action action) const override;
    QString whyNot(const QString &node, Action action) const override;
    void perform(const QString &node, Action action) override;
    ProcessState processState(const QString &node) const override;
    QString ownId(const QString &node) const override;

signals:
    void listening(const QString &node, const QUrl &url);
    void stopped(); // the last running node has ended

private:
    LocalCluster(const RunRecord &record, const Options &options, bool made);
    int indexOf(const QString &name) const;
    void addNode(const RunRecord::Node &node);
    void startNode(int index);
    void handleListening(int index, const QUrl &url);
    void handleStateChanged(int index, LocalNode::State state);
    void handleExited(int index, const QString &how, bool expected);
    void writeRecord();
    void updateGuard();

    RunRecord m_record; // its nodes are in the order of m_nodes
    const Options m_options;
    std::vector<std::unique_ptr<LocalNode>> m_nodes;
    NodeGuard m_guard;
    QStringList m_startAfterMaster;
    bool m_letGo = false;
    bool m_deletesFolder; // if it is a temporary one
};

} // namespace replog
