// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/chunkdecoder.h"

#include "shared/http/httptokens.h"

#include <algorithm>

namespace replog {

namespace {
constexpr qsizetype MaxLine = 1024; // a chunk's size with its extensions
constexpr qsizetype MaxTrailers = 8 * 1024;
constexpr qsizetype MaxSizeDigits = 12; // 2^48 bytes in one chunk
} // namespace

qsizetype ChunkDecoder::decode(QByteArrayView input, QByteArray &out)
{
    qsizetype at = 0;
    while (at < input.size() && m_state != State::End && m_state != State::Broken) {
        if (m_state == State::Data) {
            const qsizetype take = qsizetype(std::min<quint64>(m_left, quint64(input.size() - at)));
            out.append(input.sliced(at, take));
            at += take;
            m_left -= quint64(take);
            if (m_left == 0)
                m_state = State::DataEnd;
            continue;
        }
        const qsizetype lf = input.indexOf('\n', at);
        const qsizetype stop = lf < 0 ? input.size() : lf;
        if (m_line.size() + stop - at > MaxLine) {
            m_state = State::Broken;
            break;
        }
        m_line.append(input.sliced(at, stop - at));
        at = lf < 0 ? stop : stop + 1;
        if (lf >= 0)
            takeLine();
    }
    return at;
}

void ChunkDecoder::takeLine()
{
    if (!m_line.endsWith('\r')) {
        m_state = State::Broken;
        return;
    }
    m_line.chop(1);
    if (std::any_of(m_line.begin(), m_line.end(),
                    [](char c) { return (uchar(c) < 0x20 && c != '\t') || c == 0x7f; })) {
        m_state = State::Broken;
        return;
    }
    switch (m_state) {
    case State::Size: {
        const qsizetype semicolon = m_line.indexOf(';');
        QByteArray digits = semicolon < 0 ? m_line : m_line.first(semicolon);
        while (semicolon > 0 && (digits.endsWith(' ') || digits.endsWith('\t')))
            digits.chop(1);
        const bool isHex =
            !digits.isEmpty() && digits.size() <= MaxSizeDigits &&
            std::all_of(digits.begin(), digits.end(), [](char c) { return isxdigit(uchar(c)) != 0; });
        if (!isHex) {
            m_state = State::Broken;
            break;
        }
        m_left = digits.toULongLong(nullptr, 16);
        ++m_chunks;
        m_state = m_left == 0 ? State::Trailer : State::Data;
        break;
    }
    case State::DataEnd:
        m_state = m_line.isEmpty() ? State::Size : State::Broken;
        break;
    case State::Trailer:
        m_trailerBytes += m_line.size();
        if (m_line.isEmpty())
            m_state = State::End;
        else if (m_trailerBytes > MaxTrailers ||
                 !isToken(m_line.first(std::max<qsizetype>(m_line.indexOf(':'), 0))))
            m_state = State::Broken;
        break;
    case State::Data:
    case State::End:
    case State::Broken:
        break;
    }
    m_line.clear();
}

} // namespace replog
