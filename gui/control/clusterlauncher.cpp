// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/clusterlauncher.h"

#include "gui/cluster/clustersession.h"
#include "gui/control/clusterfile.h"
#include "gui/control/commandcontrol.h"
#include "gui/control/connectdialog.h"
#include "gui/control/keyring.h"
#include "gui/control/launcherwindow.h"
#include "gui/control/newclusterdialog.h"
#include "gui/control/recentclusters.h"
#include "gui/theme/glyphs.h"
#include "gui/widgets/plainmessagebox.h"
#include "gui/widgets/plaintext.h"

#include <QAction>
#include <QDir>
#include <QMenu>
#include <QPushButton>

#include <algorithm>
#include <climits>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// Why the open cluster is to be closed.
QString takesItsPlace(const QString &title)
{
    return ClusterLauncher::tr("%1 takes the place of this cluster.").arg(PlainText::oneLine(title, 80));
}

} // namespace

ClusterLauncher::ClusterLauncher(LauncherWindow &window, const QString &stateFolder)
    : m_window(window), m_stateFolder(stateFolder.isEmpty() ? RunRecord::defaultStateFolder() : stateFolder),
      m_leftovers(window, *this, m_stateFolder), m_texts(&window)
{
    const auto makeAction = [this](const QString &name, const QKeySequence &key) {
        auto *const action = new QAction(&m_window);
        action->setObjectName(name);
        action->setShortcut(key);
        return action;
    };
    QAction *const make = makeAction(u"newLocalCluster"_s, QKeySequence::New);
    make->setIcon(glyphIcon(Glyph::Plus));
    QAction *const link = makeAction(u"connect"_s, QKeySequence::Open);
    link->setIcon(glyphIcon(Glyph::Link));
    m_close = makeAction(u"closeCluster"_s, QKeySequence::Close);
    m_close->setEnabled(false);
    m_texts.add([this, make, link] {
        make->setText(tr("&New Local Cluster…"));
        make->setToolTip(tr("Start a master and secondaries on this computer"));
        link->setText(tr("&Connect…"));
        link->setToolTip(tr("Watch a cluster that runs already"));
        m_close->setText(tr("C&lose Cluster"));
    });
    connect(make, &QAction::triggered, this, &ClusterLauncher::showNewDialog);
    connect(link, &QAction::triggered, this, [this] { showConnectDialog(); });
    connect(m_close, &QAction::triggered, this, [this] { closeThen({}, [] {}); });
    QMenu *const menu = m_window.clusterMenu();
    menu->addActions({make, link});
    m_recentMenu = menu->addMenu(QString());
    menu->addAction(m_close);
    m_texts.add([this] { m_recentMenu->setTitle(tr("Open &Again")); });
    updateRecent();
    m_startActions = {make, link};
    m_window.setCloseGuard([this] { return mayCloseWindow(); });
    ClusterSession *const session = &m_window.session();
    connect(session, &ClusterSession::opened, this, [this] { m_close->setEnabled(true); });
    connect(session, &ClusterSession::closed, this, [this] { m_close->setEnabled(false); });
}

void ClusterLauncher::remember(const RecentCluster &cluster)
{
    RecentCluster::remember(cluster);
    updateRecent();
}

void ClusterLauncher::updateRecent()
{
    m_recentMenu->clear();
    // Later: the call may come from one of these actions.
    for (QAction *action : std::exchange(m_recentActions, {}))
        action->deleteLater();
    for (const RecentCluster &cluster : RecentCluster::all()) {
        // The text alone tells an address from a path.
        auto *const action = new QAction(PlainText::oneLine(cluster.place, 80).replace(u'&', u"&&"_s), this);
        action->setObjectName(u"recent%1"_s.arg(m_recentActions.size()));
        connect(action, &QAction::triggered, this, [this, cluster] { openRecent(cluster); });
        m_recentActions.append(action);
    }
    m_recentMenu->addActions(m_recentActions);
    m_recentMenu->setEnabled(!m_recentActions.isEmpty());
    emit recentChanged();
}

