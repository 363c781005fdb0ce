// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/id128.h"

#include <QHash>
#include <QObject>

#include <deque>
#include <optional>
#include <vector>

namespace replog {

// Decides which entries are given up: the oldest ones, once the log takes more than `bytes` or they are older
// than `ageMs`; but never the last committed entry or one behind it, and, unless forced to, never one that a
// known member lacks. Pure: what happened comes in, what may go out is told.
//
// first ≤ committed; first ≤ acked + 1 of every member, but for what it had acked before.
class Retention : public QObject
{
    Q_OBJECT
public:
    struct Config
    {
        quint64 bytes = 0; // of Entry::cost(); 0: any number
        qint64 ageMs = 0;  // 0: any
        bool force = false;

        bool isLimited() const { return bytes > 0 || ageMs > 0; }
    };
    // Entries that are given up together for the log's size: those behind the part before, up to `last`.
    struct Part
    {
        quint64 last = 0;
        quint64 bytes = 0;

        friend bool operator==(const Part &, const Part &) = default;
    };
    // Why entries stay that are beyond the limits: the node lacks `id`, or, of no node, `id` is not
    // committed.
    struct HeldBack
    {
        quint64 id = 0;
        std::optional<Id128> node;

        friend bool operator==(const HeldBack &, const HeldBack &) = default;
    };

    explicit Retention(const Config &config, QObject *parent = nullptr) : QObject(parent), m_config(config) {}

    void start(quint64 firstId, quint64 committedId);
    // Entries behind those of the call before, up to `last`, were appended.
    void handleAppended(quint64 last, quint64 bytes);
    // The parts of the log as it was found, which come before all that was appended since.
    void handleFound(const std::vector<Part> &parts);
    // Entries below `firstId` are older than ageMs.
    void handleExpired(quint64 firstId);
    void handleCommitted(quint64 id);
    void handleAck(const Id128 &node, quint64 id);
    void removeNode(const Id128 &node);
    // Entries below `firstId` were given up. firstId <= trimmableTo()
    void handleTrimmed(quint64 firstId);

    // Entries below it may go now. It falls back to the first entry kept where a member comes that lacks
    // them.
    quint64 trimmableTo() const { return m_trimmableTo; }

    // Of this many bytes at least.
    quint64 partBytes() const { return std::max<quint64>(m_config.bytes / Parts, 1); }
    // Whole ones, oldest first.
    const std::deque<Part> &parts() const { return m_parts; }
    const std::optional<HeldBack> &heldBack() const { return m_heldBack; }

signals:
    void trimmable(); // some may go, with everything that happens until they do
    void partsChanged();
    void heldBackChanged();

private:
    static constexpr quint64 Parts = 64; // that a log of `bytes` has; its size is kept that exactly
    static constexpr size_t MaxParts = 16 * Parts;

    void judgeSize();
    void decide();

    const Config m_config;
    quint64 m_firstId = 1;
    quint64 m_trimmableTo = 1;
    quint64 m_committedId = 0;
    quint64 m_expired = 1; // entries below it are too old
    quint64 m_tooMuch = 1; // entries below it exceed the size
    std::deque<Part> m_parts;
    Part m_open; // becomes the next part
    QHash<Id128, quint64> m_acked;
    std::optional<HeldBack> m_heldBack;
};

} // namespace replog
