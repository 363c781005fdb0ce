// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/log/entry.h"

#include <string>
#include <string_view>

namespace replog {

// How the store keeps an entry. Key: the id, big-endian, so that byte order is log order. Value:
//   checksum (4 bytes, over the id and all that follows) | varint epoch | varint w | varint key size | key | message
// A value that was damaged, or stands under another id than it was written for, does not decode.
constexpr std::size_t EntryKeySize = 8;

struct EntryKey
{
    explicit EntryKey(quint64 id);
    std::string_view view() const { return {bytes, EntryKeySize}; }
    char bytes[EntryKeySize];
};

// The id in a key; 0 if it is no entry's key.
quint64 entryIdOf(std::string_view key);

// Everything of a value but the message, which follows it: so a message need not be copied to be stored. The view
// points into `buffer`, which grows as needed and is there to be used again.
std::string_view encodeHead(const Entry &entry, std::string &buffer);

// False if the value is damaged. The views point into `value`.
bool decodeEntry(quint64 id, std::string_view value, EntryView &entry);

} // namespace replog
