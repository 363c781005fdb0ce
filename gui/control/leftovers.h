// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/control/runrecord.h"

#include <QObject>

namespace replog {

class ClusterLauncher;
class LauncherWindow;

// Asks what to do with nodes and data that an earlier dashboard left behind, one cluster after the other:
// open it, stop it (which deletes temporary data), or leave it alone.
class Leftovers : public QObject
{
    Q_OBJECT
public:
    // Both must outlive it.
    Leftovers(LauncherWindow &window, ClusterLauncher &launcher, const QString &stateFolder);

    void offerAll();

private:
    void offerNext();
    void offer(const RunRecord &record);
    void stopLeftover(const RunRecord &record);

    LauncherWindow &m_window;
    ClusterLauncher &m_launcher;
    const QString m_stateFolder;
    QList<RunRecord> m_pending; // clusters that the user has not been asked about yet
};

} // namespace replog
