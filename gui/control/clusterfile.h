// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustertypes.h"
#include "gui/cluster/nodecontrol.h"
#include "shared/base/result.h"

#include <QCoreApplication>
#include <QHash>
#include <QStringList>

namespace replog {

// A cluster described in a JSON file: the addresses of its nodes and, optionally, the commands that start,
// stop, kill, freeze and thaw them. `resources/cluster-example.json` shows one.
//
//   {"title": "Staging",
//    "nodes": [{"name": "master", "role": "master", "url": "http://10.0.0.1:30000",
//               "start": "docker compose start master", "kill": ["docker", "compose", "kill", "master"]}, …]}
//
// A command is a list, or one string that is split at spaces outside double quotes. No shell interprets it.
struct ClusterFile
{
    Q_DECLARE_TR_FUNCTIONS(ClusterFile)
public:
    using Command = QStringList; // program and arguments

    ClusterDescription description;
    QHash<QString, QHash<NodeControl::Action, Command>> commands; // by node name
    // The folder of the file; commands run in it.
    QString folder;

    // Errors name the field; their text is shown to the user.
    static Result<ClusterFile> read(const QString &path);
    static Result<ClusterFile> parse(const QByteArray &json);
};

} // namespace replog
