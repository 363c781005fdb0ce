// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/spacewatch.h"

#include "shared/base/log.h"

#include <QLoggingCategory>
#include <QPointer>

#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

Q_LOGGING_CATEGORY(lcSpace, "replog.space")
constexpr qint64 PauseMs = 5000;
constexpr qint64 ShortPauseMs = 250; // while less than four times the limit is free

QJsonValue number(const std::optional<qint64> &value)
{
    return value ? QJsonValue(*value) : QJsonValue();
}

} // namespace

SpaceWatch::SpaceWatch(const MinFree &minFree, Measure measure, Scheduler &scheduler, QObject *parent)
    : QObject(parent), m_measure(std::move(measure)), m_scheduler(scheduler), m_meter(minFree)
{
}

SpaceWatch::~SpaceWatch()
{
    m_scheduler.cancel(m_timer);
}

void SpaceWatch::start(const Result<Space> &space)
{
    handleMeasured(space);
}

void SpaceWatch::handleMeasured(const Result<Space> &space)
{
    if (!space) {
        if (!std::exchange(m_failureTold, true))
            qCWarning(lcSpace).noquote() << space.error().text;
        again();
        return;
    }
    m_failureTold = false;
    const bool wasLow = m_meter.isLow();
    m_meter.add(*space, m_scheduler.nowMs());
    again();
    if (m_meter.isLow() != wasLow)
        emit lowChanged(m_meter.isLow());
}

void SpaceWatch::again()
{
    const auto &space = m_meter.space();
    const bool isNear = space && space->freeBytes / 4 < m_meter.minFreeBytes();
    m_timer = m_scheduler.schedule(isNear ? ShortPauseMs : PauseMs, [this] {
        m_timer = 0;
        m_measure([alive = QPointer<SpaceWatch>(this)](const Result<Space> &measured) {
            if (alive)
                alive->handleMeasured(measured);
        });
    });
}

QString SpaceWatch::lowReason() const
{
    if (!m_meter.isLow())
        return {};
    return u"%1 bytes are free on the disk of the data folder, %2 are to be left (--min-free)"_s
        .arg(m_meter.space()->freeBytes)
        .arg(m_meter.minFreeBytes());
}

void SpaceWatch::addTo(QJsonObject &status) const
{
    const auto &space = m_meter.space();
    status[u"store_bytes"_s] = space ? QJsonValue(space->storeBytes) : QJsonValue();
    status[u"free_bytes"_s] = space ? QJsonValue(space->freeBytes) : QJsonValue();
    status[u"bytes_per_day"_s] = number(m_meter.bytesPerDay());
    status[u"full_in_ms"_s] = number(m_meter.fullInMs());
}

void SpaceWatch::declareMetrics(MetricsRegistry &metrics)
{
    using Emit = MetricsRegistry::Emit;
    metrics.gauges("replog_store_bytes", "What the data folder takes of its disk.",
                   [this](const Emit &emitSample) {
                       if (const auto &space = m_meter.space())
                           emitSample({}, double(space->storeBytes));
                   });
    metrics.gauges("replog_free_bytes", "What is free on the disk of the data folder.",
                   [this](const Emit &emitSample) {
                       if (const auto &space = m_meter.space())
                           emitSample({}, double(space->freeBytes));
                   });
    metrics.gauges("replog_store_growth_bytes_per_day",
                   "Growth of the data folder over the last day, not known in the first ten minutes.",
                   [this](const Emit &emitSample) {
                       if (const auto growth = m_meter.bytesPerDay())
                           emitSample({}, double(*growth));
                   });
    metrics.gauges("replog_disk_full_seconds",
                   "Time until the disk of the data folder is full at that rate, where it grows.",
                   [this](const Emit &emitSample) {
                       if (const auto fullMs = m_meter.fullInMs())
                           emitSample({}, double(*fullMs) / 1000);
                   });
    metrics.gauge("replog_min_free_bytes", "Below that much of free room appends are refused.",
                  [this] { return double(m_meter.minFreeBytes()); });
    metrics.gauge("replog_space_low", "1 while less is free than is to be left.",
                  [this] { return m_meter.isLow() ? 1.0 : 0.0; });
}

} // namespace replog
