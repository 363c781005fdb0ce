// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/id128.h"

#include <QtEndian>

#include <cstring>

namespace replog {

namespace {

constexpr qsizetype HalfDigits = 16;

// Every delivery and answer carries several ids, so eight digits are converted at once, each in one byte of a
// word.

char *putEight(char *at, quint32 value)
{
    quint64 digits = value;
    digits = (digits | digits << 16) & 0x0000ffff0000ffffU;
    digits = (digits | digits << 8) & 0x00ff00ff00ff00ffU;
    digits = (digits | digits << 4) & 0x0f0f0f0f0f0f0f0fU;
    const quint64 isLetter = ((digits + 0x0606060606060606U) >> 4) & 0x0101010101010101U;
    qToBigEndian(digits + 0x3030303030303030U + isLetter * ('a' - '0' - 10), at);
    return at + sizeof digits;
}

char *putHex(char *at, quint64 value)
{
    return putEight(putEight(at, static_cast<quint32>(value >> 32)), static_cast<quint32>(value));
}

// An unspecified value if they are no hex digits.
quint32 readEight(const char *at)
{
    const auto text = qFromBigEndian<quint64>(at);
    const quint64 isLetter = (text >> 6) & 0x0101010101010101U;
    quint64 digits = (text & 0x0f0f0f0f0f0f0f0fU) + isLetter * 9;
    digits = (digits | digits >> 4) & 0x00ff00ff00ff00ffU;
    digits = (digits | digits >> 8) & 0x0000ffff0000ffffU;
    return static_cast<quint32>(digits | digits >> 16);
}

// Reads the 16 digits at `at`. They are valid if converting the value back gives the same digits.
std::optional<quint64> readHex(const char *at)
{
    const quint64 value = static_cast<quint64>(readEight(at)) << 32 | readEight(at + 8);
    char digits[HalfDigits];
    putHex(digits, value);
    return std::memcmp(digits, at, sizeof digits) == 0 ? std::optional(value) : std::nullopt;
}

} // namespace

std::array<char, 32> Id128::digits() const
{
    std::array<char, 32> hex; // NOLINT(cppcoreguidelines-pro-type-member-init): written whole
    putHex(putHex(hex.data(), high), low);
    return hex;
}

QByteArray Id128::toHex() const
{
    return QByteArray(digits().data(), 2 * HalfDigits);
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

std::array<char, 16> startDigits(quint64 start)
{
    std::array<char, 16> hex; // NOLINT(cppcoreguidelines-pro-type-member-init): written whole
    putHex(hex.data(), start);
    return hex;
}

std::optional<quint64> startFromHex(QByteArrayView hex)
{
    const auto start = hex.size() == HalfDigits ? readHex(hex.data()) : std::nullopt;
    return start && *start != 0 ? start : std::nullopt;
}

} // namespace replog
