// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/scheduler.h"

#include <QObject>

namespace replog {

// Decides what may go to the secondaries, and when.
//
// An entry that needs other nodes goes as soon as it is flushed, with all that comes before it, so that their
// sync and ours overlap. What needs the master alone goes once it is durable here, at most once a
// millisecond: it then carries its own committed id, one delivery where there would be two, and each delivery
// costs a secondary a sync, on disks and cores that may be shared with ours.
//
// sendable ≤ flushed; it never goes back. Event loop's thread.
class SendGate : public QObject
{
    Q_OBJECT
public:
    // `flushedId` is the end of the log that was found; all of it may be sent.
    SendGate(quint64 flushedId, Scheduler &scheduler, QObject *parent = nullptr);
    ~SendGate() override;

    quint64 sendableId() const { return m_sendableId; }

    // Everything up to `flushedId` was handed to the store; `needsOthers`: some of it needs the acks of other
    // nodes.
    void handleFlushed(quint64 flushedId, bool needsOthers);
    void handleDurable(quint64 durableId);

signals:
    void sendable(quint64 sendableId);

private:
    void open(quint64 upTo);

    Scheduler &m_scheduler;
    quint64 m_sendableId;
    quint64 m_durableId;
    Scheduler::TimerId m_timer = 0;
    qint64 m_openedMs = 0; // when the timer last fired
};

} // namespace replog
