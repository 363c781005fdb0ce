// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/matrix/messagereader.h"

#include <algorithm>

namespace replog {

namespace {

// Messages of 1 MB in the first answer, before it is known how large they are, are read in 40 ms.
constexpr int FirstLimit = 8;
constexpr int Growth = 4;
constexpr int MaxLimit = 4000;
constexpr qsizetype LowCharacters = 256 * 1024;       // of an answer: the next one may have more messages
constexpr qsizetype HighCharacters = 2 * 1024 * 1024; // it has fewer

} // namespace

MessageReader::MessageReader(MessagePages::Fetch fetch, QObject *parent)
    : QObject(parent), m_fetch(std::move(fetch))
{
}

QList<IdSpan> MessageReader::spansOf(const QList<quint64> &ascendingIds)
{
    QList<IdSpan> spans;
    for (quint64 id : ascendingIds) {
        if (!spans.isEmpty() && spans.last().last + 1 == id)
            spans.last().last = id;
        else
            spans.append({id, id});
    }
    return spans;
}

void MessageReader::read(const QList<IdSpan> &spans)
{
    ++m_generation;
    m_spans = spans;
    m_at = 0;
    m_from = spans.isEmpty() ? 1 : spans.first().first;
    m_limit = FirstLimit;
    m_reading = true;
    m_held = false;
    next();
}

void MessageReader::stop()
{
    ++m_generation;
    m_reading = false;
    m_held = false;
}

void MessageReader::goOn()
{
    if (m_held) {
        m_held = false;
        next();
    }
}

void MessageReader::next()
{
    if (m_at >= m_spans.size()) {
        m_reading = false;
        const auto end = [this, generation = m_generation] {
            if (generation == m_generation)
                emit finished();
        };
        QMetaObject::invokeMethod(this, end, Qt::QueuedConnection);
        return;
    }
    // Read spans that are close together in one request.
    quint64 end = std::min(m_spans[m_at].last, m_from + quint64(m_limit) - 1);
    for (qsizetype i = m_at + 1; i < m_spans.size() && m_spans[i].first < m_from + quint64(m_limit); ++i)
        end = std::min(m_spans[i].last, m_from + quint64(m_limit) - 1);
    m_fetch(m_from, int(end - m_from + 1), this,
            [this, end, generation = m_generation](const MessagePage &page) {
                if (generation == m_generation)
                    handleFetched(end, page);
            });
}

void MessageReader::handleFetched(quint64 end, const MessagePage &page)
{
    if (page.firstId > m_from) {
        handleGone(page.firstId);
        return;
    }
    if (!page.error.isEmpty() || page.messages.isEmpty()) {
        m_reading = false;
        if (page.error.isEmpty())
            emit failed(tr("The node that is read holds no messages from %1 on.").arg(m_from), m_from);
        else
            emit failed(page.error, 0);
        return;
    }
    QList<LogMessage> asked;
    qsizetype characters = 0;
    quint64 reached = m_from - 1;
    for (const LogMessage &message : page.messages) {
        if (message.id > end)
            break;
        characters += message.text.size() + message.binary.size();
        reached = message.id;
        while (m_at < m_spans.size() && m_spans[m_at].last < message.id)
            ++m_at;
        if (m_at < m_spans.size() && message.id >= m_spans[m_at].first)
            asked.append(message);
    }
    while (m_at < m_spans.size() && m_spans[m_at].last <= reached)
        ++m_at;
    if (m_at < m_spans.size())
        m_from = std::max(reached + 1, m_spans[m_at].first);
    if (characters < LowCharacters)
        m_limit = std::min(MaxLimit, m_limit * Growth);
    else if (characters > HighCharacters)
        m_limit = std::max(1, m_limit / 4);
    const quint64 generation = m_generation;
    emit batch(asked);
    if (generation == m_generation && !m_held)
        next();
}

void MessageReader::handleGone(quint64 firstId)
{
    while (m_at < m_spans.size() && m_spans[m_at].last < firstId)
        ++m_at;
    if (m_at < m_spans.size())
        m_from = std::max(firstId, m_spans[m_at].first);
    next();
}

} // namespace replog
