// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/store/logstore.h"

#include <rocksdb/slice.h>

#include <QtEndian>

#include <cstring>
#include <optional>
#include <string>

namespace replog {

// Names and values in the default and keys column families.
namespace storekeys {

inline constexpr char Format[] = "format";
inline constexpr char FormatVersion[] = "3";
inline constexpr char Role[] = "role";
inline constexpr char Name[] = "name";
inline constexpr char NodeId[] = "node";
inline constexpr char Epoch[] = "epoch";
inline constexpr char FirstId[] = "first";
inline constexpr char Committed[] = "committed";
// "<node id> <last id> <digest> <sequence>" of the backup that the folder was made of, and " new" until a
// node has run on it.
inline constexpr char Restored[] = "restored";
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

inline std::string encodeRange(const LogStore::KeyRange &range)
{
    return encodeNumber(range.first) + encodeNumber(range.last);
}

inline std::optional<LogStore::KeyRange> decodeRange(const rocksdb::Slice &bytes)
{
    if (bytes.size() != 16)
        return {};
    return LogStore::KeyRange{qFromBigEndian<quint64>(bytes.data()),
                              qFromBigEndian<quint64>(bytes.data() + 8)};
}

} // namespace replog
