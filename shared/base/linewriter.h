// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <functional>
#include <memory>

namespace replog {

// Writes whole lines to a descriptor from a thread of its own, so that logging never waits for a slow reader.
// Lines wait in a bounded queue. Lines beyond the bound, and lines that the descriptor refuses, are lost and
// counted; a line with their number goes before the next accepted one. A crash loses the queue.
class LineWriter
{
public:
    // Makes the line that reports lost ones. Called in the thread of write(); must not call write().
    using LostLine = std::function<QByteArray(quint64 lost)>;
    // `maxBytes` bounds the queue. Writes to a duplicate of the descriptor.
    LineWriter(int descriptor, qsizetype maxBytes, LostLine lostLine);
    // Does not wait: a thread that is blocked in a write is detached, and writes the queue if it can.
    ~LineWriter();

    // Any thread; never waits. `line` with its line feed.
    void write(const QByteArray &line);
    // Waits at most `waitMs` until all lines are written; returns whether they are.
    bool flush(int waitMs);
    quint64 lost() const;

private:
    struct State;
    static void run(const std::shared_ptr<State> &state);
    std::shared_ptr<State> m_state; // shared with the thread
};

} // namespace replog
