// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/theme/language.h"

#include <QString>

#include <memory>

namespace replog {

class ClusterLauncher;
class ClusterSession;
class EventModel;
class MainWindow;
class Panels;

// The whole dashboard: creates and connects the session, the window and its panels. The program makes one,
// and so do the tests that drive the real window.
class Dashboard
{
public:
    // `stateFolder`: for the records of running local clusters; empty: in the user's application data.
    explicit Dashboard(const QString &stateFolder = {}, Language::Choice language = Language::stored());
    ~Dashboard();

    ClusterSession &session() const;
    MainWindow &window() const;
    Panels &panels() const;
    ClusterLauncher &launcher() const;
    EventModel &events() const;
    Language &language() const;

private:
    void mountComparison();
    void mountAlarms();

    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

} // namespace replog
