// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/store/logdigest.h"
#include "shared/store/logstore.h"

#include <rocksdb/slice.h>

#include <QtEndian>

#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace replog {

// Names and values in the default and keys column families.
namespace storekeys {

inline constexpr char Format[] = "format";
inline constexpr char FormatVersion[] = "3";
inline constexpr char Role[] = "role";
inline constexpr char Name[] = "name";
inline constexpr char NodeId[] = "node";
inline constexpr char Epoch[] = "epoch";
inline constexpr char Base[] = "base";
inline constexpr char Committed[] = "committed";
// "<node id> <last id> <digest> <sequence>" of the backup that the folder was made of, and " new" until a
// node has run on it; " followed" from when a secondary has, whose log is the others' again.
inline constexpr char Restored[] = "restored";
// A master was made of a secondary's folder or of a backup, and has stored no epoch of its own yet.
inline constexpr char TakenOver[] = "taken over";
inline constexpr char MetaPrefix[] = "m/";

} // namespace storekeys

inline rocksdb::Slice toSlice(const QByteArray &bytes)
{
    return {bytes.constData(), std::size_t(bytes.size())};
}

inline rocksdb::Slice toSlice(std::string_view bytes)
{
    return {bytes.data(), bytes.size()};
}

inline QByteArray toBytes(const rocksdb::Slice &slice)
{
    return QByteArray(slice.data(), qsizetype(slice.size()));
}

inline std::string encodeNumber(quint64 value)
{
    std::string bytes(8, '\0');
    qToBigEndian(value, bytes.data());
    return bytes;
}

inline std::optional<quint64> decodeNumber(const rocksdb::Slice &bytes)
{
    if (bytes.size() != 8)
        return {};
    return qFromBigEndian<quint64>(bytes.data());
}

inline QByteArray encodeId(const Id128 &id)
{
    QByteArray bytes(16, '\0');
    qToBigEndian(id.high, bytes.data());
    qToBigEndian(id.low, bytes.data() + 8);
    return bytes;
}

inline std::optional<Id128> decodeId(const rocksdb::Slice &bytes)
{
    if (bytes.size() != 16)
        return {};
    return Id128{qFromBigEndian<quint64>(bytes.data()), qFromBigEndian<quint64>(bytes.data() + 8)};
}

// The value of Base: the id before the oldest entry, that entry's epoch and time, and the log's digest up to
// there.
struct StoredBase
{
    quint64 id = 0;
    quint64 epoch = 0;
    qint64 timeMs = 0;
    LogDigest digest = {};
};

inline StoredBase toStored(const LogBase &base)
{
    StoredBase stored{base.at.id, base.at.epoch.number, base.timeMs};
    if (const QByteArray digest = QByteArray::fromHex(base.digest); digest.size() == LogDigest::Size)
        stored.digest = LogDigest::load(digest.constData());
    return stored;
}

inline LogBase fromStored(const StoredBase &stored)
{
    return {{stored.id, stored.epoch}, stored.timeMs, stored.digest.toHex()};
}

inline QByteArray encodeBase(const StoredBase &base)
{
    QByteArray bytes(3 * 8 + LogDigest::Size, '\0');
    qToBigEndian(base.id, bytes.data());
    qToBigEndian(base.epoch, bytes.data() + 8);
    qToBigEndian(base.timeMs, bytes.data() + 16);
    base.digest.store(bytes.data() + 24);
    return bytes;
}

inline std::optional<StoredBase> decodeBase(const rocksdb::Slice &bytes)
{
    if (bytes.size() != 3 * 8 + LogDigest::Size)
        return {};
    return StoredBase{qFromBigEndian<quint64>(bytes.data()), qFromBigEndian<quint64>(bytes.data() + 8),
                      qFromBigEndian<qint64>(bytes.data() + 16), LogDigest::load(bytes.data() + 24)};
}

// The runs of an idempotency key, newest first. The newest holds the key. Older ones, which only a node keeps
// that gives them up later than its master did, hold it again once the newer ones are dropped.
using KeyRuns = std::vector<LogStore::KeyRange>;

inline std::string encodeRuns(const KeyRuns &runs)
{
    std::string bytes;
    for (const LogStore::KeyRange &run : runs)
        bytes += encodeNumber(run.first) + encodeNumber(run.last);
    return bytes;
}

// Empty if they are damaged.
inline KeyRuns decodeRuns(const rocksdb::Slice &bytes)
{
    constexpr std::size_t size = 16;
    KeyRuns runs;
    if (bytes.size() % size != 0)
        return {};
    for (const char *at = bytes.data(); at < bytes.data() + bytes.size(); at += size) {
        const LogStore::KeyRange run{qFromBigEndian<quint64>(at), qFromBigEndian<quint64>(at + size / 2)};
        if (run.first == 0 || run.first > run.last || (!runs.empty() && run.last >= runs.back().first))
            return {};
        runs.push_back(run);
    }
    return runs;
}

} // namespace replog
