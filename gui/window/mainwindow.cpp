// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/window/mainwindow.h"

#include "gui/cluster/clustersession.h"
#include "gui/cluster/clustertext.h"
#include "gui/theme/theme.h"
#include "gui/widgets/elidedlabel.h"
#include "gui/widgets/noticebar.h"
#include "gui/widgets/plainmessagebox.h"
#include "gui/window/keysdialog.h"
#include "gui/window/startpage.h"

#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QMenuBar>
#include <QMessageBox>
#include <QScreen>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTimer>
#include <QToolBar>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int SettlingTurns = 5; // of the event loop, until all layouts know another font
constexpr int LayoutVersion = 1;
constexpr QSize DefaultSize(1500, 920);
constexpr int RightWidth = 440;
constexpr int BottomHeight = 260;
constexpr qreal PresentationScale = 1.5;

} // namespace

MainWindow::MainWindow(ClusterSession &session, QWidget *parent)
    : LauncherWindow(parent), m_session(session), m_theme(new Theme(this)), m_notices(new NoticeBar(this)),
      m_start(new StartPage(this)), m_central(new QStackedWidget(this)), m_tools(new QToolBar(this)),
      m_masterLabel(new ElidedLabel(this)), m_texts(this)
{
    setObjectName(u"mainWindow"_s);
    setDockNestingEnabled(true);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);

    auto *middle = new QWidget(this);
    auto *column = new QVBoxLayout(middle);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(m_notices);
    column->addWidget(m_central, 1);
    setCentralWidget(middle);

    m_tools->setObjectName(u"tools"_s);
    m_tools->setMovable(false);
    m_tools->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    addToolBar(m_tools);
    m_central->addWidget(m_start);
    m_masterLabel->setObjectName(u"masterLabel"_s);
    m_masterLabel->wantItsWidth();
    statusBar()->addPermanentWidget(m_masterLabel);

    m_titleBars.setSingleShot(true);
    m_titleBars.setInterval(0);
    connect(&m_titleBars, &QTimer::timeout, this, &MainWindow::updateTitleBars);
    makeMenus();

    connect(&m_session, &ClusterSession::opened, this, &MainWindow::handleOpened);
    connect(&m_session, &ClusterSession::closed, this, &MainWindow::handleClosed);
    const ClusterModel &cluster = m_session.model();
    connect(&cluster, &ClusterModel::nodeChanged, this, &MainWindow::updateMaster);
    connect(&cluster, &ClusterModel::nodeAdded, this, &MainWindow::updateMaster);
    connect(&cluster, &ClusterModel::nodeRemoved, this, &MainWindow::updateMaster);
    connect(&cluster, &ClusterModel::readerChanged, this, &MainWindow::updateMaster);
    m_texts.add([this] {
        m_tools->setWindowTitle(tr("Tools"));
        m_start->setHeading(tr("No cluster is open"));
        updateTitle();
        updateMaster();
    });
}

MainWindow::~MainWindow() = default;

void MainWindow::makeMenus()
{
    for (Menu which : {Menu::Cluster, Menu::Node, Menu::Message, Menu::Walk, Menu::View, Menu::Help}) {
        QMenu *made = menuBar()->addMenu(QString());
        made->setToolTipsVisible(true);
        m_menus.insert(which, made);
    }
    m_panelsMenu = new QMenu(this);
    QAction *toLog = menu(Menu::View)->addAction(QString());
    m_texts.add([this, toLog] {
        menu(Menu::Cluster)->setTitle(tr("&Cluster"));
        menu(Menu::Node)->setTitle(tr("&Node"));
        menu(Menu::Message)->setTitle(tr("&Message"));
        menu(Menu::Walk)->setTitle(tr("&Walk"));
        menu(Menu::View)->setTitle(tr("&View"));
        menu(Menu::Help)->setTitle(tr("&Help"));
        m_panelsMenu->setTitle(tr("&Panels"));
        toLog->setText(tr("Go to the &Log"));
    });
    toLog->setShortcut(Qt::ALT | Qt::Key_1);
    connect(toLog, &QAction::triggered, this, [this] {
        if (m_content)
            m_content->setFocus(Qt::ShortcutFocusReason);
    });
}

