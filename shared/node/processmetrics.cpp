// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/processmetrics.h"

#include "shared/base/clock.h"
#include "shared/base/metrics.h"

#include <QFile>
#include <QList>

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

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

// What is read anew only once it is `keptMs` old.
template <typename Value>
class Reading
{
public:
    Reading(const Clock &clock, qint64 keptMs, std::function<Value()> read)
        : m_clock(clock), m_keptMs(keptMs), m_read(std::move(read))
    {
    }

    const Value &value()
    {
        const qint64 nowMs = m_clock.nowMs();
        if (!m_readAt || nowMs - *m_readAt >= m_keptMs) {
            m_value = m_read();
            m_readAt = nowMs;
        }
        return m_value;
    }

private:
    const Clock &m_clock;
    const qint64 m_keptMs;
    const std::function<Value()> m_read;
    std::optional<qint64> m_readAt;
    Value m_value{};
};

using StatFields = QList<QByteArray>;

StatFields readStat()
{
    QFile file(u"/proc/self/stat"_s);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray line = file.readAll();
    return line.mid(line.lastIndexOf(')') + 2).split(' ');
}

double statField(const StatFields &fields, StatField field)
{
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

void declareProcessMetrics(MetricsRegistry &metrics, const Clock &clock)
{
    constexpr qint64 StatMs = 100;
    constexpr qint64 DescriptorsMs = 1000;
    const auto stat = std::make_shared<Reading<StatFields>>(clock, StatMs, &readStat);
    const auto descriptors = std::make_shared<Reading<double>>(clock, DescriptorsMs, &openDescriptors);
    metrics.counter("process_cpu_seconds_total", "User and system CPU time spent.", [stat] {
        return (statField(stat->value(), UserTicks) + statField(stat->value(), SystemTicks)) /
               ticksPerSecond();
    });
    metrics.gauge("process_resident_memory_bytes", "Memory in use.", [stat] {
        return statField(stat->value(), ResidentPages) * static_cast<double>(::sysconf(_SC_PAGESIZE));
    });
    metrics.gauge("process_virtual_memory_bytes", "Address space in use.",
                  [stat] { return statField(stat->value(), VirtualBytes); });
    metrics.gauge("process_open_fds", "Open file descriptors.",
                  [descriptors] { return descriptors->value(); });
    metrics.gauge("process_max_fds", "File descriptors that may be open at once.", maxDescriptors);
    metrics.gauge("process_start_time_seconds", "When the process started, in seconds since 1970.",
                  [startedAt = bootTime() + statField(stat->value(), StartTicks) / ticksPerSecond()] {
                      return startedAt;
                  });
}

} // namespace replog
