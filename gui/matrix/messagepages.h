// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustersession.h"

#include <QHash>
#include <QObject>
#include <QTimer>

#include <functional>
#include <list>

namespace replog {

// A cache of message texts, fetched in pages on demand. The least recently used page is dropped, so memory is
// bounded for a log of any length. A text longer than TextLimit is stored shortened (see Facts). GUI thread.
class MessagePages : public QObject
{
    Q_OBJECT
public:
    static constexpr int PageSize = 200;
    static constexpr int PageLimit = 100;
    static constexpr int TextLimit = 1000; // characters stored of one message
    static constexpr int FetchesAtOnce = 3;
    static constexpr int WantedLimit = 60; // pages that wait to be fetched; the oldest requests are dropped

    using Fetched = std::function<void(const MessagePage &)>;
    using Fetch = std::function<void(quint64 from, int limit, QObject *context, Fetched done)>;

    explicit MessagePages(Fetch fetch, QObject *parent = nullptr);

    // The text if it is cached. If not, nullptr: the page is fetched and ready() follows.
    const QString *text(quint64 id);
    // The facts beside text and bytes. nullptr if they are not cached; does not fetch them.
    struct Facts
    {
        qint64 timeMs = -1;
        quint64 epoch = 0; // 0: unknown
        qint64 size = 0;   // bytes
        QString type;
        bool shortened = false;
        bool isText = true;
    };
    const Facts *facts(quint64 id) const;
    // As text(), but without fetching the page.
    const QString *peek(quint64 id) const;
    // The ends of the log: nothing beyond them is fetched.
    void setLastId(quint64 lastId);
    void setFirstId(quint64 firstId);
    void clear();
    int pageCount() const { return int(m_pages.size()); }

signals:
    void ready(quint64 first, quint64 last);
    void failed(const QString &error); // a fetch failed; it is repeated shortly

private:
    struct Page
    {
        quint64 first;     // id of the first text: the page's first id, or the oldest entry kept
        QStringList texts; // of the ids from `first` on, without gaps
        QList<Facts> facts;
        std::list<quint64>::iterator used;

        quint64 end() const { return first + quint64(texts.size()); }
        bool has(quint64 id) const { return id >= first && id < end(); }
    };
    static quint64 pageOf(quint64 id) { return (id - 1) / PageSize; }
    static quint64 firstOf(quint64 page) { return page * PageSize + 1; }
    void want(quint64 id);
    quint64 nextOf(quint64 page) const; // the next id to fetch
    bool isDone(quint64 page) const;    // all requested messages of the page are cached
    void startFetches();
    void handleFetched(quint64 page, quint64 from, quint64 generation, const MessagePage &fetched);
    void handleGone(quint64 page, quint64 firstId);
    void adaptChunk(const MessagePage &fetched);
    void evict();

    Fetch m_fetch;
    QHash<quint64, Page> m_pages;
    std::list<quint64> m_order;           // page numbers, most recently used first
    QList<quint64> m_wanted;              // pages to fetch, the oldest request first
    QHash<quint64, quint64> m_wantedUpTo; // by page: the highest id that was requested and is not cached
    QSet<quint64> m_fetching;
    quint64 m_firstId = 1;
    quint64 m_lastId = 0;
    quint64 m_generation = 0; // answers from before a clear() are dropped
    int m_chunk;              // messages per request: fewer if they are large
    QTimer m_start;
    QTimer m_again;
};

} // namespace replog
