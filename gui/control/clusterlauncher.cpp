// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/clusterlauncher.h"

#include "gui/cluster/clustersession.h"
#include "gui/control/clusterfile.h"
#include "gui/control/commandcontrol.h"
#include "gui/control/connectdialog.h"
#include "gui/control/newclusterdialog.h"
#include "gui/window/mainwindow.h"

#include <QAction>
#include <QDir>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace replog {

ClusterLauncher::ClusterLauncher(MainWindow &window, const QString &stateFolder)
    : m_window(window), m_stateFolder(stateFolder.isEmpty() ? RunRecord::defaultStateFolder() : stateFolder),
      m_texts(&window)
{
    const auto makeAction = [this](const QString &name, const QKeySequence &key) {
        auto *const action = new QAction(&m_window);
        action->setObjectName(name);
        action->setShortcut(key);
        return action;
    };
    QAction *const make = makeAction(u"newLocalCluster"_s, QKeySequence::New);
    make->setIcon(QIcon::fromTheme(u"document-new"_s));
    QAction *const link = makeAction(u"connect"_s, QKeySequence::Open);
    link->setIcon(QIcon::fromTheme(u"network-connect"_s));
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
    connect(link, &QAction::triggered, this, &ClusterLauncher::showConnectDialog);
    connect(m_close, &QAction::triggered, this, [this] { closeThen([] {}); });
    m_window.menu(MainWindow::Menu::Cluster)->addActions({make, link, m_close});
    m_startActions = {make, link};
    m_window.setCloseGuard([this] { return mayCloseWindow(); });
    ClusterSession *const session = &m_window.session();
    connect(session, &ClusterSession::opened, this, [this] { m_close->setEnabled(true); });
    connect(session, &ClusterSession::closed, this, [this] { m_close->setEnabled(false); });
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
    closeNow();
    m_local = std::move(*opened);
    connect(m_local.get(), &LocalCluster::listening, &m_window.session(), &ClusterSession::setNodeUrl);
    watch(m_local.get());
    m_window.session().open(m_local->description(), m_local.get());
    emit localOpened(m_local.get());
    m_local->startMasterThen(secondaries.value_or(m_local->nodeNames().sliced(1)));
    return {};
}

void ClusterLauncher::connectTo(const QUrl &master)
{
    closeNow();
    ClusterDescription description;
    description.title = master.authority();
    description.nodes.append({QString(), NodeRole::Master, master});
    m_window.session().open(description, nullptr);
}

void ClusterLauncher::openFile(const ClusterFile &file)
{
    closeNow();
    m_commands = std::make_unique<CommandControl>(file);
    watch(m_commands.get());
    m_window.session().open(file.description, m_commands.get());
}

void ClusterLauncher::closeThen(std::function<void()> next)
{
    const auto closeAndGoOn = [this, next = std::move(next)] {
        closeNow();
        next();
    };
    if (m_local && m_local->anyRunning())
        askAboutRunning(closeAndGoOn);
    else
        closeAndGoOn();
}

void ClusterLauncher::showNewDialog()
{
    auto *const dialog = new NewClusterDialog(&m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &NewClusterDialog::submitted, this, [this, dialog](const LocalCluster::Options &options) {
        closeThen([this, options, dialog = QPointer(dialog)] {
            const Result<void> opened = openLocal(options);
            if (!dialog)
                return;
            if (opened)
                dialog->accept();
            else
                dialog->setProblem(opened.error().text);
        });
    });
    dialog->open();
}

void ClusterLauncher::showConnectDialog()
{
    auto *const dialog = new ConnectDialog(&m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ConnectDialog::addressChosen, this,
            [this](const QUrl &url) { closeThen([this, url] { connectTo(url); }); });
    connect(dialog, &ConnectDialog::fileChosen, this,
            [this](const ClusterFile &file) { closeThen([this, file] { openFile(file); }); });
    dialog->open();
}

