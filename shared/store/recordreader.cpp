// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/recordreader.h"

#include "shared/store/recordformat.h"

namespace replog {

namespace {

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

} // namespace

RecordReader::RecordReader(quint64 lastId, std::string_view value)
{
    if (value.size() < recordformat::HeadSize)
        return;
    m_left = qFromLittleEndian<quint32>(value.data() + recordformat::ChecksumSize);
    m_intact = m_left > 0 && m_left <= lastId &&
               qFromLittleEndian<quint32>(value.data()) ==
                   recordformat::checksum(lastId, value.substr(recordformat::ChecksumSize));
    m_firstId = m_nextId = lastId - m_left + 1;
    m_at = value.data() + recordformat::HeadSize;
    m_end = value.data() + value.size();
}

bool RecordReader::next(EntryView &entry)
{
    if (!m_intact || m_left == 0)
        return false;
    quint64 epoch = 0;
    quint64 w = 0;
    quint64 keySize = 0;
    quint64 messageSize = 0;
    m_intact = getVarint(m_at, m_end, epoch) && getVarint(m_at, m_end, w) &&
               getVarint(m_at, m_end, keySize) && getVarint(m_at, m_end, messageSize) && w <= 0xffffffffU &&
               keySize <= quint64(m_end - m_at) && messageSize <= quint64(m_end - m_at) - keySize &&
               (m_left > 1 || messageSize == quint64(m_end - m_at) - keySize);
    if (!m_intact)
        return false;
    --m_left;
    entry = {m_nextId++, epoch, quint32(w), QByteArrayView(m_at, qsizetype(keySize)),
             QByteArrayView(m_at + keySize, qsizetype(messageSize))};
    m_at += keySize + messageSize;
    return true;
}

} // namespace replog
