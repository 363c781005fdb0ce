// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/logtrimmer.h"

#include <QPointer>

#include <algorithm>
#include <utility>

namespace replog {

namespace {
// "<last id>:<bytes> …", oldest first.
constexpr char PartsKey[] = "log-parts";
constexpr qsizetype ReadBytes = 4 * 1024 * 1024;
constexpr qint64 TrimEveryMs = 1000;
constexpr qint64 MinAgeStepMs = 100;
constexpr qint64 MaxAgeStepMs = 60 * 1000;

// Of the calendar clock over the monotonic one, between two looks.
constexpr qint64 MostClockGainMs = 60 * 1000;
constexpr qint64 DistrustMs = 3600 * 1000; // of a clock that gained more

// The parts that lie in the log as it was found.
std::vector<Retention::Part> partsOf(const StoreState &found)
{
    std::vector<Retention::Part> parts;
    for (const QByteArray &each : found.meta.value(PartsKey).split(' ')) {
        const qsizetype colon = each.indexOf(':');
        const Retention::Part part{each.left(colon).toULongLong(), each.mid(colon + 1).toULongLong()};
        if (colon > 0 && part.last >= found.firstId && part.last <= found.last.id &&
            (parts.empty() || part.last > parts.back().last))
            parts.push_back(part);
    }
    return parts;
}
} // namespace

// Filled on a reader thread of the store while a scan is under way.
struct LogTrimmer::Measured
{
    std::vector<Retention::Part> parts;
    Retention::Part open;
    quint64 partBytes = 1;

