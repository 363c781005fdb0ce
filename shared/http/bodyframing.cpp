// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/bodyframing.h"

#include "shared/http/inputbuffer.h"

#include <algorithm>

namespace replog {

bool BodyFraming::take(InputBuffer &input, QByteArray &out)
{
    // Read a long body directly to its place.
    if (!m_isChunked && input.bytes().isEmpty()) {
        const qsizetype read = input.readInto(out, m_left);
        m_left -= read;
        m_taken += read;
        return read > 0;
    }
    if (input.bytes().isEmpty() && !input.fill())
        return false;
    takeFrom(input, input.bytes().size(), out);
    return true;
}

void BodyFraming::takeFrom(InputBuffer &input, qsizetype most, QByteArray &out)
{
    const QByteArrayView bytes = input.bytes().first(std::min(input.bytes().size(), most));
    if (m_isChunked) {
        const qsizetype before = out.size();
        input.consume(m_chunks.decode(bytes, out));
        m_taken += out.size() - before;
        return;
    }
    const qsizetype taken = std::min<qint64>(m_left, bytes.size());
    out.append(bytes.first(taken));
    input.consume(taken);
    m_left -= taken;
    m_taken += taken;
}

} // namespace replog
