// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <functional>
#include <memory>

namespace replog {

// Writes whole lines to a descriptor from a thread of its own, so that nobody who logs ever waits for whoever
// reads the log. What is not written yet is kept up to a bound; lines beyond it are lost and counted, as are
// those that the descriptor refuses; the next line that is taken comes behind one that tells how many. A
// crash loses the lines that are kept.
class LineWriter
{
public:
    // Makes the line that tells of lost ones; called in the thread of write(), which it must not call.
    using LostLine = std::function<QByteArray(quint64 lost)>;
    // `maxBytes` bounds what is kept. Writes to a duplicate of the descriptor.
    LineWriter(int descriptor, qsizetype maxBytes, LostLine lostLine);
    // Does not wait: a thread that is blocked in a write is left behind, and writes what was kept if it can.
    ~LineWriter();

    // Any thread; never waits. `line` with its line feed.
    void write(const QByteArray &line);
    // Waits until all lines are out, at most `waitMs`; whether they are.
    bool flush(int waitMs);
    quint64 lost() const;

private:
    struct State;
    static void run(const std::shared_ptr<State> &state);
    std::shared_ptr<State> m_state; // shared with the thread
};

} // namespace replog
