// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/cluster/clustersession.h"
#include "gui/window/mainwindow.h"
#include "shared/base/clock.h"

#include <QApplication>

int main(int argc, char **argv)
{
    QApplication app(argc, argv);
    QApplication::setApplicationName(QStringLiteral("replog-dashboard"));
    QApplication::setOrganizationName(QStringLiteral("replog"));
    QApplication::setApplicationVersion(QStringLiteral(REPLOG_VERSION));

    const replog::SteadyClock clock;
    replog::ClusterSession session(clock);
    replog::MainWindow window(session);
    window.restoreLayout();
    window.show();
    return QApplication::exec();
}
