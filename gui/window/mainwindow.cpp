// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/window/mainwindow.h"

#include "gui/cluster/clustersession.h"
#include "gui/window/emptystate.h"
#include "gui/window/noticebar.h"

#include <QAction>
#include <QCloseEvent>
#include <QMenuBar>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolBar>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace replog {

MainWindow::MainWindow(ClusterSession &session, QWidget *parent)
    : QMainWindow(parent), m_session(session), m_notices(new NoticeBar(this)), m_empty(new EmptyState(this)),
      m_central(new QStackedWidget(this)), m_tools(new QToolBar(tr("Tools"), this))
{
    setObjectName(u"mainWindow"_s);
    setDockNestingEnabled(true);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);

    auto *middle = new QWidget(this);
    auto *column = new QVBoxLayout(middle);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(m_notices);
    column->addWidget(m_central, 1);
    m_central->addWidget(m_empty);
    setCentralWidget(middle);

    m_tools->setObjectName(u"tools"_s);
    addToolBar(m_tools);
    m_empty->setText(tr("No cluster yet"), tr("Start a cluster on this computer, or connect to one that runs."));
    makeMenus();
    statusBar();

    connect(&m_session, &ClusterSession::opened, this, &MainWindow::handleOpened);
    connect(&m_session, &ClusterSession::closed, this, &MainWindow::handleClosed);
    updateCentral();
}

MainWindow::~MainWindow() = default;

void MainWindow::makeMenus()
{
    const auto add = [this](Menu which, const QString &title) { m_menus.insert(which, menuBar()->addMenu(title)); };
    add(Menu::Cluster, tr("&Cluster"));
    add(Menu::Node, tr("&Node"));
    add(Menu::Message, tr("&Message"));
    add(Menu::Walk, tr("&Walk"));
    add(Menu::View, tr("&View"));
    add(Menu::Help, tr("&Help"));
}

QDockWidget *MainWindow::addPanel(const QString &name, const QString &title, QWidget *panel, Qt::DockWidgetArea area,
                                  const QKeySequence &shortcut)
{
    auto *dock = new QDockWidget(title, this);
    dock->setObjectName(name);
    dock->setWidget(panel);
    addDockWidget(area, dock);
    for (const QString &other : std::as_const(m_panelOrder)) {
        if (dockWidgetArea(m_panels.value(other)) == area) {
            tabifyDockWidget(m_panels.value(other), dock);
            break;
        }
    }
    m_panels.insert(name, dock);
    m_panelOrder.append(name);
    QAction *toggle = dock->toggleViewAction();
    menu(Menu::View)->addAction(toggle);
    if (!shortcut.isEmpty()) {
        auto *front = new QAction(tr("Go to %1").arg(title), this);
        front->setShortcut(shortcut);
        connect(front, &QAction::triggered, this, [this, name] { showPanel(name); });
        addAction(front);
    }
    return dock;
}

void MainWindow::showPanel(const QString &name)
{
    if (QDockWidget *dock = m_panels.value(name)) {
        dock->show();
        dock->raise();
        dock->widget()->setFocus(Qt::ShortcutFocusReason);
    }
}

QMenu *MainWindow::menu(Menu which) const
{
    return m_menus.value(which);
}

void MainWindow::setStartActions(const QList<QAction *> &actions)
{
    m_empty->setActions(actions);
    m_tools->addActions(actions);
}

void MainWindow::notify(const QString &topic, Severity severity, const QString &text)
{
    m_notices->show(topic, severity, text);
}

void MainWindow::setCloseGuard(std::function<bool()> mayClose)
{
    m_mayClose = std::move(mayClose);
}

void MainWindow::restoreLayout()
{
    m_defaultState = saveState();
    const QSettings settings;
    restoreGeometry(settings.value("window/geometry"_L1).toByteArray());
    restoreState(settings.value("window/state"_L1).toByteArray());
}

void MainWindow::resetLayout()
{
    restoreState(m_defaultState);
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (m_mayClose && !m_mayClose()) {
        event->ignore();
        return;
    }
    QSettings settings;
    settings.setValue("window/geometry"_L1, saveGeometry());
    settings.setValue("window/state"_L1, saveState());
    event->accept();
}

void MainWindow::changeEvent(QEvent *event)
{
    QMainWindow::changeEvent(event);
}

void MainWindow::handleOpened()
{
    m_notices->clear();
    updateCentral();
}

void MainWindow::handleClosed()
{
    updateCentral();
}

void MainWindow::updateCentral()
{
    setWindowTitle(m_session.isOpen() ? tr("%1 — Replog").arg(m_session.title()) : tr("Replog"));
}

} // namespace replog
