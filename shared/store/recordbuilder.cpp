// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/recordbuilder.h"

#include "shared/store/recordformat.h"

namespace replog {

namespace {

constexpr std::size_t FullSize = 16 * 1024;

char *putVarint(char *at, quint64 value)
{
    while (value >= 0x80) {
        *at++ = char(value | 0x80);
        value >>= 7;
    }
    *at++ = char(value);
    return at;
}

} // namespace

bool RecordBuilder::isFullFor(const EntryView &entry) const
{
    return m_count > 0 && m_value.size() + std::size_t(entry.key.size() + entry.message.size()) > FullSize;
}

void RecordBuilder::add(const EntryView &entry)
{
    if (m_count == 0)
        m_value.resize(recordformat::HeadSize);
    char varints[recordformat::MaxVarintsSize];
    char *at = putVarint(varints, entry.epoch);
    at = putVarint(at, entry.w);
    at = putVarint(at, quint64(entry.key.size()));
    at = putVarint(at, quint64(entry.message.size()));
    m_value.append(varints, std::size_t(at - varints));
    m_value.append(entry.key.data(), std::size_t(entry.key.size()));
    m_value.append(entry.message.data(), std::size_t(entry.message.size()));
    m_lastId = entry.id;
    ++m_count;
}

std::string_view RecordBuilder::finish()
{
    qToLittleEndian(m_count, m_value.data() + recordformat::ChecksumSize);
    qToLittleEndian(
        recordformat::checksum(m_lastId, std::string_view(m_value).substr(recordformat::ChecksumSize)),
        m_value.data());
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

} // namespace replog
