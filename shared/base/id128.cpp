// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/id128.h"

namespace replog {

namespace {

constexpr qsizetype HalfDigits = 16;

char *putHex(char *at, quint64 value)
{
    static constexpr char Digits[] = "0123456789abcdef";
    for (int shift = 60; shift >= 0; shift -= 4)
        *at++ = Digits[(value >> shift) & 15];
    return at;
}

// Of the 16 digits at `at`.
std::optional<quint64> readHex(const char *at)
{
    quint64 value = 0;
    for (qsizetype i = 0; i < HalfDigits; ++i) {
        const char c = at[i];
        const bool digit = c >= '0' && c <= '9';
        if (!digit && (c < 'a' || c > 'f'))
            return std::nullopt;
        value = value << 4 | static_cast<quint64>(digit ? c - '0' : c - 'a' + 10);
    }
    return value;
}

} // namespace

QByteArray Id128::toHex() const
{
    QByteArray hex(2 * HalfDigits, Qt::Uninitialized);
    putHex(putHex(hex.data(), high), low);
    return hex;
}

std::optional<Id128> Id128::fromHex(QByteArrayView hex)
{
    if (hex.size() != 2 * HalfDigits)
        return std::nullopt;
    const auto high = readHex(hex.data());
    const auto low = readHex(hex.data() + HalfDigits);
    if (!high || !low || (*high == 0 && *low == 0))
        return std::nullopt;
    return Id128{*high, *low};
}

QByteArray startToHex(quint64 start)
{
    QByteArray hex(HalfDigits, Qt::Uninitialized);
    putHex(hex.data(), start);
    return hex;
}

std::optional<quint64> startFromHex(QByteArrayView hex)
{
    const auto start = hex.size() == HalfDigits ? readHex(hex.data()) : std::nullopt;
    return start && *start != 0 ? start : std::nullopt;
}

} // namespace replog
