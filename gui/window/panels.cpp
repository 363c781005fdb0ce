// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/window/panels.h"

#include "gui/append/appendpanel.h"
#include "gui/charts/chartspanel.h"
#include "gui/cluster/clustersession.h"
#include "gui/control/clusterlauncher.h"
#include "gui/details/messagepanel.h"
#include "gui/matrix/logview.h"
#include "gui/nodes/nodesview.h"
#include "gui/sequence/sequencepanel.h"
#include "gui/timeline/outputpanel.h"
#include "gui/timeline/timelinepanel.h"
#include "gui/waits/waitsview.h"
#include "gui/walk/walkpanel.h"
#include "gui/window/mainwindow.h"

#include <QMenu>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr auto Right = Qt::RightDockWidgetArea;
constexpr auto Bottom = Qt::BottomDockWidgetArea;

QKeySequence altAnd(Qt::Key key)
{
    return {Qt::ALT | key};
}

} // namespace

Panels::Panels(MainWindow &window, const Sources &sources) : m_window(window), m_sources(sources)
{
    mountLog();
    mountHistory();
    mountSequence();
    mountWalk();
    mountMessage();
}

template <typename Panel>
void Panels::hear(Panel *panel)
{
    QObject::connect(panel, &Panel::notice, &m_window,
                     [&window = m_window](const QString &topic, const QString &text, bool isError) {
                         window.notify(
                             topic, isError ? MainWindow::Severity::Error : MainWindow::Severity::Information,
                             text);
                     });
}

void Panels::mountLog()
{
    ClusterSession &session = m_sources.session;
    m_log = new LogView(session, &m_window);
    m_window.setContent(m_log);
    m_append = new AppendPanel(session, &m_window);
    m_window.addPanel(
        {u"append"_s, [] { return MainWindow::tr("Append"); }, m_append, Right, altAnd(Qt::Key_2)});
    m_nodes = new NodesView(session, &m_window);
    m_window.addPanel(
        {u"nodes"_s, [] { return MainWindow::tr("Nodes"); }, m_nodes, Bottom, altAnd(Qt::Key_3)});
    m_waits = new WaitsView(session, m_log->pages(), &m_window);
    m_window.addPanel({.name = u"waits"_s,
                       .title = [] { return MainWindow::tr("Pending Waits"); },
                       .widget = m_waits,
                       .area = Right,
                       .shortcut = altAnd(Qt::Key_4),
                       .below = u"append"_s});

    QObject::connect(&m_window, &MainWindow::presentingChanged, m_nodes,
                     [nodes = m_nodes](bool presenting) { nodes->setDetailsShown(!presenting); });
    m_nodes->addActionsTo(m_window.menu(MainWindow::Menu::Node));
    QMenu *const message = m_window.menu(MainWindow::Menu::Message);
    m_append->addActionsTo(message);
    m_waits->addActionsTo(message);
    message->addSeparator();
    m_log->addActionsTo(message);

    hear(m_log);
    hear(m_nodes);
    hear(m_waits);
    const auto show = [this](quint64 id) { showMessage(id); };
    QObject::connect(m_waits, &WaitsView::shown, &m_window, show);
    QObject::connect(m_append, &AppendPanel::shown, &m_window, show);
    QObject::connect(m_append, &AppendPanel::focusRequested, &m_window,
                     [&window = m_window] { window.showPanel(u"append"_s); });
}

void Panels::mountHistory()
{
    m_window.addPanel({u"timeline"_s, [] { return MainWindow::tr("What Happened"); },
                       new TimelinePanel(m_sources.events), Bottom, altAnd(Qt::Key_5)});
    m_window.addPanel({u"output"_s, [] { return MainWindow::tr("Process Output"); },
                       new OutputPanel(m_sources.session), Bottom, altAnd(Qt::Key_6)});
    m_window.addPanel({u"charts"_s, [] { return MainWindow::tr("Charts"); },
                       new ChartsPanel(m_sources.session), Bottom, altAnd(Qt::Key_7)});
}

void Panels::mountSequence()
{
    m_sequence = new SequencePanel(m_sources.session);
    const QDockWidget *const dock =
        m_window.addPanel({u"sequence"_s, [] { return MainWindow::tr("Messages in Flight"); }, m_sequence,
                           Bottom, altAnd(Qt::Key_9)});
    QObject::connect(dock, &QDockWidget::visibilityChanged, m_sequence, &SequencePanel::setInView);
    hear(m_sequence);
}

void Panels::mountWalk()
{
    m_walk = new WalkPanel(m_sources.launcher, m_sources.session, m_sources.scheduler);
    // It needs no cluster, because the first step of a walk opens one.
    m_window.addPanel({u"walk"_s, [] { return MainWindow::tr("Guided Walk"); }, m_walk, Right,
                       altAnd(Qt::Key_8), MainWindow::Needs::Nothing});
    m_window.menu(MainWindow::Menu::Walk)->addActions(m_walk->actions());
    QObject::connect(m_walk, &WalkPanel::failed, &m_window, [&window = m_window](const QString &problem) {
        window.notify(u"walk"_s, MainWindow::Severity::Error, problem);
    });
    QObject::connect(m_walk, &WalkPanel::started, &m_window,
                     [&window = m_window] { window.showPanel(u"walk"_s); });
    // When the first step opens its cluster, the window restores its layout: show the panel again.
    QObject::connect(&m_sources.session, &ClusterSession::opened, &m_window,
                     [&window = m_window, walk = m_walk] {
                         if (walk->engine().state() == WalkEngine::State::Looking)
                             window.showPanel(u"walk"_s);
                     });
}

void Panels::mountMessage()
{
    auto *const message = new MessagePanel(m_sources.session);
    m_window.addPanel(
        {u"message"_s, [] { return MainWindow::tr("Message"); }, message, Right, altAnd(Qt::Key_0)});
    QObject::connect(m_log, &LogView::currentChanged, message, &MessagePanel::showMessage);
    message->setTold([sequence = m_sequence](quint64 id) { return sequence->model().durableTimes(id); });
    QObject::connect(&m_sequence->model(), &SequenceModel::changed, message, &MessagePanel::handleTold);
    QObject::connect(message, &MessagePanel::sequenceRequested, &m_window,
                     [&window = m_window, sequence = m_sequence](quint64 id) {
                         sequence->showMessage(id);
                         window.showPanel(u"sequence"_s);
                     });
}

void Panels::showMessage(quint64 id)
{
    const QString problem =
        m_log->goTo(id) ? QString()
                        : MainWindow::tr("Message %1 is not among those that the log shows now.").arg(id);
    m_window.notify(u"goTo"_s, MainWindow::Severity::Information, problem);
}

} // namespace replog
