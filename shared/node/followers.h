// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/scheduler.h"
#include "shared/http/httpserver.h"
#include "shared/log/visiblelog.h"
#include "shared/node/readqueue.h"

#include <QObject>

#include <map>
#include <memory>
#include <vector>

namespace replog {

// The readers that a log is pushed to (Accept: text/event-stream on GET /api/v1/messages), in any view.
//
// An entry is one event: `id:` is its id, `data:` its JSON object. Readers that stand at the same place share
// one read of the store and its bytes, so that a thousand readers at the end of the log cost one read for
// each piece. A piece is handed to some of them in one turn of the event loop, to the others in the next. A
// reader that does not read its socket holds what its connection buffers and no more: nothing is read from
// the store for it before there is room.
//
// A stream ends with `event: truncated` if entries that the reader has are cut from the log, or are beyond
// its end as the reader comes, and with `event: gone` if the reader falls behind the oldest entry kept. Event
// loop's thread.
class Followers : public QObject
{
    Q_OBJECT
public:
    Followers(VisibleLog &log, ReadQueue &reads, Scheduler &scheduler, QObject *parent = nullptr);
    ~Followers() override;

    // Pushes what is visible in the view from `from` on. `pushed` is the last entry that the reader says it
    // has, 0 if none.
    void add(ReplyStream stream, View view, quint64 from, quint64 pushed);
    void shutDown();
    int count() const { return static_cast<int>(m_followers.size()); }

private:
    struct Follower
    {
        ReplyStream stream;
        View view;
        quint64 next;       // the next entry to push
        quint64 pushed;     // the last one that the reader has
        bool asked = false; // it is in m_asked or m_deliveries
    };
    using Group = std::vector<std::shared_ptr<Follower>>;
    using Place = std::pair<View, quint64>; // where a piece begins
    // A piece of the log for those who asked for it.
    struct Delivery
    {
        Group to;
        size_t done = 0; // of them
        QByteArray piece;
        quint64 last = 0;
        quint64 generation = 0;
    };

    void advance(const std::shared_ptr<Follower> &follower);
    void advanceAll();
    void read(const Place &place);
    void take(const Place &place, Result<quint64> last, const QByteArray &piece, quint64 generation);
    void deliverSome();
    void handleDurable(quint64 id);
    void handleFirst(quint64 id);
    void endCut(Follower &follower);
    void end(Follower &follower, QByteArrayView event, QByteArrayView name, quint64 id);
    void dropClosed();
    void keepAlive();

    VisibleLog &m_log;
    ReadQueue &m_reads;
    Scheduler &m_scheduler;
    Group m_followers;
    std::map<Place, Group> m_asked; // one read each
    std::vector<Delivery> m_deliveries;
    quint64 m_durableId;
    quint64 m_generation = 0; // raised whenever the log is cut
    Scheduler::TimerId m_deliverTimer = 0;
    Scheduler::TimerId m_keepAliveTimer = 0;
};

} // namespace replog
