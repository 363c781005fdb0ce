// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

namespace replog {

class AppendPanel;
class ClusterLauncher;
class ClusterSession;
class EventModel;
class LogView;
class MainWindow;
class NodesView;
class Scheduler;
class SequencePanel;
class WaitsView;
class WalkPanel;

// Creates all panels, adds them to the window, and connects them with it and with each other. The window owns
// them.
class Panels
{
public:
    // All of them must outlive the panels.
    struct Sources
    {
        ClusterSession &session;
        EventModel &events;
        ClusterLauncher &launcher;
        Scheduler &scheduler;
    };
    Panels(MainWindow &window, const Sources &sources);

    LogView *log() const { return m_log; }
    AppendPanel *append() const { return m_append; }
    NodesView *nodes() const { return m_nodes; }
    WaitsView *waits() const { return m_waits; }
    WalkPanel *walk() const { return m_walk; }

private:
    void mountLog();
    void mountHistory();
    void mountSequence();
    void mountWalk();
    void mountMessage();
    void showMessage(quint64 id);
    // Connects a panel's notices to the bar at the top.
    template <typename Panel>
    void hear(Panel *panel);

    MainWindow &m_window;
    Sources m_sources;
    LogView *m_log = nullptr;
    AppendPanel *m_append = nullptr;
    NodesView *m_nodes = nullptr;
    WaitsView *m_waits = nullptr;
    SequencePanel *m_sequence = nullptr;
    WalkPanel *m_walk = nullptr;
};

} // namespace replog
