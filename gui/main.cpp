// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/clusterlauncher.h"
#include "gui/window/dashboard.h"
#include "gui/window/mainwindow.h"

#include <QApplication>

int main(int argc, char **argv)
{
    QApplication app(argc, argv);
    QApplication::setApplicationName(QStringLiteral("replog-dashboard"));
    QApplication::setOrganizationName(QStringLiteral("replog"));
    QApplication::setApplicationVersion(QStringLiteral(REPLOG_VERSION));

    const replog::Dashboard dashboard;
    dashboard.window().show();
    dashboard.launcher().offerLeftovers();
    return QApplication::exec();
}
