// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/entrycodec.h"

#include "shared/store/xxh3.h"

#include <QtEndian>

#include <cstring>

namespace replog {

namespace {

constexpr std::size_t ChecksumSize = 4;

char *putVarint(char *at, quint64 value)
{
    while (value >= 0x80) {
        *at++ = char(value | 0x80);
        value >>= 7;
    }
    *at++ = char(value);
    return at;
}

bool getVarint(const char *&at, const char *end, quint64 &value)
{
    value = 0;
    for (unsigned shift = 0; at != end && shift < 64; shift += 7) {
        const quint64 byte = quint8(*at++);
        value |= (byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

quint32 checksum(quint64 id, std::string_view head, std::string_view message)
{
    return quint32(xxh3(message.data(), message.size(), xxh3(head.data(), head.size(), id)));
}

} // namespace

EntryKey::EntryKey(quint64 id)
{
    qToBigEndian(id, bytes);
}

quint64 entryIdOf(std::string_view key)
{
    return key.size() == EntryKeySize ? qFromBigEndian<quint64>(key.data()) : 0;
}

std::string_view encodeHead(const Entry &entry, std::string &buffer)
{
    constexpr std::size_t VarintsSize = 10 + 5 + 10;
    const std::size_t keySize = std::size_t(entry.key.size());
    if (buffer.size() < ChecksumSize + VarintsSize + keySize)
        buffer.resize(ChecksumSize + VarintsSize + keySize);
    char *const start = buffer.data();
    char *at = start + ChecksumSize;
    at = putVarint(at, entry.epoch);
    at = putVarint(at, entry.w);
    at = putVarint(at, keySize);
    if (keySize > 0)
        std::memcpy(at, entry.key.constData(), keySize);
    at += keySize;
    const std::string_view head(start, std::size_t(at - start));
    qToLittleEndian(checksum(entry.id, head.substr(ChecksumSize),
                             {entry.message.constData(), std::size_t(entry.message.size())}),
                    start);
    return head;
}

bool decodeEntry(quint64 id, std::string_view value, EntryView &entry)
{
    if (value.size() < ChecksumSize)
        return false;
    const char *const start = value.data() + ChecksumSize;
    const char *const end = value.data() + value.size();
    const char *at = start;
    quint64 epoch = 0;
    quint64 w = 0;
    quint64 keySize = 0;
    if (!getVarint(at, end, epoch) || !getVarint(at, end, w) || !getVarint(at, end, keySize) || w > 0xffffffffU
        || keySize > quint64(end - at))
        return false;
    const char *const key = at;
    at += keySize;
    const std::string_view message(at, std::size_t(end - at));
    if (qFromLittleEndian<quint32>(value.data()) != checksum(id, {start, std::size_t(at - start)}, message))
        return false;
    entry = {id, epoch, quint32(w), QByteArrayView(key, qsizetype(keySize)),
             QByteArrayView(message.data(), qsizetype(message.size()))};
    return true;
}

} // namespace replog
