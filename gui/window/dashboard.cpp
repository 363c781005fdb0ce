// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/window/dashboard.h"

#include "gui/alarms/alarmsdialog.h"
#include "gui/alarms/alarmtray.h"
#include "gui/charts/chartspanel.h"
#include "gui/cluster/clustersession.h"
#include "gui/compare/comparedialog.h"
#include "gui/control/clusterlauncher.h"
#include "gui/details/messagepanel.h"
#include "gui/matrix/logview.h"
#include "gui/sequence/sequencepanel.h"
#include "gui/timeline/eventrecorder.h"
#include "gui/timeline/outputpanel.h"
#include "gui/timeline/timelinepanel.h"
#include "gui/walk/walkpanel.h"
#include "gui/window/mainwindow.h"
#include "shared/base/eventloopscheduler.h"

#include <QMenu>

using namespace Qt::StringLiterals;

namespace replog {

struct Dashboard::Parts
{
    Parts(const QString &stateFolder, Language::Choice choice)
        : language(choice), launcher(window, stateFolder)
    {
    }

    Language language; // before anything that has texts
    EventLoopScheduler scheduler;
    ClusterSession session{scheduler};
    EventModel events;
    EventRecorder recorder{session, events};
    MainWindow window{session};
    Alarms alarms{session.model()};
    AlarmTray tray{alarms};
    ClusterLauncher launcher;
};

Dashboard::Dashboard(const QString &stateFolder, Language::Choice language)
    : m_parts(std::make_unique<Parts>(stateFolder, language))
{
    MainWindow &window = m_parts->window;
    window.addPanel(
        u"timeline"_s, [] { return MainWindow::tr("What Happened"); }, new TimelinePanel(m_parts->events),
        Qt::BottomDockWidgetArea, QKeySequence(Qt::ALT | Qt::Key_5));
    window.addPanel(
        u"output"_s, [] { return MainWindow::tr("Process Output"); }, new OutputPanel(m_parts->session),
        Qt::BottomDockWidgetArea, QKeySequence(Qt::ALT | Qt::Key_6));
    window.addPanel(
        u"charts"_s, [] { return MainWindow::tr("Charts"); }, new ChartsPanel(m_parts->session),
        Qt::BottomDockWidgetArea, QKeySequence(Qt::ALT | Qt::Key_7));
    auto *const sequence = new SequencePanel(m_parts->session);
    const QDockWidget *const flights = window.addPanel(
        u"sequence"_s, [] { return MainWindow::tr("Messages in Flight"); }, sequence,
        Qt::BottomDockWidgetArea, QKeySequence(Qt::ALT | Qt::Key_9));
    QObject::connect(flights, &QDockWidget::visibilityChanged, sequence, &SequencePanel::setInView);
    QObject::connect(sequence, &SequencePanel::notice, &window,
                     [&window](const QString &topic, const QString &text, bool isError) {
                         window.notify(
                             topic, isError ? MainWindow::Severity::Error : MainWindow::Severity::Information,
                             text);
                     });
    auto *const walk = new WalkPanel(m_parts->launcher, m_parts->session, m_parts->scheduler);
    // Its first step is what opens a cluster.
    window.addPanel(
        u"walk"_s, [] { return MainWindow::tr("Guided Walk"); }, walk, Qt::RightDockWidgetArea,
        QKeySequence(Qt::ALT | Qt::Key_8), MainWindow::Needs::Nothing);
    window.menu(MainWindow::Menu::Walk)->addActions(walk->actions());
    QObject::connect(walk, &WalkPanel::failed, &window, [&window](const QString &problem) {
        window.notify(u"walk"_s, MainWindow::Severity::Error, problem);
    });
    QObject::connect(walk, &WalkPanel::started, &window, [&window] { window.showPanel(u"walk"_s); });
    // A walk's first step opens its cluster, upon which the window puts its panels where they were.
    QObject::connect(&m_parts->session, &ClusterSession::opened, &window, [&window, walk] {
        if (walk->engine().state() == WalkEngine::State::Looking)
            window.showPanel(u"walk"_s);
    });
    const QList<QAction *> start = m_parts->launcher.startActions();
    window.setStartActions(start + walk->actions(), start + QList{walk->introduction()});
    const auto showRecent = [this, &window] { window.setRecentActions(m_parts->launcher.recentActions()); };
    QObject::connect(&m_parts->launcher, &ClusterLauncher::recentChanged, &window, showRecent);
    window.texts().add(showRecent);
    mountDetails(*sequence);
    mountAlarms();
    window.restoreLayout(); // completes the menus too
    QMenu *const languages = window.menu(MainWindow::Menu::View)->addMenu(QString());
    window.texts().add([languages] { languages->setTitle(MainWindow::tr("L&anguage")); });
    m_parts->language.addTo(languages, window.texts());
}

void Dashboard::mountDetails(SequencePanel &sequence)
{
    MainWindow &window = m_parts->window;
    auto *const message = new MessagePanel(m_parts->session);
    window.addPanel(
        u"message"_s, [] { return MainWindow::tr("Message"); }, message, Qt::RightDockWidgetArea,
        QKeySequence(Qt::ALT | Qt::Key_0));
    QObject::connect(window.log(), &LogView::currentChanged, message, &MessagePanel::showMessage);
    QObject::connect(message, &MessagePanel::wayWanted, &window, [&window, &sequence](quint64 id) {
        sequence.showMessage(id);
        window.showPanel(u"sequence"_s);
    });
    QAction *const compare = window.menu(MainWindow::Menu::Node)->addAction(QString());
    compare->setObjectName(u"compareNodes"_s);
    window.texts().add([compare] { compare->setText(MainWindow::tr("Co&mpare Two Nodes…")); });
    QObject::connect(compare, &QAction::triggered, &window, [this, &window] {
        auto *const dialog = new CompareDialog(m_parts->session, &window);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        QObject::connect(dialog, &CompareDialog::shown, window.log(), &LogView::goTo);
        dialog->open();
    });
}

void Dashboard::mountAlarms()
{
    MainWindow &window = m_parts->window;
    Alarms &alarms = m_parts->alarms;
    QObject::connect(&alarms, &Alarms::alarm, &window, [&window](const QString &topic, const QString &text) {
        window.notify(u"alarm-"_s + topic, MainWindow::Severity::Warning, text);
    });
    QObject::connect(&alarms, &Alarms::over, &window, [&window](const QString &topic) {
        window.notify(u"alarm-"_s + topic, MainWindow::Severity::Warning, {});
    });
    QObject::connect(&m_parts->tray, &AlarmTray::activated, &window, [&window] {
        window.show();
        window.raise();
        window.activateWindow();
    });
    QAction *const settings = window.menu(MainWindow::Menu::View)->addAction(QString());
    settings->setObjectName(u"alarms"_s);
    window.texts().add([settings] { settings->setText(MainWindow::tr("Al&arms…")); });
    QObject::connect(settings, &QAction::triggered, &window, [this, &window] {
        auto *const dialog = new AlarmsDialog(m_parts->alarms, &window);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
}

Dashboard::~Dashboard() = default;

ClusterSession &Dashboard::session() const
{
    return m_parts->session;
}

MainWindow &Dashboard::window() const
{
    return m_parts->window;
}

ClusterLauncher &Dashboard::launcher() const
{
    return m_parts->launcher;
}

EventModel &Dashboard::events() const
{
    return m_parts->events;
}

Language &Dashboard::language() const
{
    return m_parts->language;
}

} // namespace replog
