// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/log/cborcursor.h"
#include "shared/log/documentreader.h"

#include <limits>

namespace replog {

// A document in CBOR. Views that it gives are valid until the next read, or as long as the bytes that it was
// given.
class CborDocument : public DocumentReader
{
public:
    explicit CborDocument(QByteArrayView cbor, Unknown unknown = Unknown::Refuse)
        : DocumentReader(unknown), m_in(cbor)
    {
    }

    // `expected()` is the name that comes next in the documents of our own encoders: it is not read, but
    // compared.
    template <typename Expected, typename Take>
    void readFields(Expected expected, Take take)
    {
        auto map = m_in.enterMap();
        if (!m_in.ok()) {
            fail(QStringLiteral("must be an object"));
            return;
        }
        while (m_in.next(map)) {
            QByteArrayView name = expected();
            if (!m_in.takeText(name))
                name = m_in.text(m_name);
            if (!m_in.ok()) {
                fail(QStringLiteral("has a field whose name cannot be read"));
                return;
            }
            if (!take(name))
                return;
        }
        if (!m_in.ok())
            fail(QStringLiteral("is cut short"));
    }

    template <typename Take>
    void readElements(Take take)
    {
        auto array = m_in.enterArray();
        if (!m_in.ok()) {
            fail(QStringLiteral("must be an array"));
            return;
        }
        while (m_in.next(array)) {
            if (!take())
                return;
        }
        if (!m_in.ok())
            fail(QStringLiteral("is cut short"));
    }

    quint64 number(quint64 min = 0, quint64 max = MaxWholeNumber)
    {
        const quint64 value = m_in.number();
        if (!m_in.ok() || value < min || value > max)
            failNumber(min, max);
        return value;
    }
    // Valid UTF-8.
    QByteArrayView text(qsizetype maxBytes = std::numeric_limits<qsizetype>::max());
    // A text of which the caller takes certain ASCII characters alone, so that UTF-8 is not looked for.
    QByteArrayView token();
    // Any bytes; a text string is accepted, too.
    QByteArrayView bytes(qsizetype maxBytes = std::numeric_limits<qsizetype>::max());
    // Whether the value here is null; reads it if so.
    bool takeNull() { return m_in.takeNull(); }
    bool skipUnknown(QByteArrayView name);
    // Whether the document was read to its end.
    bool finish();
    // Bytes not read yet: a count that the document claims is checked against them.
    qsizetype remaining() const { return m_in.remaining(); }

private:
    CborCursor m_in;
    QByteArray m_name;    // of texts in pieces
    QByteArray m_scratch; // the same
};

} // namespace replog