void ClusterLauncher::openRecent(const RecentCluster &cluster)
{
    switch (cluster.kind) {
    case RecentCluster::Kind::Address:
        connectAgain(QUrl(cluster.place));
        break;
    case RecentCluster::Kind::File:
        connectAgain(QUrl::fromLocalFile(cluster.place));
        break;
    case RecentCluster::Kind::Folder: {
        LocalCluster::Options options;
        options.folder = cluster.place;
        options.mustExist = true;
        replaceByLocal(options, {}, [this](const QString &problem) {
            m_window.notify(u"recent"_s, LauncherWindow::Severity::Error, problem);
        });
        break;
    }
    }
}

ClusterLauncher::~ClusterLauncher()
{
    m_window.setCloseGuard({});
    if (m_local || m_commands)
        m_window.session().close();
}

Result<void> ClusterLauncher::openLocal(LocalCluster::Options options, std::optional<QStringList> secondaries)
{
    options.stateFolder = m_stateFolder;
    Result<std::unique_ptr<LocalCluster>> opened = LocalCluster::open(options);
    if (!opened)
        return opened.error();
    const QStringList all = (*opened)->nodeNames().sliced(1);
    closeNow();
    mount(std::move(*opened), secondaries.value_or(all));
    return {};
}

void ClusterLauncher::mount(std::unique_ptr<LocalCluster> cluster, const QStringList &secondaries)
{
    m_local = std::move(cluster);
    connect(m_local.get(), &LocalCluster::listening, &m_window.session(), &ClusterSession::setNodeUrl);
    watch(m_local.get());
    m_window.session().open(m_local->description(), m_local.get());
    if (!m_local->isTemporary())
        remember({RecentCluster::Kind::Folder, m_local->folder()});
    emit localOpened(m_local.get());
    m_local->startMasterThen(secondaries);
}

void ClusterLauncher::replaceByLocal(LocalCluster::Options options, std::optional<QStringList> secondaries,
                                     std::function<void(const QString &problem)> done)
{
    if (m_candidate) {
        done(tr("Another cluster is being started."));
        return;
    }
    if (m_local && !options.folder.isEmpty() && QDir(options.folder) == QDir(m_local->folder())) {
        done(tr("This cluster is open already."));
        return;
    }
    options.stateFolder = m_stateFolder;
    Result<std::unique_ptr<LocalCluster>> opened = LocalCluster::open(options);
    if (!opened) {
        done(opened.error().text);
        return;
    }
    m_candidate = std::move(*opened);
    m_candidateRan = m_candidate->anyRunning();
    // Queued: the slot deletes or moves the cluster that emits the signal.
    const auto queued = Qt::ConnectionType(Qt::QueuedConnection | Qt::SingleShotConnection);
    connect(
        m_candidate.get(), &NodeControl::failed, this,
        [this, done](const QString &, const QString &problem) {
            if (!m_candidate)
                return;
            dropCandidate();
            done(problem);
        },
        queued);
    connect(
        m_candidate.get(), &LocalCluster::listening, this,
        [this, done, secondaries] {
            if (!m_candidate)
                return;
            m_candidate->disconnect(this);
            closeThen(
                tr("The other cluster runs, and takes the place of this one."),
                [this, done, secondaries] {
                    const QStringList all = m_candidate->nodeNames().sliced(1);
                    mount(std::move(m_candidate), secondaries.value_or(all));
                    done({});
                },
                [this] { dropCandidate(); });
        },
        queued);
    m_candidate->startMasterThen({});
}

void ClusterLauncher::dropCandidate()
{
    if (m_candidate && m_candidateRan)
        m_candidate->letGo(); // its nodes ran before, so leave them running
    m_candidate.reset();
}

QString ClusterLauncher::whyNoLocal() const
{
    LocalCluster::Options options;
    options.stateFolder = m_stateFolder;
    const Result<std::unique_ptr<LocalCluster>> tried = LocalCluster::open(options);
    return tried ? QString() : tried.error().text;
}

