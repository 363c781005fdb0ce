// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/store/xxh3.h"

#include <QtEndian>

#include <string_view>

namespace replog {

// How the store keeps entries: in records of entries that follow on each other and were committed together,
// of up to 16 KiB or of one entry; for RocksDB a record is one key, whatever it holds. Key: the id of the
// last entry, big-endian, so that byte order is log order and a seek to an id finds the record that holds it.
// Value, its numbers little-endian:
//   checksum (4 bytes, over that id and all that follows) | count of entries (4 bytes) | for each entry:
//   varint epoch | varint w | varint key size | varint message size | key | message
// A value that was damaged, or stands under another id than it was written for, is told by its checksum.
namespace recordformat {

constexpr std::size_t ChecksumSize = 4;
constexpr std::size_t HeadSize = ChecksumSize + 4;
constexpr std::size_t MaxVarintsSize = 10 + 5 + 10 + 10;

// `body`: all of the value but the checksum.
inline quint32 checksum(quint64 lastId, std::string_view body)
{
    return quint32(xxh3(body.data(), body.size(), lastId));
}

} // namespace recordformat

struct RecordKey
{
    static constexpr std::size_t Size = 8;

    explicit RecordKey(quint64 lastId) { qToBigEndian(lastId, bytes); }
    std::string_view view() const { return {bytes, Size}; }
    // 0 if it is no record's key.
    static quint64 idOf(std::string_view key)
    {
        return key.size() == Size ? qFromBigEndian<quint64>(key.data()) : 0;
    }

    char bytes[Size];
};

} // namespace replog
