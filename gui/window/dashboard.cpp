// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/window/dashboard.h"

#include "gui/alarms/alarmsdialog.h"
#include "gui/alarms/alarmtray.h"
#include "gui/cluster/clustersession.h"
#include "gui/compare/comparedialog.h"
#include "gui/control/clusterlauncher.h"
#include "gui/matrix/logview.h"
#include "gui/timeline/eventrecorder.h"
#include "gui/walk/walkpanel.h"
#include "gui/window/mainwindow.h"
#include "gui/window/panels.h"
#include "shared/base/eventloopscheduler.h"

#include <QCoreApplication>
#include <QDate>
#include <QEvent>
#include <QMenu>
#include <QTimer>

#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr int DayLookMs = 30'000; // a computer may sleep over midnight
}

struct Dashboard::Parts
{
    Parts(const QString &stateFolder, Language::Choice choice)
        : language(choice), launcher(window, stateFolder)
    {
    }

    Language language; // before any object with texts
    EventLoopScheduler scheduler;
    ClusterSession session{scheduler};
    EventModel events;
    EventRecorder recorder{session, events};
    MainWindow window{session};
    Alarms alarms{session.model()};
    AlarmTray tray{alarms};
    ClusterLauncher launcher;
    Panels panels{window, {session, events, launcher, scheduler}};
    QDate today = QDate::currentDate();
    QTimer day;
};

Dashboard::Dashboard(const QString &stateFolder, Language::Choice language)
    : m_parts(std::make_unique<Parts>(stateFolder, language))
{
    MainWindow &window = m_parts->window;
    WalkPanel *const walk = m_parts->panels.walk();
    const QList<QAction *> start = m_parts->launcher.startActions();
    window.setStartActions(start + walk->actions(), start + QList{walk->introduction()});
    const auto showRecent = [this, &window] { window.setRecentActions(m_parts->launcher.recentActions()); };
    QObject::connect(&m_parts->launcher, &ClusterLauncher::recentChanged, &window, showRecent);
    window.texts().add(showRecent);
    mountComparison();
    mountAlarms();
    window.restoreLayout(); // completes the menus, too
    QMenu *const languages = window.menu(MainWindow::Menu::View)->addMenu(QString());
    window.texts().add([languages] { languages->setTitle(MainWindow::tr("L&anguage")); });
    m_parts->language.addTo(languages, window.texts());
    // Once the day is over its times get their date: all texts are set anew, as for another language.
    QObject::connect(&m_parts->day, &QTimer::timeout, &window, [this] {
        if (std::exchange(m_parts->today, QDate::currentDate()) != m_parts->today)
            QCoreApplication::postEvent(&m_parts->window, new QEvent(QEvent::LanguageChange));
    });
    m_parts->day.start(DayLookMs);
}

void Dashboard::mountComparison()
{
    MainWindow &window = m_parts->window;
    QAction *const compare = window.menu(MainWindow::Menu::Node)->addAction(QString());
    compare->setObjectName(u"compareNodes"_s);
    window.texts().add([compare] { compare->setText(MainWindow::tr("Co&mpare Two Nodes…")); });
    QObject::connect(compare, &QAction::triggered, &window, [this, &window] {
        auto *const dialog = new CompareDialog(m_parts->session, &window);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        QObject::connect(dialog, &CompareDialog::shown, panels().log(), &LogView::goTo);
        dialog->open();
    });
}

void Dashboard::mountAlarms()
{
    MainWindow &window = m_parts->window;
    Alarms &alarms = m_parts->alarms;
    QObject::connect(&alarms, &Alarms::alarm, &window, [&window](const QString &topic, const QString &text) {
        if (topic != Alarms::masterTopic()) // the window has a notice of its own on that
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
    window.texts().add([settings] { settings->setText(MainWindow::tr("Alar&ms…")); });
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

Panels &Dashboard::panels() const
{
    return m_parts->panels;
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
