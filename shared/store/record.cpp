// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/record.h"

#include "shared/store/xxh3.h"

namespace replog {

namespace {

constexpr std::size_t FullSize = 16 * 1024;
constexpr std::size_t ChecksumSize = 4;
constexpr std::size_t DigestAt = ChecksumSize + 4;
constexpr std::size_t HeadSize = DigestAt + LogDigest::Size;
constexpr std::size_t MaxVarint = 10;
// Flags, four numbers, asked, and the sizes of key, type, headers and message.
constexpr std::size_t MaxEntryHead = 2 + 7 * MaxVarint;

enum Flag : quint8 { EpochDiffers = 1, TimeDiffers = 2, ConcernDiffers = 4, HasHeaders = 128 };
constexpr int KeyShift = 3;
constexpr int TypeShift = 5;
enum Shared : quint8 { None = 0, AsBefore = 1, Follows = 2 };

// `body` is all of the value but the checksum.
quint32 checksum(quint64 lastId, std::string_view body)
{
    return quint32(xxh3(body.data(), body.size(), lastId));
}

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

// Makes a small number of a small difference of either sign.
constexpr quint64 zigzag(quint64 difference)
{
    return (difference << 1) ^ ((difference >> 63) != 0 ? ~quint64(0) : 0);
}

constexpr quint64 unzigzag(quint64 coded)
{
    return (coded >> 1) ^ ((coded & 1) != 0 ? ~quint64(0) : 0);
}

bool getBytes(const char *&at, const char *end, QByteArrayView &bytes)
{
    quint64 size = 0;
    if (!getVarint(at, end, size) || size > quint64(end - at))
        return false;
    bytes = QByteArrayView(at, qsizetype(size));
    at += size;
    return true;
}

Shared sharedWith(QByteArrayView bytes, const QByteArray &before)
{
    if (bytes.isEmpty())
        return None;
    return bytes == before ? AsBefore : Follows;
}

} // namespace

bool RecordBuilder::isFullFor(const EntryView &entry) const
{
    return m_count > 0 &&
           m_value.size() + std::size_t(entry.type.size() + entry.headers.size() + entry.message.size()) >
               FullSize;
}

void RecordBuilder::add(const EntryView &entry)
{
    if (m_count == 0) {
        m_value.resize(HeadSize);
        m_digest.store(m_value.data() + DigestAt);
        m_before = {};
        m_key.clear();
        m_type.clear();
    }
    quint8 flags = 0;
    char head[MaxEntryHead];
    char *at = head + 1;
    if (entry.epoch != m_before.epoch) {
        flags |= EpochDiffers;
        at = putVarint(at, zigzag(entry.epoch - m_before.epoch));
    }
    if (entry.timeMs != m_before.timeMs) {
        flags |= TimeDiffers;
        at = putVarint(at, zigzag(quint64(entry.timeMs) - quint64(m_before.timeMs)));
    }
    if (entry.w != m_before.w || entry.asked != m_before.asked) {
        flags |= ConcernDiffers;
        *at++ = char(entry.asked);
        at = putVarint(at, entry.w);
    }
    m_before = {entry.epoch, entry.timeMs, entry.w, entry.asked};
    const Shared key = sharedWith(entry.key, m_key);
    const Shared type = sharedWith(entry.type, m_type);
    flags |= quint8((key << KeyShift) | (type << TypeShift));
    if (!entry.headers.isEmpty())
        flags |= HasHeaders;
    head[0] = char(flags);

    const auto append = [this, &at, &head](QByteArrayView bytes) {
        at = putVarint(at, quint64(bytes.size()));
        m_value.append(head, std::size_t(at - head));
        m_value.append(bytes.data(), std::size_t(bytes.size()));
        at = head;
    };
    if (key == Follows) {
        append(entry.key);
        m_key = entry.key.toByteArray();
    } else if (key == None) {
        m_key.clear();
    }
    if (type == Follows) {
        append(entry.type);
        m_type = entry.type.toByteArray();
    } else if (type == None) {
        m_type.clear();
    }
    if (flags & HasHeaders)
        append(entry.headers);
    append(entry.message);
    m_digest = m_digest.with(entry);
    m_lastId = entry.id;
    ++m_count;
}

std::string_view RecordBuilder::finish()
{
    qToLittleEndian(m_count, m_value.data() + ChecksumSize);
    qToLittleEndian(checksum(m_lastId, std::string_view(m_value).substr(ChecksumSize)), m_value.data());
    return m_value;
}

void RecordBuilder::clear()
{
    if (m_value.capacity() <= 2 * FullSize)
        m_value.clear();
    else
        std::string().swap(m_value); // a large message's memory is not kept
    m_count = 0;
}

RecordReader::RecordReader(quint64 lastId, std::string_view value)
{
    if (value.size() < HeadSize)
        return;
    m_left = qFromLittleEndian<quint32>(value.data() + ChecksumSize);
    m_intact = m_left > 0 && m_left <= lastId &&
               qFromLittleEndian<quint32>(value.data()) == checksum(lastId, value.substr(ChecksumSize));
    m_firstId = m_nextId = lastId - m_left + 1;
    m_digestBefore = LogDigest::load(value.data() + DigestAt);
    m_at = value.data() + HeadSize;
    m_end = value.data() + value.size();
}

bool RecordReader::next(EntryView &entry)
{
    if (!m_intact || m_left == 0)
        return false;
    m_intact = read(entry) && (m_left > 1 || m_at == m_end);
    if (!m_intact)
        return false;
    --m_left;
    entry.id = m_nextId++;
    return true;
}

bool RecordReader::read(EntryView &entry)
{
    if (m_at == m_end)
        return false;
    const quint8 flags = quint8(*m_at++);
    quint64 number = 0;
    if (flags & EpochDiffers) {
        if (!getVarint(m_at, m_end, number))
            return false;
        m_before.epoch += unzigzag(number);
    }
    if (flags & TimeDiffers) {
        if (!getVarint(m_at, m_end, number))
            return false;
        m_before.timeMs = qint64(quint64(m_before.timeMs) + unzigzag(number));
    }
    if (flags & ConcernDiffers) {
        if (m_at == m_end || quint8(*m_at) > quint8(Asked::All))
            return false;
        m_before.asked = Asked(*m_at++);
        if (!getVarint(m_at, m_end, number) || number > 0xffffffffU)
            return false;
        m_before.w = quint32(number);
    }
    if (!takeShared((flags >> KeyShift) & 3, m_key) || !takeShared((flags >> TypeShift) & 3, m_type))
        return false;
    entry.headers = {};
    if ((flags & HasHeaders) && !getBytes(m_at, m_end, entry.headers))
        return false;
    entry.epoch = m_before.epoch;
    entry.timeMs = m_before.timeMs;
    entry.w = m_before.w;
    entry.asked = m_before.asked;
    entry.key = m_key;
    entry.type = m_type;
    return getBytes(m_at, m_end, entry.message);
}

bool RecordReader::takeShared(int kind, QByteArrayView &bytes)
{
    switch (kind) {
    case None:
        bytes = {};
        return true;
    case AsBefore:
        return !bytes.isEmpty();
    case Follows:
        return getBytes(m_at, m_end, bytes) && !bytes.isEmpty();
    default:
        return false;
    }
}

} // namespace replog
