// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/matrix/logfilter.h"

#include <algorithm>

namespace replog {

namespace {

constexpr int AgainMs = 1000;

} // namespace

LogFilter::LogFilter(MessagePages::Fetch fetch, QObject *parent) : QObject(parent), m_reader(std::move(fetch))
{
    m_again.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, &LogFilter::goOn);
    connect(&m_reader, &MessageReader::batch, this, [this](const QList<LogMessage> &messages) {
        m_reader.hold();
        m_judge.judge(messages);
    });
    connect(&m_judge, &TextJudge::judged, this, &LogFilter::handleJudged);
    connect(&m_reader, &MessageReader::finished, this, &LogFilter::handleFinished);
    connect(&m_reader, &MessageReader::failed, this, [this](const QString &error) {
        m_again.start(AgainMs);
        emit failed(error);
    });
}

void LogFilter::start(const QString &text)
{
    stop();
    m_query = LogQuery::parse(text);
    m_judge.setQuery(text);
    m_scanned = m_query.first() - 1;
    goOn();
}

void LogFilter::stop()
{
    forget();
    m_judge.setQuery({});
    m_query = {};
    m_scanned = 0;
}

void LogFilter::restart()
{
    if (m_query.isEmpty())
        return;
    forget();
    m_judge.setQuery(m_query.source());
    m_scanned = m_query.first() - 1;
    m_again.start(0);
}

void LogFilter::forget()
{
    m_reader.stop();
    m_again.stop();
    m_readTo = 0;
    m_matches = 0;
    m_unjudged = 0;
    m_firstUnjudged = 0;
    m_judged.clear();
    m_reading.clear();
    m_waiting.clear();
}

void LogFilter::setFirstId(quint64 firstId)
{
    m_firstId = firstId;
}

void LogFilter::setLastId(quint64 lastId)
{
    m_lastId = lastId;
    if (!m_query.asksForWaits())
        goOn();
}

void LogFilter::setWaits(const QList<WaitInfo> &waits)
{
    m_waits = waits;
    if (m_query.asksForWaits())
        goOn();
}

quint64 LogFilter::end() const
{
    return m_query.last() > 0 ? std::min(m_query.last(), m_lastId) : m_lastId;
}

bool LogFilter::isComplete() const
{
    return m_query.asksForWaits() ? !m_reader.isReading() && !m_again.isActive() : m_scanned >= end();
}

int LogFilter::percent() const
{
    const quint64 first = std::max(m_query.first(), m_firstId);
    if (m_query.asksForWaits() || m_scanned < first)
        return 0;
    return isComplete() ? 100 : int((m_scanned - first + 1) * 100 / (end() - first + 1));
}

void LogFilter::goOn()
{
    if (m_query.isEmpty() || !m_query.problem().isEmpty())
        return;
    if (m_query.asksForWaits()) {
        judgeWaits();
        return;
    }
    if (m_reader.isReading() || m_again.isActive() || isFull())
        return;
    m_scanned = std::max(m_scanned, std::min(m_firstId - 1, end()));
    if (isComplete())
        return;
    m_readTo = end();
    m_reader.read({{m_scanned + 1, m_readTo}});
}

// Texts do not change: each is read once while its message waits.
void LogFilter::judgeWaits()
{
    QHash<quint64, LogQuery::Answer> judged;
    QList<quint64> found, unread;
    m_unjudged = 0;
    for (const WaitInfo &wait : std::as_const(m_waits)) {
        if (!m_query.matchesWait(wait))
            continue;
        const auto known = m_judged.constFind(wait.id);
        if (known == m_judged.cend() && m_query.asksForText()) {
            unread.append(wait.id);
            continue;
        }
        const auto answer = m_query.asksForText() ? *known : LogQuery::Answer::Yes;
        judged.insert(wait.id, answer);
        if (answer == LogQuery::Answer::Yes)
            found.append(wait.id);
        else if (answer == LogQuery::Answer::Unknown)
            noteUnjudged(wait.id);
    }
    m_judged = judged;
    // QList of Qt 6.4 hands memcmp() a null pointer when it compares two empty lists of numbers.
    if (!std::ranges::equal(m_waiting, found)) {
        m_waiting = found;
        emit rematched(found);
    }
    if (unread.isEmpty() || m_reader.isReading() || m_again.isActive())
        return;
    m_reading = unread;
    m_reader.read(MessageReader::spansOf(unread));
}

void LogFilter::handleJudged(const QList<LogMessage> &messages, const QList<LogQuery::Answer> &answers)
{
    if (m_query.asksForWaits()) {
        for (qsizetype i = 0; i < messages.size(); ++i)
            m_judged.insert(messages[i].id, answers[i]);
        judgeWaits();
        emit progressed();
        m_reader.goOn();
        return;
    }
    QList<quint64> ids;
    for (qsizetype i = 0; i < messages.size() && !isFull(); ++i) {
        m_scanned = messages[i].id;
        if (answers[i] == LogQuery::Answer::Unknown)
            noteUnjudged(m_scanned);
        if (answers[i] == LogQuery::Answer::Yes) {
            ids.append(m_scanned);
            ++m_matches;
        }
    }
    if (isFull())
        m_reader.stop();
    if (!ids.isEmpty())
        emit matched(ids);
    emit progressed();
    m_reader.goOn();
}

void LogFilter::noteUnjudged(quint64 id)
{
    if (m_unjudged++ == 0)
        m_firstUnjudged = id;
}

void LogFilter::handleFinished()
{
    // What the reading did not bring has been trimmed.
    m_scanned = std::max(m_scanned, m_readTo);
    for (quint64 id : std::as_const(m_reading)) {
        if (!m_judged.contains(id))
            m_judged.insert(id, LogQuery::Answer::No);
    }
    m_reading.clear();
    emit progressed();
    goOn();
}

} // namespace replog
