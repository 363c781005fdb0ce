// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/checkfolder.h"

#include "ctl/ctloutput.h"

#include <QCoreApplication>
#include <QFile>
#include <QStandardPaths>

#include <array>
#include <cerrno>
#include <cstring>

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

QString findServer()
{
    const std::array names{u"replog-master"_s, u"replog-secondary"_s};
    for (const QStringList &folders : {QStringList{QCoreApplication::applicationDirPath()}, QStringList{}}) {
        for (const QString &name : names) {
            if (const QString found = QStandardPaths::findExecutable(name, folders); !found.isEmpty())
                return found;
        }
    }
    return {};
}

} // namespace

int checkFolder(const CtlOptions &options)
{
    const QString server = findServer();
    if (server.isEmpty()) {
        ctloutput::error(u"check: neither replog-master nor replog-secondary is installed here; run "
                         "'replog-master --check %1' where one of them is"_s.arg(options.arguments.first()));
        return ctlexit::Failed;
    }
    const QByteArray program = QFile::encodeName(server);
    const QByteArray folder = QFile::encodeName(options.arguments.first());
    ::execl(program.constData(), program.constData(), "--check", folder.constData(), nullptr);
    ctloutput::error(u"check: cannot run %1: %2"_s.arg(server, QString::fromLocal8Bit(std::strerror(errno))));
    return ctlexit::Failed;
}

} // namespace replog
