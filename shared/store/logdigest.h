// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/log/entry.h"

#include <QByteArray>

#include <cstddef>

namespace replog {

// A chain of hashes over everything in the entries of a log, from the first to some id: each entry is hashed
// together with the digest of those before it. So one more entry costs the same at any length, and trimmed
// entries still count. Equal digests mean equal logs. The hash (128-bit XXH3) detects accidents, not
// forgeries. All zeros: the empty log.
struct LogDigest
{
    static constexpr std::size_t Size = 16; // bytes of its stored form

    quint64 high = 0;
    quint64 low = 0;

    // The digest of the log with this entry added.
    LogDigest with(const EntryView &entry) const;
    // 32 lower-case hex digits.
    QByteArray toHex() const;

    void store(char *at) const;
    static LogDigest load(const char *at);

    friend bool operator==(const LogDigest &, const LogDigest &) = default;
};

} // namespace replog