void ClusterLauncher::connectTo(const Connection &connection)
{
    if (!connection.place.isLocalFile()) {
        ClusterDescription description;
        description.title = connection.place.authority();
        description.nodes.append({QString(), NodeRole::Master, connection.place});
        description.client = connection.client;
        closeThen(takesItsPlace(description.title), [this, description, connection] {
            m_window.session().open(description, nullptr);
            keep(connection);
        });
        return;
    }
    Result<ClusterFile> file = ClusterFile::read(connection.place.toLocalFile());
    if (!file) {
        m_window.notify(u"connect"_s, LauncherWindow::Severity::Error, file.error().text);
        return;
    }
    file->description.client = connection.client;
    closeThen(takesItsPlace(file->description.title), [this, file = *file, connection] {
        openFile(file);
        keep(connection);
    });
}

void ClusterLauncher::keep(const Connection &connection)
{
    const bool wasKept = Connection::remembered(connection.place).isKept;
    connection.remember();
    if (connection.place.isLocalFile())
        remember({RecentCluster::Kind::File, connection.place.toLocalFile()});
    else
        remember({RecentCluster::Kind::Address, connection.place.toString()});
    if (!connection.isKept && !wasKept)
        return;
    Keyring::write(connection.place, connection.isKept ? connection.client.token : QByteArray(), this,
                   [this](const QString &problem) {
                       if (!problem.isEmpty())
                           m_window.notify(u"keyring"_s, LauncherWindow::Severity::Warning,
                                           tr("The keyring did not take the token: %1").arg(problem));
                   });
}

void ClusterLauncher::connectAgain(const QUrl &place)
{
    const Connection known = Connection::remembered(place);
    if (wouldLoseSomething() && !place.isLocalFile()) {
        // The dialog tries the address before the open cluster is closed.
        ConnectDialog *const dialog = showConnectDialog();
        dialog->setConnection(known);
        dialog->submit();
        return;
    }
    if (!known.hasToken) {
        connectTo(known);
        return;
    }
    const auto ask = [this, known] {
        ConnectDialog *const dialog = showConnectDialog();
        dialog->setConnection(known);
        dialog->askForToken();
    };
    if (!known.isKept) {
        ask();
        return;
    }
    Keyring::read(place, this, [this, known, ask](const QByteArray &token, const QString &problem) {
        if (!problem.isEmpty())
            m_window.notify(u"keyring"_s, LauncherWindow::Severity::Warning,
                            tr("The keyring cannot be read: %1").arg(problem));
        if (token.isEmpty()) {
            ask();
            return;
        }
        Connection connection = known;
        connection.client.token = token;
        connectTo(connection);
    });
}

void ClusterLauncher::openFile(const ClusterFile &file)
{
    closeNow();
    m_commands = std::make_unique<CommandControl>(file);
    watch(m_commands.get());
    m_window.session().open(file.description, m_commands.get());
}

// In a temporary folder messages are deleted.
bool ClusterLauncher::wouldLoseSomething() const
{
    return m_local &&
           (m_local->anyRunning() || (m_local->isTemporary() && m_window.session().model().kept() > 0));
}

void ClusterLauncher::closeThen(const QString &why, std::function<void()> next,
                                std::function<void()> otherwise)
{
    const auto closeAndGoOn = [this, next = std::move(next)] {
        closeNow();
        next();
    };
    if (wouldLoseSomething())
        askAboutRunning(why, closeAndGoOn, std::move(otherwise));
    else
        closeAndGoOn();
}

void ClusterLauncher::showNewDialog()
{
    auto *const dialog = new NewClusterDialog(&m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &NewClusterDialog::submitted, this, [this, dialog](const LocalCluster::Options &options) {
        replaceByLocal(options, {}, [dialog = QPointer(dialog)](const QString &problem) {
            if (!dialog)
                return;
            if (problem.isEmpty())
                dialog->accept();
            else
                dialog->setProblem(problem);
        });
    });
    dialog->open();
}

ConnectDialog *ClusterLauncher::showConnectDialog()
{
    auto *const dialog = new ConnectDialog(&m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ConnectDialog::chosen, this, &ClusterLauncher::connectTo);
    dialog->open();
    return dialog;
}

bool ClusterLauncher::mayCloseWindow()
{
    if (m_closing || !wouldLoseSomething())
        return true;
    askAboutRunning({},
                    [this] {
                        m_closing = true;
                        m_window.close();
                    },
                    {});
    return false;
}

