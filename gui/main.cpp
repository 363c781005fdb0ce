// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/clusterlauncher.h"
#include "gui/window/dashboard.h"
#include "gui/window/mainwindow.h"
#include "shared/base/exitcode.h"
#include "shared/base/options.h"
#include "shared/base/posixsignals.h"

#include <QApplication>
#include <QByteArrayList>
#include <QIcon>

#include <csignal>
#include <optional>
#include <vector>

using namespace Qt::StringLiterals;

namespace {

replog::Options dashboardOptions()
{
    using replog::Options;
    Options options(u"replog-dashboard"_s, u"Shows and drives a cluster of replog-master and "
                                           u"replog-secondary: each node's log, the messages that wait "
                                           "for their write concern, and what happens when a node is killed "
                                           "and started. Opens with no cluster unless "
                                           "told otherwise."_s);
    options.beginGroup(u"Cluster"_s);
    options.add({.name = u"connect"_s,
                 .shortName = u"c"_s,
                 .placeholder = u"HOST:PORT"_s,
                 .help = u"Watch the cluster of the master that listens there."_s,
                 .parse = Options::hostPort()});
    options.add({.name = u"local"_s,
                 .placeholder = u"N"_s,
                 .help = u"Start a local cluster of a master and N secondaries."_s,
                 .parse = Options::integer(0, 50)});
    options.add(
        {.name = u"data"_s,
         .placeholder = u"DIR"_s,
         .help =
             u"With --local: keep the nodes' data there, or go on with what is there; without it a temporary "
             "folder."_s,
         .parse = Options::nonEmpty()});
    options.addExample(u"replog-dashboard --local 2"_s, u"a cluster to try things with"_s);
    options.addExample(u"replog-dashboard --connect localhost:30000"_s, u"one that runs already"_s);
    return options;
}

// The command line without the options that QApplication takes.
std::vector<char *> withoutQtOptions(int argc, char **argv)
{
    static const QByteArrayList withValue{"platform",        "platformpluginpath",
                                          "platformtheme",   "plugin",
                                          "qwindowgeometry", "qwindowicon",
                                          "qwindowtitle",    "session",
                                          "display",         "style",
                                          "stylesheet",      "geometry"};
    std::vector<char *> ours;
    for (int i = 0; i < argc; ++i) {
        const QByteArrayView argument(argv[i]);
        const QByteArrayView name = argument.sliced(argument.startsWith("--")  ? 2
                                                    : argument.startsWith('-') ? 1
                                                                               : argument.size());
        if (withValue.contains(name))
            ++i;
        else if (name != "reverse" && !name.startsWith("style=") && !name.startsWith("stylesheet="))
            ours.push_back(argv[i]);
    }
    return ours;
}

// Help, version and errors need no display: this comes before QApplication. The exit code, or null to go on.
std::optional<int> parse(replog::Options &options, int argc, char **argv)
{
    std::vector<char *> arguments = withoutQtOptions(argc, argv);
    int count = int(arguments.size());
    arguments.push_back(nullptr);
    const QCoreApplication app(count, arguments.data());
    if (const auto code = options.process())
        return code;
    if (options.isSet(u"local"_s) && options.isSet(u"connect"_s))
        return replog::failWith(u"replog-dashboard"_s, {replog::Errc::InvalidArgument,
                                                        u"--local and --connect exclude each other"_s});
    return std::nullopt;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication::setApplicationName(u"replog-dashboard"_s);
    QCoreApplication::setOrganizationName(u"replog"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(REPLOG_VERSION));
    replog::Options options = dashboardOptions();
    if (const auto code = parse(options, argc, argv))
        return *code;
    QApplication app(argc, argv);
    QApplication::setWindowIcon(QIcon(u":/icons/replog-dashboard.svg"_s));
    QGuiApplication::setDesktopFileName(u"replog-dashboard"_s);
    const replog::Dashboard dashboard;
    dashboard.window().show();
    if (options.isSet(u"local"_s)) {
        replog::LocalCluster::Options local;
        local.folder = options.text(u"data"_s);
        local.secondaries = int(options.number(u"local"_s));
        if (const auto opened = dashboard.launcher().openLocal(local); !opened)
            return replog::failWith(u"replog-dashboard"_s, opened.error());
    } else if (options.isSet(u"connect"_s)) {
        dashboard.launcher().connectAgain(options.url(u"connect"_s));
    }
    dashboard.launcher().offerLeftovers();
    const replog::PosixSignals posixSignals({SIGINT, SIGTERM, SIGHUP}); // SIGHUP: the terminal was closed
    QObject::connect(&posixSignals, &replog::PosixSignals::received, &app,
                     [&dashboard] { dashboard.launcher().shutDown(); });
    return QApplication::exec();
}
