// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/widgets/noticebar.h"

#include <QMainWindow>

#include <functional>

class QMenu;

namespace replog {

class ClusterSession;

// The window in which clusters are opened, as ClusterLauncher needs it.
class LauncherWindow : public QMainWindow
{
    Q_OBJECT
public:
    using Severity = NoticeBar::Severity;

    using QMainWindow::QMainWindow;

    virtual ClusterSession &session() const = 0;
    virtual QMenu *clusterMenu() const = 0;
    // Shows a notice in the bar at the top. It replaces the one of the same `topic`; an empty text removes
    // that.
    virtual void notify(const QString &topic, Severity severity, const QString &text) = 0;
    // `mayClose` is called before the window closes; false keeps it open.
    virtual void setCloseGuard(std::function<bool()> mayClose) = 0;
};

} // namespace replog
