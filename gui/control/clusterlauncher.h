// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/control/leftovers.h"
#include "gui/control/localcluster.h"
#include "gui/theme/texts.h"

#include <QObject>
#include <QPointer>

#include <functional>
#include <memory>
#include <optional>

class QAction;
class QMenu;

namespace replog {

class CommandControl;
class ConnectDialog;
class MainWindow;
struct ClusterFile;
struct Connection;
struct RecentCluster;

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
    // Watches a cluster that runs elsewhere, after asking about what would be lost.
    void connectTo(const Connection &connection);
    // The same as it was spoken to before; asks for a token that is not in the keyring.
    void connectAgain(const QUrl &place);
    void openFile(const ClusterFile &file);
    // Opens a local cluster in place of what is open now, once its master listens: whatever is wrong before
    // that leaves everything as it was. `done` is told what is wrong, nothing if it is open; never, if the
    // user would rather keep what is open. One at a time.
    void replaceByLocal(LocalCluster::Options options, std::optional<QStringList> secondaries,
                        std::function<void(const QString &problem)> done);
    // Runs `next` once nothing is open, after asking about local nodes that run, and saying why; never, if
    // the user would rather not.
    void closeThen(const QString &why, std::function<void()> next, std::function<void()> otherwise = {});
    // Why no local cluster can be made here now; empty if one can.
    QString whyNoLocal() const;
    // Stops local nodes and closes the window without asking: the program was told to end.
    void shutDown();
    // Asks what to do with nodes left running, if there are any.
    void offerLeftovers() { m_leftovers.offerAll(); }

    void showNewDialog();
    // What was open before, as actions that open it again.
    QList<QAction *> recentActions() const { return m_recentActions; }
    ConnectDialog *showConnectDialog();

signals:
    void localOpened(replog::LocalCluster *cluster); // valid until localClosed
    void localClosed();
    void recentChanged();

private:
    bool mayCloseWindow();
    bool wouldLoseSomething() const;
    void askAboutRunning(const QString &why, std::function<void()> next, std::function<void()> otherwise);
    void stopThen(std::function<void()> next);
    void mount(std::unique_ptr<LocalCluster> cluster, const QStringList &secondaries);
    void dropCandidate();
    void closeNow();
    void watch(NodeControl *control);
    void keep(const Connection &connection);
    void remember(const RecentCluster &cluster);
    void updateRecent();
    void openRecent(const RecentCluster &cluster);

    MainWindow &m_window;
    const QString m_stateFolder;
    QList<QAction *> m_startActions;
    QList<QAction *> m_recentActions;
    QMenu *m_recentMenu = nullptr;
    QAction *m_close = nullptr;
    std::unique_ptr<LocalCluster> m_local;
    std::unique_ptr<CommandControl> m_commands;
    std::unique_ptr<LocalCluster> m_candidate; // to be opened once its master listens
    bool m_candidateRan = false;               // its nodes ran before we had anything to do with them
    Leftovers m_leftovers;
    QPointer<QObject> m_question; // one at a time
    bool m_closing = false;       // the question about the window is answered
    Texts m_texts;
};

} // namespace replog
