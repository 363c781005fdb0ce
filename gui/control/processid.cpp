// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/processid.h"

#include <QCoreApplication>
#include <QFile>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

QString currentBootId()
{
    static const QString id = [] {
        QFile file(u"/proc/sys/kernel/random/boot_id"_s);
        return file.open(QIODevice::ReadOnly) ? QString::fromLatin1(file.readAll().trimmed()) : QString();
    }();
    return id;
}

} // namespace

ProcessId ProcessId::of(qint64 pid)
{
    QFile file(u"/proc/%1/stat"_s.arg(pid));
    if (pid <= 0 || !file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray stat = file.readAll();
    // The second field is the program's name in parentheses and may contain spaces and parentheses, so count
    // the fields from its end.
    const QList<QByteArray> fields = stat.mid(stat.lastIndexOf(')') + 2).split(' ');
    constexpr qsizetype stateField = 0, startTimeField = 19; // fields 3 and 22 of proc(5)
    if (fields.size() <= startTimeField || fields[stateField] == "Z" || fields[stateField] == "X")
        return {};
    return {pid, fields[startTimeField].toULongLong(), currentBootId()};
}

ProcessId ProcessId::self()
{
    return of(QCoreApplication::applicationPid());
}

bool ProcessId::isAlive() const
{
    return !isNull() && of(pid) == *this;
}

} // namespace replog
