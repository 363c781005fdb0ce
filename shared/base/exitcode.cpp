// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/exitcode.h"

#include "shared/base/log.h"
#include "shared/base/standardstreams.h"

#include <unistd.h>

namespace replog {

int exitCode(Errc code)
{
    return code == Errc::InvalidArgument ? 2 : 1;
}

int failWith(const QString &program, const Error &error)
{
    QString text = error.text.simplified();
    if (text.isEmpty())
        text = QStringLiteral("failed for a reason that was not given");
    const QByteArray line = QString(program + QStringLiteral(": ") + text + QChar(u'\n')).toUtf8();
    flushLog();
    writeLine(STDERR_FILENO, line);
    return exitCode(error.code);
}

} // namespace replog
