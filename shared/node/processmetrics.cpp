// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/processmetrics.h"

#include "shared/base/metrics.h"

#include <QFile>
#include <QList>

#include <limits>
#include <memory>

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr double Unknown = std::numeric_limits<double>::quiet_NaN();

// Fields of /proc/self/stat are numbered as in proc(5), from 1. What is split begins with field 3: the name
// of the program, field 2, may have blanks.
constexpr qsizetype FieldsBefore = 3;
enum StatField { UserTicks = 14, SystemTicks = 15, StartTicks = 22, VirtualBytes = 23, ResidentPages = 24 };

double statField(StatField field)
{
    QFile file(u"/proc/self/stat"_s);
    if (!file.open(QIODevice::ReadOnly))
        return Unknown;
    const QByteArray line = file.readAll();
    const QList<QByteArray> fields = line.mid(line.lastIndexOf(')') + 2).split(' ');
    bool ok = false;
    const double value = fields.value(field - FieldsBefore).toDouble(&ok);
    return ok ? value : Unknown;
}

double ticksPerSecond()
{
    return static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double bootTime()
{
    QFile file(u"/proc/stat"_s);
    if (!file.open(QIODevice::ReadOnly))
        return Unknown;
    for (QByteArray line = file.readLine(); !line.isEmpty(); line = file.readLine()) {
        if (line.startsWith("btime "))
            return line.mid(6).trimmed().toDouble();
    }
    return Unknown;
}

double openDescriptors()
{
    // Names alone: looking at each as QDir does takes 25 ms with some thousand connections.
    const std::unique_ptr<DIR, int (*)(DIR *)> folder(::opendir("/proc/self/fd"), &::closedir);
    if (!folder)
        return Unknown;
    int count = -3; // ".", ".." and what the listing itself needs
    while (::readdir(folder.get()))
        ++count;
    return count;
}

double maxDescriptors()
{
    rlimit limit = {};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur) : Unknown;
}

} // namespace

void declareProcessMetrics(MetricsRegistry &metrics)
{
    metrics.counter("process_cpu_seconds_total", "User and system CPU time spent.",
                    [] { return (statField(UserTicks) + statField(SystemTicks)) / ticksPerSecond(); });
    metrics.gauge("process_resident_memory_bytes", "Memory in use.",
                  [] { return statField(ResidentPages) * static_cast<double>(::sysconf(_SC_PAGESIZE)); });
    metrics.gauge("process_virtual_memory_bytes", "Address space in use.",
                  [] { return statField(VirtualBytes); });
    metrics.gauge("process_open_fds", "Open file descriptors.", openDescriptors);
    metrics.gauge("process_max_fds", "File descriptors that may be open at once.", maxDescriptors);
    metrics.gauge("process_start_time_seconds", "When the process started, in seconds since 1970.",
                  [] { return bootTime() + statField(StartTicks) / ticksPerSecond(); });
}

} // namespace replog
