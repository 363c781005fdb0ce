// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/log/entry.h"
#include "shared/store/logdigest.h"

#include <QtEndian>

#include <string>
#include <string_view>

namespace replog {

// How the store keeps entries: in records of entries that follow on each other and were committed together,
// of up to 16 KiB or of one entry; for RocksDB a record is one key, whatever it holds. Key: the id of the
// last entry, big-endian, so that byte order is log order and a seek to an id finds the record that holds it.
// Value, its numbers little-endian:
//   checksum (4 bytes, over that id and all that follows) | count of entries (4) | LogDigest of the log
//   before its first entry (16) | the entries
// An entry is a byte of flags, what they say, and varint size | message. What an entry has in common with the
// one before it takes no room; before the first one all is 0, empty or w = 1 as asked by a number:
//   1     zigzag varint: the epoch minus the one before
//   2     zigzag varint: the time minus the one before
//   4     asked (1 byte) | varint w
//   8,16  key: 0 none, 1 as before, 2 varint size | bytes
//   32,64 type: the same
//   128   varint size | headers
// The checksum shows if a value was damaged, or is under another id than it was written for.

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

// What an entry of a record is encoded against: the entry before it.
struct RecordContext
{
    quint64 epoch = 0;
    qint64 timeMs = 0;
    quint32 w = 1;
    Asked asked = Asked::Number;
};

// Gathers entries into the value of a record.
class RecordBuilder
{
public:
    // `digest`: of the log before the first entry that will be added.
    explicit RecordBuilder(const LogDigest &digest = {}) : m_digest(digest) {}

    bool isEmpty() const { return m_count == 0; }
    std::size_t size() const { return m_value.size(); }
    // Whether the record should end before this entry: to read one message, all of its record is read and
    // checked.
    bool isFullFor(const EntryView &entry) const;
    // The entry must follow on the one before it.
    void add(const EntryView &entry);

    quint64 lastId() const { return m_lastId; }
    // Of the log up to the last entry added, also after clear().
    const LogDigest &digest() const { return m_digest; }
    // The value; valid until clear(). Nothing can be added after it.
    std::string_view finish();
    void clear();

private:
    std::string m_value;
    quint32 m_count = 0;
    quint64 m_lastId = 0;
    LogDigest m_digest;
    RecordContext m_before;
    QByteArray m_key;  // of the entry before
    QByteArray m_type; // the same
};

// Goes through the entries of a record, first to last. The views point into `value`.
class RecordReader
{
public:
    RecordReader(quint64 lastId, std::string_view value);

    // False from the start or from some entry on if the record is damaged; there are no further entries then.
    bool isIntact() const { return m_intact; }
    // Id of the first entry, of an intact record.
    quint64 firstId() const { return m_firstId; }
    // Of the log before that entry.
    const LogDigest &digestBefore() const { return m_digestBefore; }
    // False after the last one.
    bool next(EntryView &entry);

private:
    bool read(EntryView &entry);
    bool takeShared(int kind, QByteArrayView &bytes);

    const char *m_at = nullptr;
    const char *m_end = nullptr;
    quint64 m_firstId = 0;
    quint64 m_nextId = 0;
    quint32 m_left = 0;
    bool m_intact = false;
    LogDigest m_digestBefore;
    RecordContext m_before;
    QByteArrayView m_key; // of the entry before
    QByteArrayView m_type;
};

} // namespace replog
