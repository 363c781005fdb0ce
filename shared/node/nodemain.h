// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/epolldispatcher.h"
#include "shared/base/exitcode.h"
#include "shared/base/log.h"
#include "shared/base/options.h"
#include "shared/base/posixsignals.h"

#include <QCoreApplication>

#include <csignal>
#include <cstdio>

namespace replog {

// The life of a service process: options, logging, signals, the service, its exit code. `Service` has
// start(options), shutDown(), and the signals listening(name, url), failed(error) and finished().
template <typename Service>
int runNode(int argc, char **argv, Options options)
{
    using namespace Qt::StringLiterals;
    QCoreApplication::setEventDispatcher(new EpollDispatcher);
    QCoreApplication application(argc, argv);
    if (const auto code = options.process())
        return *code;
    installLogging(logFormatOf(options.text(u"log-format"_s)), logLevelOf(options.text(u"log-level"_s)));
    const QString program = QString::fromLocal8Bit(argv[0]).section(u'/', -1);

    Service service;
    QObject::connect(
        &service, &Service::listening, &application, [&program](const QByteArray &name, const QString &url) {
            std::printf("%s %s listening on %s\n", qPrintable(program), name.constData(), qPrintable(url));
            std::fflush(stdout);
        });
    QObject::connect(
        &service, &Service::failed, &application,
        [&program](const Error &error) { QCoreApplication::exit(failWith(program, error)); },
        Qt::QueuedConnection);
    QObject::connect(&service, &Service::finished, &application, &QCoreApplication::quit,
                     Qt::QueuedConnection);
    const PosixSignals signals_({SIGTERM, SIGINT});
    QObject::connect(&signals_, &PosixSignals::received, &service, [&service] { service.shutDown(); });
    if (const auto started = service.start(options); !started)
        return failWith(program, started.error());
    return QCoreApplication::exec();
}

} // namespace replog
