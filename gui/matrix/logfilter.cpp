// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/matrix/logfilter.h"

#include <algorithm>

namespace replog {

namespace {

constexpr int AgainMs = 1000;

} // namespace

LogFilter::LogFilter(MessagePages::Fetch fetch, LogQuery::Waits waits, QObject *parent)
    : QObject(parent), m_reader(std::move(fetch)),
      m_waits(waits ? std::move(waits) : [](quint64) -> const WaitInfo * { return nullptr; })
{
    m_again.setSingleShot(true);
    m_again.setInterval(AgainMs);
    connect(&m_again, &QTimer::timeout, this, &LogFilter::goOn);
    connect(&m_reader, &MessageReader::batch, this, &LogFilter::handleBatch);
    connect(&m_reader, &MessageReader::finished, this, [this] {
        m_scanned = std::max(m_scanned, m_readTo); // the last ones may be trimmed
        emit progressed();
        goOn();
    });
    connect(&m_reader, &MessageReader::failed, this, [this](const QString &error) {
        m_again.start();
        emit failed(error);
    });
}

void LogFilter::start(const QString &text)
{
    stop();
    m_query = LogQuery::parse(text);
    m_scanned = m_query.first() - 1;
    goOn();
}

void LogFilter::stop()
{
    m_reader.stop();
    m_again.stop();
    m_query = {};
    m_scanned = 0;
    m_matches = 0;
}

void LogFilter::setFirstId(quint64 firstId)
{
    m_firstId = firstId;
}

void LogFilter::setLastId(quint64 lastId)
{
    m_lastId = lastId;
    goOn();
}

quint64 LogFilter::end() const
{
    return m_query.last() > 0 ? std::min(m_query.last(), m_lastId) : m_lastId;
}

int LogFilter::percent() const
{
    const quint64 first = std::max(m_query.first(), m_firstId);
    if (m_scanned < first)
        return 0;
    return isComplete() ? 100 : int((m_scanned - first + 1) * 100 / (end() - first + 1));
}

void LogFilter::goOn()
{
    if (m_query.isEmpty() || !m_query.problem().isEmpty() || m_reader.isReading() || m_again.isActive() ||
        isFull())
        return;
    m_scanned = std::max(m_scanned, std::min(m_firstId - 1, end()));
    if (isComplete())
        return;
    m_readTo = end();
    m_reader.read({{m_scanned + 1, m_readTo}});
}

void LogFilter::handleBatch(const QList<LogMessage> &messages)
{
    QList<quint64> ids;
    for (const LogMessage &message : messages) {
        m_scanned = message.id;
        if (m_query.matches(message, m_waits)) {
            ids.append(message.id);
            if (++m_matches >= MatchLimit) {
                m_reader.stop();
                break;
            }
        }
    }
    if (!ids.isEmpty())
        emit matched(ids);
    emit progressed();
}

} // namespace replog
