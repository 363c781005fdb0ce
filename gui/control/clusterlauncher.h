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
class LauncherWindow;
struct ClusterFile;
struct Connection;
struct RecentCluster;

// Opens clusters in the window and owns the objects that control their processes. It has the actions "New
// local cluster…", "Connect…" and "Close cluster", asks what to do with running nodes before a cluster or the
// window closes, and finds nodes that an earlier dashboard left behind.
class ClusterLauncher : public QObject
{
    Q_OBJECT
public:
    // Puts its actions into the window's menus and guards its closing. `window` must outlive it.
    // `stateFolder` empty: RunRecord::defaultStateFolder().
    explicit ClusterLauncher(LauncherWindow &window, const QString &stateFolder = {});
    ~ClusterLauncher() override;

    LocalCluster *local() const { return m_local.get(); } // nullptr while no local cluster is open

    // For the window while no cluster is open.
    QList<QAction *> startActions() const { return m_startActions; }

    // Opens a local cluster in place of the open one, without asking, and starts its master and then the
    // `secondaries` (nullopt: all of them).
    Result<void> openLocal(LocalCluster::Options options, std::optional<QStringList> secondaries = {});
    // Connects to a cluster that runs elsewhere. Asks first if closing the open cluster would lose something.
    void connectTo(const Connection &connection);
    // Connects with the settings that were stored for `place`; asks for the token if the keyring does not
    // have it. If closing the open cluster would lose something, an address is tried first, in the dialog.
    void connectAgain(const QUrl &place);
    void openFile(const ClusterFile &file);
    // Starts a local cluster and opens it in place of the open one once its master listens; an error before
    // that changes nothing. `done` gets the error, or an empty text on success. It is not called if the user
    // keeps the open cluster. One call at a time.
    void replaceByLocal(LocalCluster::Options options, std::optional<QStringList> secondaries,
                        std::function<void(const QString &problem)> done);
    // Closes the open cluster and then runs `next`. If local nodes run, it asks first and shows `why`; `next`
    // does not run if the user declines.
    void closeThen(const QString &why, std::function<void()> next, std::function<void()> otherwise = {});
    // Closing would end running nodes or delete messages; closeThen() asks before it does.
    bool wouldLoseSomething() const;
    // Why no local cluster can be made now; empty if one can.
    QString whyNoLocal() const;
    // Stops local nodes and closes the window without asking, because the program got a signal to end.
    void shutDown();
    // Asks what to do with nodes that an earlier dashboard left running, if there are any.
    void offerLeftovers() { m_leftovers.offerAll(); }

    void showNewDialog();
    // Actions that open recent clusters again.
    QList<QAction *> recentActions() const { return m_recentActions; }
    ConnectDialog *showConnectDialog();

signals:
    void localOpened(replog::LocalCluster *cluster); // valid until localClosed
    void localClosed();
    void recentChanged();

private:
    bool mayCloseWindow();
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

    LauncherWindow &m_window;
    const QString m_stateFolder;
    QList<QAction *> m_startActions;
    QList<QAction *> m_recentActions;
    QMenu *m_recentMenu = nullptr;
    QAction *m_close = nullptr;
    std::unique_ptr<LocalCluster> m_local;
    std::unique_ptr<CommandControl> m_commands;
    std::unique_ptr<LocalCluster> m_candidate; // to be opened once its master listens
    bool m_candidateRan = false;               // its nodes ran before it became the candidate
    Leftovers m_leftovers;
    QPointer<QObject> m_question; // one at a time
    bool m_closing = false;       // the user has agreed, so the window may close
    Texts m_texts;
};

} // namespace replog
