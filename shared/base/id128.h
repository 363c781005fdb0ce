// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QHashFunctions>

#include <array>
#include <compare>
#include <optional>

namespace replog {

// An identity of 128 random bits: that of a node (node_id), of a log (log_id), of a run of a process
// (instance). Documents carry it as 32 lower-case hex digits, null where there is none yet.
struct Id128
{
    quint64 high = 0;
    quint64 low = 0;

    constexpr bool isNull() const { return high == 0 && low == 0; }
    QByteArray toHex() const;
    // The same without an allocation.
    std::array<char, 32> digits() const;
    // Nothing if it is not exactly 32 lower-case hex digits, or if all are zero.
    static std::optional<Id128> fromHex(QByteArrayView hex);

    friend constexpr auto operator<=>(const Id128 &, const Id128 &) = default;
    friend size_t qHash(const Id128 &id, size_t seed = 0) { return qHashMulti(seed, id.high, id.low); }
};

// The same for the start of an epoch, which is 64 bits: 16 digits, 0 where it is not known.
std::array<char, 16> startDigits(quint64 start);
std::optional<quint64> startFromHex(QByteArrayView hex);

} // namespace replog
