// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/control/processid.h"
#include "shared/base/result.h"

#include <QJsonObject>
#include <QList>
#include <QString>

namespace replog {

// A local cluster as it is written down, so that the next start of the dashboard finds processes that a
// crashed one left behind, and a named folder can be opened again with the same nodes and ports. Kept twice:
// as `cluster.json` in the cluster's folder, and as long as the dashboard has it open in the user's
// application data.
struct RunRecord
{
    struct Node
    {
        QString name;
        bool master = false;
        quint16 port = 0; // 0: none given yet
        QString binary;
        ProcessId process; // null: not running
    };
    QString folder;         // absolute
    bool temporary = false; // the folder goes when the cluster is closed
    ProcessId owner;        // the dashboard that has it open
    QList<Node> nodes;      // the master first

    bool hasLivingNode() const;
    QString dataFolder(const Node &node) const;
    QString logFile(const Node &node) const;

    QJsonObject toJson() const;
    static Result<RunRecord> fromJson(const QJsonObject &object);

    static Result<RunRecord> read(const QString &path);
    static QString pathIn(const QString &folder); // FOLDER/cluster.json
    // Writes both copies (the second under `stateFolder`).
    Result<void> write(const QString &stateFolder) const;
    // Takes the second copy away: nothing of the cluster runs any more.
    void forget(const QString &stateFolder) const;

    // Clusters whose dashboard is gone while nodes of theirs still run, or while data lie in a temporary
    // folder that nobody else knows of. Other records are cleared away.
    static QList<RunRecord> leftovers(const QString &stateFolder);
    static QString defaultStateFolder();
};

} // namespace replog
