// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/exitcode.h"
#include "shared/base/log.h"
#include "shared/base/options.h"
#include "shared/base/posixsignals.h"
#include "shared/base/standardstreams.h"
#include "shared/epoll/epolldispatcher.h"
#include "shared/node/checkcommand.h"

#include <QCoreApplication>
#include <QScopeGuard>

#include <csignal>

#include <unistd.h>

namespace replog {

inline Q_LOGGING_CATEGORY(lcNode, "replog.node")

    // The life of a service process: options, logging, signals, the service, its exit code. `Service` has
    // start(options), shutDown(), and the signals listening(name, url), failed(error) and finished().
    template <typename Service>
    int runNode(int argc, char **argv, Options options)
{
    using namespace Qt::StringLiterals;
    prepareStandardStreams();
    QCoreApplication::setEventDispatcher(new EpollDispatcher);
    QCoreApplication application(argc, argv);
    if (const auto code = options.process())
        return *code;
    installLogging(logFormatOf(options.text(u"log-format"_s)), logLevelOf(options.text(u"log-level"_s)));
    const auto flush = qScopeGuard([] { flushLog(); });
    for (const QString &warning : options.warnings())
        qCWarning(lcNode).noquote() << warning;
    const QString program = QString::fromLocal8Bit(argv[0]).section(u'/', -1);
    if (options.isSet(u"check"_s))
        return checkFolder(program, options.text(u"check"_s));

    Service service;
    QObject::connect(
        &service, &Service::listening, &application, [&program](const QByteArray &name, const QString &url) {
            const QByteArray line = program.toUtf8() + ' ' + name + " listening on " + url.toUtf8() + '\n';
            writeLine(STDOUT_FILENO, line);
        });
    QObject::connect(
        &service, &Service::failed, &application,
        [&program](const Error &error) { QCoreApplication::exit(failWith(program, error)); },
        Qt::QueuedConnection);
    QObject::connect(&service, &Service::finished, &application, &QCoreApplication::quit,
                     Qt::QueuedConnection);
    const PosixSignals signals_({SIGTERM, SIGINT, SIGHUP});
    QObject::connect(&signals_, &PosixSignals::received, &service, [&service](int number) {
        if (number == SIGHUP)
            service.reload();
        else
            service.shutDown();
    });
    if (const auto started = service.start(options); !started)
        return failWith(program, started.error());
    return QCoreApplication::exec();
}

} // namespace replog
