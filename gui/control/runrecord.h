// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/control/processid.h"
#include "shared/base/result.h"

#include <QCoreApplication>
#include <QJsonObject>
#include <QList>
#include <QString>

namespace replog {

// A local cluster as stored on disk. With it the next dashboard finds processes that a crashed one left
// behind, and opens a named folder again with the same nodes and ports. There are two copies: `cluster.json`
// in the cluster's folder, and, while a dashboard has the cluster open, one in the user's application data.
struct RunRecord
{
    Q_DECLARE_TR_FUNCTIONS(RunRecord)
public:
    struct Node
    {
        QString name;
        bool master = false;
        quint16 port = 0; // 0: none given yet
        QString binary;
        ProcessId process; // null: not running
    };
    QString folder;         // absolute
    bool temporary = false; // the dashboard chose the folder, and deletes it when the cluster is closed
    ProcessId owner;        // the dashboard that has it open
    QList<Node> nodes;      // the master first

    bool hasLivingNode() const;
    QString dataFolder(const Node &node) const;
    QString logFile(const Node &node) const;

    QJsonObject toJson() const;
    static Result<RunRecord> fromJson(const QJsonObject &object);

    static Result<RunRecord> read(const QString &path);
    static QString pathIn(const QString &folder); // FOLDER/cluster.json
    // Writes both copies, the second one in `stateFolder`.
    Result<void> write(const QString &stateFolder) const;
    // Removes the second copy, because no process of the cluster runs any more.
    void forget(const QString &stateFolder) const;

    // Clusters whose dashboard has ended while their nodes still run, or whose temporary folder still holds
    // data. Other records are removed.
    static QList<RunRecord> leftovers(const QString &stateFolder);
    static QString defaultStateFolder();
};

} // namespace replog
