// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/log/entry.h"

#include <QByteArray>

#include <cstddef>

namespace replog {

// A chain over everything in the entries of a log, from the first to some id: each entry is hashed together
// with the digest of those before it, so that one entry more costs the same at any length, and what was
// trimmed away still counts. Equal digests mean equal logs; XXH3 with 128 bits tells accidents apart, not
// forgeries. All zeros: the empty log.
struct LogDigest
{
    static constexpr std::size_t Size = 16; // bytes of its stored form

    quint64 high = 0;
    quint64 low = 0;

    // That of the log with this entry at its end.
    LogDigest with(const EntryView &entry) const;
    // 32 lower-case hex digits.
    QByteArray toHex() const;

    void store(char *at) const;
    static LogDigest load(const char *at);

    friend bool operator==(const LogDigest &, const LogDigest &) = default;
};

} // namespace replog
