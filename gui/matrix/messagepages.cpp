// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/matrix/messagepages.h"

namespace replog {

namespace {

constexpr int AgainMs = 1000;
constexpr int FirstChunk = 50;
constexpr qsizetype LargeCharacters = 1024 * 1024; // of one answer: parsing more makes the window stutter

} // namespace

MessagePages::MessagePages(Fetch fetch, QObject *parent)
    : QObject(parent), m_fetch(std::move(fetch)), m_chunk(FirstChunk)
{
    // Pages are requested while rows are painted: collect the requests of one frame, so that the newest are
    // fetched first.
    m_start.setSingleShot(true);
    m_start.setInterval(0);
    connect(&m_start, &QTimer::timeout, this, &MessagePages::startFetches);
    m_again.setSingleShot(true);
    m_again.setInterval(AgainMs);
    connect(&m_again, &QTimer::timeout, this, &MessagePages::startFetches);
}

const QString *MessagePages::text(quint64 id)
{
    if (id == 0 || id > m_lastId)
        return nullptr;
    const quint64 number = pageOf(id);
    const auto page = m_pages.find(number);
    if (page != m_pages.end()) {
        m_order.splice(m_order.begin(), m_order, page->used);
        if (page->has(id))
            return &page->texts.at(qsizetype(id - page->first));
    }
    want(id);
    return nullptr;
}

const QString *MessagePages::peek(quint64 id) const
{
    if (id == 0)
        return nullptr;
    const auto page = m_pages.constFind(pageOf(id));
    return page != m_pages.constEnd() && page->has(id) ? &page->texts.at(qsizetype(id - page->first))
                                                       : nullptr;
}

const MessagePages::Facts *MessagePages::facts(quint64 id) const
{
    if (!peek(id))
        return nullptr;
    const auto page = m_pages.constFind(pageOf(id));
    return &page->facts.at(qsizetype(id - page->first));
}

void MessagePages::setLastId(quint64 lastId)
{
    if (lastId < m_lastId)
        clear();
    m_lastId = lastId;
}

void MessagePages::setFirstId(quint64 firstId)
{
    if (firstId < m_firstId)
        clear(); // pages may begin above their first id, and could not be completed
    m_firstId = firstId;
}

void MessagePages::clear()
{
    ++m_generation;
    m_pages.clear();
    m_order.clear();
    m_wanted.clear();
    m_wantedUpTo.clear();
    m_fetching.clear();
}

void MessagePages::want(quint64 id)
{
    const quint64 page = pageOf(id);
    quint64 &upTo = m_wantedUpTo[page];
    upTo = std::max(upTo, id);
    if (m_fetching.contains(page))
        return;
    m_wanted.removeOne(page);
    m_wanted.append(page);
    if (m_wanted.size() > WantedLimit)
        m_wantedUpTo.remove(m_wanted.takeFirst());
    if (!m_start.isActive() && !m_again.isActive())
        m_start.start();
}

quint64 MessagePages::nextOf(quint64 page) const
{
    const auto held = m_pages.constFind(page);
    return std::max(held == m_pages.constEnd() ? firstOf(page) : held->end(), m_firstId);
}

bool MessagePages::isDone(quint64 page) const
{
    return nextOf(page) > std::min(m_wantedUpTo.value(page), m_lastId);
}

void MessagePages::startFetches()
{
    while (!m_wanted.isEmpty() && m_fetching.size() < FetchesAtOnce) {
        const quint64 page = m_wanted.takeLast();
        const quint64 from = nextOf(page);
        const quint64 end = std::min({firstOf(page + 1), m_lastId + 1, from + quint64(m_chunk)});
        if (from >= end) {
            m_wantedUpTo.remove(page);
            continue;
        }
        m_fetching.insert(page);
        m_fetch(from, int(end - from), this,
                [this, page, from, generation = m_generation](const MessagePage &fetched) {
                    handleFetched(page, from, generation, fetched);
                });
    }
}

void MessagePages::handleFetched(quint64 page, quint64 from, quint64 generation, const MessagePage &fetched)
{
    if (generation != m_generation)
        return;
    m_fetching.remove(page);
    if (fetched.firstId > from && fetched.firstId <= m_lastId + 1) {
        handleGone(page, fetched.firstId);
        return;
    }
    adaptChunk(fetched);
    if (!fetched.error.isEmpty() || fetched.messages.isEmpty()) {
        if (!m_wanted.contains(page))
            m_wanted.prepend(page);
        m_again.start();
        if (!fetched.error.isEmpty())
            emit failed(fetched.error);
        return;
    }
    auto held = m_pages.find(page);
    if (held == m_pages.end()) {
        m_order.push_front(page);
        held = m_pages.insert(page, Page{from, {}, {}, m_order.begin()});
    }
    if (held->end() < from) { // what lies between has been trimmed
        held->texts.clear();
        held->facts.clear();
        held->first = from;
    }
    quint64 next = held->end();
    for (const LogMessage &message : fetched.messages) {
        if (message.id != next || message.id >= firstOf(page + 1))
            continue; // already held, or of another page
        const bool shortened = message.text.size() > TextLimit;
        held->texts.append(shortened ? message.text.left(TextLimit) : message.text);
        held->facts.append({message.timeMs, message.epoch, message.size(), message.type, shortened,
                            message.binary.isEmpty()});
        ++next;
    }
    // An answer may hold a part of the page only. Fetch the rest: the view requested it once and does not
    // repaint those rows by itself.
    if (isDone(page))
        m_wantedUpTo.remove(page);
    else if (!m_wanted.contains(page))
        m_wanted.append(page);
    if (next == from) {
        m_again.start(); // the answer had nothing new: wait before the next try
        return;
    }
    evict();
    emit ready(from, next - 1);
    startFetches();
}

// The entries were trimmed before the status said so.
void MessagePages::handleGone(quint64 page, quint64 firstId)
{
    m_firstId = std::max(m_firstId, firstId);
    if (isDone(page))
        m_wantedUpTo.remove(page);
    else if (!m_wanted.contains(page))
        m_wanted.append(page);
    startFetches();
}

void MessagePages::adaptChunk(const MessagePage &fetched)
{
    qsizetype characters = 0;
    for (const LogMessage &message : fetched.messages)
        characters += message.text.size() + message.binary.size();
    if (!fetched.error.isEmpty() || characters > LargeCharacters)
        m_chunk = std::max(1, m_chunk / 4);
    else if (characters < LargeCharacters / 4)
        m_chunk = std::min(PageSize, m_chunk * 2);
}

void MessagePages::evict()
{
    while (m_order.size() > PageLimit) {
        m_pages.remove(m_order.back());
        m_order.pop_back();
    }
}

} // namespace replog
