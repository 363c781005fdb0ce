// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/checkcommand.h"

#include "shared/base/exitcode.h"
#include "shared/base/standardstreams.h"
#include "shared/store/storecheck.h"

#include <QElapsedTimer>

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr qint64 ProgressMs = 2000;

void tell(int stream, const QString &line)
{
    const QByteArray bytes = line.toUtf8() + '\n';
    writeLine(stream, bytes);
}

} // namespace

int checkFolder(const QString &program, const QString &folder)
{
    QElapsedTimer since;
    since.start();
    StoreCheck check({[](const QString &finding) { tell(STDOUT_FILENO, finding); },
                      [&since](quint64 entries, quint64 of) {
                          if (since.elapsed() < ProgressMs)
                              return;
                          since.restart();
                          tell(STDERR_FILENO, u"checked %1 of %2 entries"_s.arg(entries).arg(of));
                      }});
    const auto report = check.run(folder);
    if (!report)
        return failWith(program, report.error());
    const StoreState &state = report->state;
    if (report->findings > 0) {
        tell(STDOUT_FILENO, u"%1: %2 findings"_s.arg(folder).arg(report->findings));
        return 1;
    }
    tell(STDOUT_FILENO, u"%1: in order, entries %2 to %3, committed %4, epoch %5, digest %6"_s.arg(folder)
                            .arg(state.firstId)
                            .arg(state.last.id)
                            .arg(state.committedId)
                            .arg(state.epoch)
                            .arg(QString::fromLatin1(report->digest.toHex())));
    return 0;
}

} // namespace replog