void ClusterLauncher::shutDown()
{
    m_closing = true;
    if (!m_local || !m_local->anyRunning()) {
        m_window.close();
        return;
    }
    connect(m_local.get(), &LocalCluster::stopped, &m_window, &QWidget::close, Qt::QueuedConnection);
    m_local->stopAll();
}

// The default button is one that loses nothing.
void ClusterLauncher::askAboutRunning(const QString &why, std::function<void()> next,
                                      std::function<void()> otherwise)
{
    if (m_question) {
        if (otherwise)
            otherwise();
        return;
    }
    const bool deletes = m_local->isTemporary();
    const bool running = m_local->anyRunning();
    const quint64 messages = m_window.session().model().kept();
    QStringList more;
    if (!why.isEmpty())
        more.append(why);
    if (deletes)
        more.append(
            tr("The data lies in a temporary folder, which is deleted when the nodes stop: %n message(s) "
               "are lost for good.",
               nullptr, int(std::min<quint64>(messages, INT_MAX))));
    if (running)
        more.append(
            tr("Nodes left running keep their data; the next start of the dashboard offers them again."));
    auto *const box = new PlainMessageBox(
        deletes ? QMessageBox::Warning : QMessageBox::Question, tr("Local Cluster"),
        deletes && running ? tr("Stop the nodes of the local cluster and delete their data?")
        : deletes          ? tr("Delete the data of the local cluster?")
                           : tr("Nodes of the local cluster are running. Stop them?"),
        more.join(u"\n\n"_s), QMessageBox::NoButton, &m_window);
    m_question = box;
    box->setObjectName(u"runningNodes"_s);
    QPushButton *const stop =
        box->addButton(deletes ? (running ? tr("&Stop and Delete") : tr("&Delete")) : tr("&Stop Them"),
                       deletes ? QMessageBox::DestructiveRole : QMessageBox::AcceptRole);
    stop->setObjectName(u"stopNodes"_s);
    QPushButton *leave = nullptr;
    if (running) {
        leave = box->addButton(tr("&Leave Them Running"), QMessageBox::ActionRole);
        leave->setObjectName(u"leaveNodes"_s);
    }
    QPushButton *const cancel = box->addButton(QMessageBox::Cancel);
    box->setDefaultButton(deletes ? cancel : stop);
    box->setEscapeButton(cancel);
    connect(box, &QDialog::finished, this, [this, box, stop, leave, next, otherwise] {
        const QAbstractButton *const clicked = box->clickedButton();
        m_question.clear();
        if (!m_local)
            return;
        if (clicked == stop) {
            m_local->discard();
            stopThen(next);
        } else if (leave && clicked == leave) {
            m_local->letGo();
            next();
        } else if (otherwise) {
            otherwise();
        }
    });
    box->open();
}

void ClusterLauncher::stopThen(std::function<void()> next)
{
    m_window.notify(u"stopping"_s, LauncherWindow::Severity::Information, tr("Stopping the local nodes…"));
    connect(
        m_local.get(), &LocalCluster::stopped, this,
        [this, next = std::move(next)] {
            m_window.notify(u"stopping"_s, LauncherWindow::Severity::Information, {});
            next();
        },
        Qt::ConnectionType(Qt::QueuedConnection | Qt::SingleShotConnection));
    m_local->stopAll();
}

void ClusterLauncher::closeNow()
{
    m_window.session().close();
    m_commands.reset();
    if (m_local) {
        m_local.reset();
        emit localClosed();
    }
}

void ClusterLauncher::watch(NodeControl *control)
{
    connect(control, &NodeControl::failed, this, [this](const QString &node, const QString &text) {
        m_window.notify(u"control-"_s + node, LauncherWindow::Severity::Error, u"%1: %2"_s.arg(node, text));
    });
    connect(control, &NodeControl::performed, this, [this](const QString &node) {
        m_window.notify(u"control-"_s + node, LauncherWindow::Severity::Error, {});
    });
    connect(control, &NodeControl::processStateChanged, this,
            [this](const QString &node, ProcessState state) {
                if (state == ProcessState::Running)
                    m_window.notify(u"control-"_s + node, LauncherWindow::Severity::Error, {});
            });
}

} // namespace replog
