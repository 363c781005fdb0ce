// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustersession.h"
#include "gui/window/dashboard.h"
#include "gui/window/mainwindow.h"
#include "gui/window/panels.h"
#include "tests/gui/fakecluster.h"
#include "tests/gui/guitest.h"

#include <QAction>

namespace replog::test {

constexpr int Patience = 30000;

// The real window with a simulated cluster.
struct Stage
{
    explicit Stage(const QStringList &secondaries = {QStringLiteral("s1"), QStringLiteral("s2")},
                   Language::Choice language = Language::Choice::English)
        : fake(secondaries), dashboard(state.path(), language)
    {
    }

    QTemporaryDir state;
    FakeCluster fake;
    Dashboard dashboard;

    MainWindow &window() { return dashboard.window(); }
    ClusterSession &session() { return dashboard.session(); }
    const ClusterModel &model() { return session().model(); }
    LogView *log() { return dashboard.panels().log(); }
    AppendPanel *append() { return dashboard.panels().append(); }
    NodesView *nodes() { return dashboard.panels().nodes(); }
    WaitsView *waits() { return dashboard.panels().waits(); }
    template <typename T>
    T *find(const QString &name)
    {
        T *found = window().findChild<T *>(name);
        if (!found)
            qFatal("no %s", qPrintable(name));
        return found;
    }
    bool open()
    {
        window().show();
        session().open(fake.description(), nullptr);
        return QTest::qWaitFor([this] { return model().master() && model().master()->known; }, Patience);
    }
    QAction *action(const QString &name) { return find<QAction>(name); }
};

} // namespace replog::test
