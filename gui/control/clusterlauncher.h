// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/control/localcluster.h"
#include "gui/window/texts.h"

#include <QObject>
#include <QPointer>

#include <functional>
#include <memory>
#include <optional>

class QAction;

namespace replog {

class CommandControl;
class MainWindow;
struct ClusterFile;

// Opens clusters in the window and owns whatever runs them: the actions "New local cluster…", "Connect…" and
// "Close cluster", what to do with running nodes when the cluster or the window closes, and nodes that a
// dashboard which is gone has left behind.
class ClusterLauncher : public QObject
{
    Q_OBJECT
public:
    // Puts its actions into the window's menus and guards its closing. `window` must outlive it.
    // `stateFolder` empty: RunRecord::defaultStateFolder().
    explicit ClusterLauncher(MainWindow &window, const QString &stateFolder = {});
    ~ClusterLauncher() override;

    LocalCluster *local() const { return m_local.get(); } // nullptr while no local cluster is open

    QList<QAction *> startActions() const { return m_startActions; } // for a window without a cluster

    // Opens a local cluster in place of what is open now, without asking, and starts its master and then the
    // `secondaries` (all of them when not given).
    Result<void> openLocal(LocalCluster::Options options, std::optional<QStringList> secondaries = {});
    void connectTo(const QUrl &master);
    void openFile(const ClusterFile &file);
    // Runs `next` once nothing is open, after asking about local nodes that run; never, if the user would
    // rather not.
    void closeThen(std::function<void()> next);
    // Stops local nodes and closes the window without asking: the program was told to end.
    void shutDown();
    // Asks what to do with nodes left running, if there are any.
    void offerLeftovers();

    void showNewDialog();
    void showConnectDialog();

signals:
    void localOpened(replog::LocalCluster *cluster); // valid until localClosed
    void localClosed();

private:
    bool mayCloseWindow();
    void askAboutRunning(std::function<void()> next);
    void closeNow();
    void watch(NodeControl *control);
    void offer(const RunRecord &record);
    void stopLeftover(const RunRecord &record);

    MainWindow &m_window;
    const QString m_stateFolder;
    QList<QAction *> m_startActions;
    QAction *m_close = nullptr;
    std::unique_ptr<LocalCluster> m_local;
    std::unique_ptr<CommandControl> m_commands;
    QPointer<QObject> m_question; // one at a time
    bool m_closing = false;       // the question about the window is answered
    Texts m_texts;
};

} // namespace replog
