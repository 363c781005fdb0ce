// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustersession.h"
#include "gui/control/clusterlauncher.h"
#include "gui/window/dashboard.h"
#include "gui/window/mainwindow.h"
#include "gui/window/panels.h"
#include "tests/gui/guitest.h"

#include <QAbstractButton>
#include <QAction>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

namespace replog::test {

constexpr int limitMs = 60000; // generous: sanitizers on a busy machine

// The real window, visible, with its own state folder. Local clusters run the real programs from the folder
// of the test.
class DashboardFixture
{
public:
    DashboardFixture()
    {
        failOnEveryWarning();
        m_dashboard = std::make_unique<Dashboard>(stateFolder(), Language::Choice::English);
        window().resize(1400, 900);
        window().show();
    }
    QString folder(const QString &name) const { return m_folder.filePath(name); }
    QString stateFolder() const { return folder(QStringLiteral("state")); }
    Dashboard &dashboard() { return *m_dashboard; }
    MainWindow &window() { return m_dashboard->window(); }
    ClusterSession &session() { return m_dashboard->session(); }
    ClusterModel &model() { return m_dashboard->session().model(); }
    LogView *log() { return m_dashboard->panels().log(); }
    AppendPanel *append() { return m_dashboard->panels().append(); }
    NodesView *nodes() { return m_dashboard->panels().nodes(); }
    WaitsView *waits() { return m_dashboard->panels().waits(); }
    ClusterLauncher &launcher() { return m_dashboard->launcher(); }

    template <typename T>
    T *child(const QString &name)
    {
        T *const found = window().findChild<T *>(name);
        if (!found)
            qWarning("the window has no %s", qPrintable(name));
        return found;
    }
    void click(const QString &button)
    {
        if (auto *found = child<QAbstractButton>(button))
            QTest::mouseClick(found, Qt::LeftButton);
    }
    void trigger(const QString &action)
    {
        if (auto *found = child<QAction>(action))
            found->trigger();
    }
    bool isState(const QString &node, NodeState state)
    {
        const NodeInfo *const info = model().node(node);
        return info && info->state() == state;
    }
    bool openLocal(int secondaries, std::optional<QStringList> started = {})
    {
        LocalCluster::Options options;
        options.secondaries = secondaries;
        return bool(launcher().openLocal(options, started));
    }

private:
    QTemporaryDir m_folder;
    std::unique_ptr<Dashboard> m_dashboard;
};

} // namespace replog::test