void MainWindow::setContent(QWidget *content)
{
    m_content = content;
    m_central->addWidget(content);
}

void MainWindow::finishMenus()
{
    QMenu *cluster = menu(Menu::Cluster);
    cluster->addSeparator();
    QAction *quit = cluster->addAction(QString());
    quit->setObjectName(u"quit"_s);
    quit->setShortcut(Qt::CTRL | Qt::Key_Q);
    quit->setMenuRole(QAction::QuitRole);
    connect(quit, &QAction::triggered, this, &QWidget::close);

    QMenu *view = menu(Menu::View);
    view->addSeparator();
    view->addMenu(m_panelsMenu);
    QAction *reset = view->addAction(QString());
    connect(reset, &QAction::triggered, this, &MainWindow::resetLayout);
    m_presenting = view->addAction(QString());
    m_presenting->setObjectName(u"presenting"_s);
    m_presenting->setCheckable(true);
    m_presenting->setShortcut(Qt::Key_F11);
    connect(m_presenting, &QAction::toggled, this, &MainWindow::setPresenting);
    view->addSeparator();
    QMenu *theme = view->addMenu(QString());
    m_theme->addTo(theme, m_texts);

    QMenu *help = menu(Menu::Help);
    if (!help->isEmpty())
        help->addSeparator();
    QAction *keys = help->addAction(QString());
    keys->setObjectName(u"keys"_s);
    keys->setShortcut(QKeySequence::HelpContents);
    connect(keys, &QAction::triggered, this, [this] {
        auto *dialog = new KeysDialog(this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    QAction *about = help->addAction(QString());
    about->setMenuRole(QAction::AboutRole);
    connect(about, &QAction::triggered, this, [this] {
        auto *box =
            new PlainMessageBox(QMessageBox::NoIcon, tr("About Replog"),
                                tr("Replog dashboard %1").arg(QStringLiteral(REPLOG_VERSION)),
                                tr("Shows and drives a semi-synchronous replicated log.\n"
                                   "Free software under the GNU General Public License, version 3 or later."),
                                QMessageBox::Ok, this);
        box->open();
    });
    QAction *aboutQt = help->addAction(QString());
    aboutQt->setMenuRole(QAction::AboutQtRole);
    connect(aboutQt, &QAction::triggered, qApp, &QApplication::aboutQt);
    m_texts.add([this, keys, quit, reset, theme, about, aboutQt] {
        m_presenting->setText(tr("Prese&ntation Size"));
        m_presenting->setToolTip(tr("Large type and fewer panels, to be seen from afar"));
        keys->setText(tr("&Keys"));
        quit->setText(tr("&Quit"));
        reset->setText(tr("&Reset the Layout"));
        theme->setTitle(tr("&Theme"));
        about->setText(tr("&About Replog"));
        aboutQt->setText(tr("About &Qt"));
    });
}

QDockWidget *MainWindow::addPanel(const Panel &panel)
{
    if (panel.needs == Needs::Nothing)
        m_alwaysOfUse.insert(panel.name);
    const QStringList before = m_panelOrder;
    QDockWidget *dock = makeDock(panel);
    if (!panel.below.isEmpty()) {
        splitDockWidget(m_panels.value(panel.below), dock, Qt::Vertical);
        return dock;
    }
    addDockWidget(panel.area, dock);
    for (const QString &other : before) {
        if (dockWidgetArea(m_panels.value(other)) == panel.area) {
            tabifyDockWidget(m_panels.value(other), dock);
            break;
        }
    }
    return dock;
}

QDockWidget *MainWindow::makeDock(const Panel &panel)
{
    auto *dock = new QDockWidget(this);
    dock->setObjectName(panel.name);
    dock->setWidget(panel.widget);
    connect(dock, &QDockWidget::dockLocationChanged, &m_titleBars, qOverload<>(&QTimer::start));
    connect(dock, &QDockWidget::topLevelChanged, &m_titleBars, qOverload<>(&QTimer::start));
    connect(dock, &QDockWidget::visibilityChanged, &m_titleBars, qOverload<>(&QTimer::start));
    m_panels.insert(panel.name, dock);
    m_panelOrder.append(panel.name);
    m_panelsMenu->addAction(dock->toggleViewAction());
    QAction *front = menu(Menu::View)->addAction(QString());
    front->setShortcut(panel.shortcut);
    m_texts.add([dock, front, title = panel.title] {
        dock->setWindowTitle(title());
        front->setText(tr("Go to %1").arg(title()));
    });
    connect(front, &QAction::triggered, this, [this, name = panel.name] { showPanel(name); });
    return dock;
}

// The tab of a panel shows its title, so a panel among tabs gets no title bar.
void MainWindow::updateTitleBars()
{
    for (QDockWidget *dock : std::as_const(m_panels)) {
        const bool among = !dock->isFloating() && !tabifiedDockWidgets(dock).isEmpty();
        if (among == (dock->titleBarWidget() != nullptr))
            continue;
        QWidget *bar = dock->titleBarWidget();
        dock->setTitleBarWidget(among ? new QWidget(dock) : nullptr);
        delete bar;
    }
}

void MainWindow::showPanel(const QString &name)
{
    if (!m_session.isOpen() && !m_alwaysOfUse.contains(name))
        return; // the panel is of no use without a cluster
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

void MainWindow::setStartActions(const QList<QAction *> &page, const QList<QAction *> &tools)
{
    m_start->setActions(page);
    m_tools->addActions(tools);
}

void MainWindow::setRecentActions(const QList<QAction *> &actions)
{
    m_start->setRecent(tr("Open before"), actions);
}

void MainWindow::notify(const QString &topic, Severity severity, const QString &text)
{
    m_notices->show(topic, severity, text);
}

QString MainWindow::noticeText(const QString &topic) const
{
    return m_notices->text(topic);
}

void MainWindow::setCloseGuard(std::function<bool()> mayClose)
{
    m_mayClose = std::move(mayClose);
}

void MainWindow::restoreLayout()
{
    finishMenus();
    const QScreen *display = screen();
    resize(display ? DefaultSize.boundedTo(display->availableSize() * 9 / 10) : DefaultSize);
    resizeDocks({m_panels.value(u"append"_s)}, {std::min(RightWidth, width() * 31 / 100)}, Qt::Horizontal);
    resizeDocks({m_panels.value(u"nodes"_s)}, {BottomHeight}, Qt::Vertical);
    for (const QString &name : {u"append"_s, u"nodes"_s})
        m_panels.value(name)->raise();
    m_defaultState = saveState(LayoutVersion);

    const QSettings settings;
    restoreGeometry(settings.value("window/geometry"_L1).toByteArray());
    restoreState(settings.value("window/state"_L1).toByteArray(), LayoutVersion);
    m_openState = saveState(LayoutVersion);
    if (!m_session.isOpen())
        hidePanels();
}

void MainWindow::resetLayout()
{
    m_openState = m_defaultState;
    if (m_session.isOpen())
        restoreState(m_openState, LayoutVersion);
    if (m_session.isOpen() && m_presenting->isChecked())
        hidePanelsOfNoAudience();
}

// Presentation mode: large type, and only the panels for an audience. The end restores font and layout.
void MainWindow::setPresenting(bool presenting)
{
    emit presentingChanged(presenting);
    if (presenting) {
        m_usualGeometry = saveGeometry(); // large type may need a wider window
        m_usualFont = QApplication::font();
        QFont large = m_usualFont;
        large.setPointSizeF(large.pointSizeF() * PresentationScale);
        QApplication::setFont(large);
        if (m_session.isOpen()) {
            m_openState = saveState(LayoutVersion);
            hidePanelsOfNoAudience();
        }
        return;
    }
    QApplication::setFont(m_usualFont);
    if (m_session.isOpen())
        restoreState(m_openState, LayoutVersion);
    giveSizeBack(std::exchange(m_usualGeometry, {}), SettlingTurns);
}

// Until the layouts know the smaller type, each in its turn, they do not let the window shrink, and widen it
// again.
void MainWindow::giveSizeBack(const QByteArray &geometry, int turns)
{
    QTimer::singleShot(0, this, [this, geometry, turns] {
        if (m_presenting->isChecked())
            return;
        restoreGeometry(geometry);
        if (turns > 1)
            giveSizeBack(geometry, turns - 1);
    });
}

void MainWindow::hidePanelsOfNoAudience()
{
    for (auto it = m_panels.cbegin(); it != m_panels.cend(); ++it) {
        if (it.key() != "append"_L1 && it.key() != "nodes"_L1 && it.key() != "sequence"_L1 &&
            it.key() != "walk"_L1)
            it.value()->hide();
    }
}

bool MainWindow::isUsualLayout() const
{
    return m_session.isOpen() && !m_presenting->isChecked();
}

void MainWindow::hidePanels()
{
    for (QDockWidget *dock : std::as_const(m_panels))
        dock->hide();
    m_panelsMenu->setEnabled(false);
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (m_mayClose && !m_mayClose()) {
        event->ignore();
        return;
    }
    QSettings settings;
    settings.setValue("window/geometry"_L1, m_presenting->isChecked() ? m_usualGeometry : saveGeometry());
    settings.setValue("window/state"_L1, isUsualLayout() ? saveState(LayoutVersion) : m_openState);
    event->accept();
}

void MainWindow::handleOpened()
{
    m_notices->clear();
    m_central->setCurrentWidget(m_content);
    if (!m_openState.isEmpty())
        restoreState(m_openState, LayoutVersion);
    if (m_presenting->isChecked())
        hidePanelsOfNoAudience();
    m_panelsMenu->setEnabled(true);
    updateTitle();
    updateMaster();
}

void MainWindow::handleClosed()
{
    if (!m_presenting->isChecked())
        m_openState = saveState(LayoutVersion);
    hidePanels();
    m_central->setCurrentWidget(m_start);
    m_notices->clear();
    updateTitle();
    updateMaster();
}

void MainWindow::updateTitle()
{
    setWindowTitle(m_session.isOpen() ? tr("%1 — Replog").arg(m_session.title()) : tr("Replog"));
}

// Empty if there is nothing to say of it yet.
QString MainWindow::whyLost(const NodeInfo &node)
{
    switch (node.process) {
    case ProcessState::Stopped: // its user knows why, and wants to know who is read
        return node.told ? tr("The master %1 is stopped.").arg(node.name) : QString();
    case ProcessState::Starting:
        return node.told ? tr("The master %1 is starting.").arg(node.name) : QString();
    case ProcessState::Stopping: // it is soon stopped
        return {};
    default:
        return node.known ? tr("The master %1 at %2 cannot be reached: %3 Trying again.")
                                .arg(node.name, node.url.toString(), node.contactError)
                          : tr("No master answers at %1: %2 Trying again.")
                                .arg(node.url.toString(), node.contactError);
    }
}

void MainWindow::updateMaster()
{
    const NodeInfo *master = m_session.model().master();
    if (!m_session.isOpen()) {
        m_masterLabel->clear();
        return;
    }
    if (!master) {
        m_masterLabel->setText(tr("No master is known yet"));
    } else if (!master->told) {
        m_masterLabel->setText(
            tr("%1 · %2 · %3")
                .arg(master->name, ClusterText::state(master->state()), master->url.authority()));
    } else {
        m_masterLabel->setText(tr("%1 · %2 · epoch %3 · %4")
                                   .arg(master->name, ClusterText::state(master->state()),
                                        QString::number(master->epoch), master->url.authority()));
    }
    const NodeInfo *asked =
        master ? master : (m_session.model().isEmpty() ? nullptr : &m_session.model().nodes().first());
    const bool lost = asked && (asked->contact == Contact::Lost || asked->contact == Contact::Silent);
    QString text;
    if (lost)
        text = whyLost(*asked);
    if (asked && !text.isEmpty()) {
        const QString since = ClusterText::since(*asked, m_session.model().nowMs());
        if (!since.isEmpty())
            text += u' ' + tr("Silent since %1.").arg(since);
        if (const QString reader = m_session.model().reader(); !reader.isEmpty())
            text += u' ' + tr("Messages are read from %1.").arg(reader);
    } else if (!master && asked && asked->role == NodeRole::Secondary &&
               asked->contact == Contact::Connected) {
        text = tr("%1 at %2 is a secondary. Connect to its master to see the whole cluster.")
                   .arg(asked->name, asked->url.toString());
    }
    notify(u"master"_s, Severity::Warning, text);
}

} // namespace replog