    void add(const EntryView &entry)
    {
        open.last = entry.id;
        open.bytes += static_cast<quint64>(entry.cost());
        if (open.bytes >= partBytes)
            parts.push_back(std::exchange(open, {}));
    }
};

LogTrimmer::LogTrimmer(const Retention::Config &config, MasterLog &log, LogStore &store, Scheduler &scheduler,
                       QObject *parent)
    : QObject(parent), m_config(config), m_log(log), m_store(store), m_scheduler(scheduler),
      m_retention(config)
{
}

LogTrimmer::~LogTrimmer()
{
    m_scheduler.cancel(m_trimTimer);
    m_scheduler.cancel(m_ageTimer);
}

void LogTrimmer::start(const StoreState &found)
{
    if (!m_config.isLimited())
        return;
    m_retention.start(found.firstId, found.committedId);
    connect(&m_retention, &Retention::trimmable, this, [this] {
        if (m_trimTimer == 0)
            trim();
    });
    if (m_config.bytes > 0) {
        connect(&m_log, &MasterLog::flushed, &m_retention, &Retention::handleAppended);
        connect(&m_retention, &Retention::partsChanged, this, &LogTrimmer::storeParts);
        auto measured = std::make_shared<Measured>();
        measured->parts = partsOf(found);
        measured->partBytes = m_retention.partBytes();
        const quint64 from = measured->parts.empty() ? found.firstId : measured->parts.back().last + 1;
        measure(from, found.last.id, std::move(measured));
    }
    if (m_config.ageMs > 0) {
        // A machine may boot with a clock that is wrong until it asked others.
        if (found.lastTimeMs > 0)
            m_clockOffsetMs = found.lastTimeMs - m_scheduler.nowMs();
        judgeAge();
    }
}

void LogTrimmer::stop()
{
    m_stopped = true;
}

void LogTrimmer::measure(quint64 from, quint64 to, std::shared_ptr<Measured> measured)
{
    const auto finish = [this, measured] {
        if (measured->open.bytes > 0)
            measured->parts.push_back(measured->open);
        m_isMeasured = true;
        m_retention.handleFound(measured->parts);
    };
    if (from > to) {
        finish();
        return;
    }
    m_store.scan(
        std::max(from, m_log.firstId()), to, ReadBytes,
        [measured](const EntryView &entry) { measured->add(entry); },
        [this, alive = QPointer<LogTrimmer>(this), from, to, measured, finish](const Result<quint64> &last) {
            if (!alive || m_stopped)
                return;
            if (last && *last < to) {
                measure(*last + 1, to, measured);
            } else if (!last && m_log.firstId() > from) {
                measure(m_log.firstId(), to, measured); // the entries were given up for their age meanwhile
            } else {
                if (!last)
                    emit failed(last.error());
                finish();
            }
        });
}

void LogTrimmer::storeParts()
{
    if (!m_isMeasured || m_stopped)
        return; // the older ones are not known yet
    QByteArray line;
    for (const Retention::Part &part : m_retention.parts())
        line += (line.isEmpty() ? "" : " ") + QByteArray::number(part.last) + ':' +
                QByteArray::number(part.bytes);
    m_store.putMeta(PartsKey, line, {});
}

void LogTrimmer::trim()
{
    const quint64 first = m_retention.trimmableTo();
    if (m_stopped || first <= m_log.firstId())
        return;
    m_trimTimer = m_scheduler.schedule(TrimEveryMs, [this] {
        m_trimTimer = 0;
        trim();
    });
    const auto key = std::make_shared<QByteArray>();
    m_store.scan(
        first, first, 1, [key](const EntryView &entry) { *key = entry.key.toByteArray(); },
        [this, alive = QPointer<LogTrimmer>(this), first, key](const Result<quint64> &read) {
            if (!alive || m_stopped)
                return;
            if (!read)
                emit failed(read.error());
            else if (key->isEmpty())
                giveUp(first);
            else
                giveUpAround(first, *key);
        });
}

// Gives up the entries below `first`, but none of the run that `first` is in.
void LogTrimmer::giveUpAround(quint64 first, const QByteArray &key)
{
    m_store.findKey(key,
                    [this, alive = QPointer<LogTrimmer>(this), first](const Result<LogStore::KeyRange> &run) {
                        if (!alive || m_stopped)
                            return;
                        if (!run)
                            emit failed(run.error());
                        else
                            giveUp(run->first < first && first <= run->last ? run->first : first);
                    });
}

// What may go is judged at this moment: a member may have come meanwhile that lacks it.
void LogTrimmer::giveUp(quint64 firstId)
{
    if (firstId <= m_log.firstId() || firstId > m_retention.trimmableTo())
        return;
    m_retention.handleTrimmed(firstId);
    m_log.trimTo(firstId);
}

// Whether the calendar clock jumped ahead lately. One that is wrong for a while must not make entries old.
bool LogTrimmer::isClockAhead()
{
    const qint64 now = m_scheduler.nowMs();
    const qint64 offset = m_scheduler.utcMs() - now;
    const bool hasJumped = m_clockOffsetMs && offset > *m_clockOffsetMs + MostClockGainMs;
    if (hasJumped && !m_jumpedAtMs) {
        m_jumpedAtMs = now;
        emit failed(
            {Errc::Unavailable,
             QStringLiteral(
                 "the clock is %1 s ahead of its last reading, or of the newest entry as this master starts: "
                 "no entry is given up for its age within the next hour, unless the clock is set back")
                 .arg((offset - *m_clockOffsetMs) / 1000)});
    }
    if (hasJumped && now - *m_jumpedAtMs < DistrustMs)
        return true;
    m_jumpedAtMs.reset();
    m_clockOffsetMs = offset;
    return false;
}

void LogTrimmer::judgeAge()
{
    if (m_stopped)
        return;
    if (isClockAhead()) {
        judgeAgeLater();
        return;
    }
    m_store.findTime(m_scheduler.utcMs() - m_config.ageMs,
                     [this, alive = QPointer<LogTrimmer>(this)](const Result<quint64> &first) {
                         if (!alive)
                             return;
                         if (first)
                             m_retention.handleExpired(*first);
                         else
                             emit failed(first.error());
                         judgeAgeLater();
                     });
}

void LogTrimmer::judgeAgeLater()
{
    m_ageTimer = m_scheduler.schedule(std::clamp(m_config.ageMs / 100, MinAgeStepMs, MaxAgeStepMs),
                                      [this] { judgeAge(); });
}

} // namespace replog
