// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/window/dashboard.h"

#include "gui/charts/chartspanel.h"
#include "gui/cluster/clustersession.h"
#include "gui/control/clusterlauncher.h"
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
    auto *const walk = new WalkPanel(m_parts->launcher, m_parts->session, m_parts->scheduler);
    window.addPanel(
        u"walk"_s, [] { return MainWindow::tr("Guided Walk"); }, walk, Qt::RightDockWidgetArea,
        QKeySequence(Qt::ALT | Qt::Key_8));
    window.menu(MainWindow::Menu::Walk)->addActions(walk->actions());
    QObject::connect(walk, &WalkPanel::started, &window, [&window] { window.showPanel(u"walk"_s); });
    // A walk's first step opens its cluster, upon which the window puts its panels where they were.
    QObject::connect(&m_parts->session, &ClusterSession::opened, &window, [&window, walk] {
        if (walk->engine().state() == WalkEngine::State::Looking)
            window.showPanel(u"walk"_s);
    });
    window.setStartActions(m_parts->launcher.startActions() + QList{walk->introduction()});
    window.restoreLayout(); // completes the menus too
    QMenu *const languages = window.menu(MainWindow::Menu::View)->addMenu(QString());
    window.texts().add([languages] { languages->setTitle(MainWindow::tr("L&anguage")); });
    m_parts->language.addTo(languages, window.texts());
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