bool ClusterLauncher::mayCloseWindow()
{
    if (m_closing || !m_local || !m_local->anyRunning())
        return true;
    askAboutRunning([this] {
        m_closing = true;
        m_window.close();
    });
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

void ClusterLauncher::askAboutRunning(std::function<void()> next)
{
    if (m_question)
        return;
    auto *const box = new QMessageBox(QMessageBox::Question, tr("Local Cluster"),
                                      tr("Nodes of the local cluster are running. Stop them?"),
                                      QMessageBox::NoButton, &m_window);
    m_question = box;
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName(u"runningNodes"_s);
    box->setInformativeText(
        m_local->isTemporary()
            ? tr("Their data lies in a temporary folder and goes with them. Nodes left running keep it, and "
                 "the "
                 "next start of the dashboard offers them again.")
            : tr("Nodes left running go on without the dashboard; its next start offers them again."));
    QPushButton *const stop = box->addButton(tr("&Stop Them"), QMessageBox::AcceptRole);
    stop->setObjectName(u"stopNodes"_s);
    QPushButton *const leave = box->addButton(tr("&Leave Them Running"), QMessageBox::DestructiveRole);
    leave->setObjectName(u"leaveNodes"_s);
    box->addButton(QMessageBox::Cancel);
    box->setDefaultButton(stop);
    connect(box, &QMessageBox::buttonClicked, this, [this, stop, leave, next](QAbstractButton *clicked) {
        if (!m_local || (clicked != stop && clicked != leave))
            return;
        if (clicked == leave) {
            m_local->letGo();
            next();
            return;
        }
        m_window.notify(u"stopping"_s, MainWindow::Severity::Information, tr("Stopping the local nodes…"));
        connect(
            m_local.get(), &LocalCluster::stopped, this,
            [this, next] {
                m_window.notify(u"stopping"_s, MainWindow::Severity::Information, {});
                next();
            },
            Qt::ConnectionType(Qt::QueuedConnection | Qt::SingleShotConnection));
        m_local->stopAll();
    });
    box->open();
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
        m_window.notify(u"control-"_s + node, MainWindow::Severity::Error, u"%1: %2"_s.arg(node, text));
    });
    connect(control, &NodeControl::processStateChanged, this,
            [this](const QString &node, ProcessState state) {
                if (state == ProcessState::Running)
                    m_window.notify(u"control-"_s + node, MainWindow::Severity::Error, {});
            });
}

void ClusterLauncher::offerLeftovers()
{
    const QList<RunRecord> found = RunRecord::leftovers(m_stateFolder);
    for (const RunRecord &record : found)
        offer(record);
}

void ClusterLauncher::offer(const RunRecord &record)
{
    QStringList alive;
    for (const RunRecord::Node &node : record.nodes) {
        if (node.process.isAlive())
            alive.append(tr("%1 (process %2)").arg(node.name).arg(node.process.pid));
    }
    auto *const box = new QMessageBox(QMessageBox::Question, tr("Nodes Left Running"),
                                      tr("An earlier dashboard has left nodes of a local cluster running."),
                                      QMessageBox::NoButton, &m_window);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName(u"leftovers"_s);
    box->setInformativeText(tr("%1\nFolder: %2").arg(alive.join(u", "_s), record.folder));
    QPushButton *const adopt = box->addButton(tr("&Take Them Over"), QMessageBox::AcceptRole);
    adopt->setObjectName(u"adoptNodes"_s);
    QPushButton *const stop = box->addButton(tr("&Stop Them"), QMessageBox::DestructiveRole);
    stop->setObjectName(u"stopNodes"_s);
    box->addButton(tr("&Leave Them"), QMessageBox::RejectRole);
    box->setDefaultButton(adopt);
    connect(box, &QMessageBox::buttonClicked, this, [this, record, adopt, stop](QAbstractButton *clicked) {
        if (clicked == adopt) {
            closeThen([this, record] {
                LocalCluster::Options options;
                options.folder = record.folder;
                if (const Result<void> opened = openLocal(options, QStringList()); !opened)
                    m_window.notify(u"leftovers"_s, MainWindow::Severity::Error, opened.error().text);
            });
        } else if (clicked == stop) {
            stopLeftover(record);
        }
    });
    box->open();
}

void ClusterLauncher::stopLeftover(const RunRecord &record)
{
    LocalCluster::Options options;
    options.folder = record.folder;
    options.stateFolder = m_stateFolder;
    Result<std::unique_ptr<LocalCluster>> opened = LocalCluster::open(options);
    if (!opened) {
        m_window.notify(u"leftovers"_s, MainWindow::Severity::Error, opened.error().text);
        return;
    }
    LocalCluster *const cluster = opened->release();
    cluster->setParent(this);
    connect(cluster, &LocalCluster::stopped, cluster, &QObject::deleteLater, Qt::QueuedConnection);
    cluster->stopAll();
}

} // namespace replog
