// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/repeatcheck.h"

#include <QPointer>

#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr qsizetype PieceBytes = 256 * 1024;
constexpr int MaxRunning = 2;
} // namespace

// What a reading thread touches of a repeat. It may outlive the repeat there.
struct RepeatCheck::Comparison
{
    quint64 lastId() const { return first + messages.size() - 1; }
    void take(const EntryView &entry)
    {
        const Message &message = messages[entry.id - first];
        found.w = entry.w;
        found.asked = entry.asked;
        found.isSame = found.isSame && entry.message == message.body && entry.type == message.type &&
                       entry.headers == message.headers;
    }

    const quint64 first;
    const std::vector<Message> messages;
    Found found = {};
};

void RepeatCheck::compare(quint64 first, std::vector<Message> messages, qsizetype bytes, Wanted wanted,
                          Done done)
{
    m_heldBytes += bytes;
    m_waiting.push_back({std::make_shared<Comparison>(Comparison{first, std::move(messages)}), first, bytes,
                         std::move(wanted), std::move(done)});
    start();
}

void RepeatCheck::start()
{
    while (m_running < MaxRunning && !m_waiting.empty()) {
        Repeat repeat = std::move(m_waiting.front());
        m_waiting.pop_front();
        if (!repeat.wanted()) {
            m_heldBytes -= repeat.bytes;
            continue;
        }
        ++m_running;
        const auto comparison = repeat.comparison;
        const quint64 from = repeat.next;
        m_store.scan(
            from, comparison->lastId(), PieceBytes,
            [comparison](const EntryView &entry) { comparison->take(entry); },
            [this, alive = QPointer<RepeatCheck>(this), repeat](const Result<quint64> &last) {
                if (!alive)
                    return;
                --m_running;
                handlePiece(repeat, last);
                if (alive)
                    start();
            });
    }
}

void RepeatCheck::handlePiece(Repeat repeat, const Result<quint64> &last)
{
    const Comparison &comparison = *repeat.comparison;
    const bool isMissing = last && *last < repeat.next;
    const bool isWhole = last && *last == comparison.lastId();
    if (last && !isMissing && !isWhole && comparison.found.isSame) {
        repeat.next = *last + 1;
        m_waiting.push_back(std::move(repeat));
        return;
    }
    m_heldBytes -= repeat.bytes;
    if (!last)
        repeat.done(last.error());
    else if (isMissing)
        repeat.done(Error{Errc::Corrupt, u"entry %1 is missing in the store"_s.arg(repeat.next)});
    else
        repeat.done(comparison.found);
}

} // namespace replog
