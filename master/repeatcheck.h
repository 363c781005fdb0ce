// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/masterlog.h"

#include <QObject>

#include <deque>
#include <functional>
#include <memory>

namespace replog {

// Compares repeats of appends with the entries that their key was used for. It compares piece by piece, on
// the store's reading threads: nothing that is stored is kept in memory, however large it is, and a repeat
// that differs costs no more than the piece where it does. All repeats take turns. Event loop's thread.
class RepeatCheck : public QObject
{
public:
    // How the entries were asked for, and whether their messages are those of the repeat.
    struct Found
    {
        quint32 w = 0;
        Asked asked = Asked::Number;
        bool isSame = true;
    };
    using Wanted = std::function<bool()>;
    using Done = std::function<void(const Result<Found> &)>;

    explicit RepeatCheck(LogStore &store) : m_store(store) {}

    // Compares with the entries from `first` on, one for each message. `done` is called from the event loop;
    // not if the answer is not wanted any more when its turn comes.
    void compare(quint64 first, std::vector<Message> messages, qsizetype bytes, Wanted wanted, Done done);
    // What the messages of all repeats that are being compared hold, as the callers count it.
    qsizetype heldBytes() const { return m_heldBytes; }

private:
    struct Comparison;
    struct Repeat
    {
        std::shared_ptr<Comparison> comparison;
        quint64 next; // the entry to go on with
        qsizetype bytes;
        Wanted wanted;
        Done done;
    };

    void start();
    void handlePiece(Repeat repeat, const Result<quint64> &last);

    LogStore &m_store;
    std::deque<Repeat> m_waiting;
    int m_running = 0;
    qsizetype m_heldBytes = 0;
};

} // namespace replog
