// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/id128.h"
#include "shared/base/result.h"

#include <QByteArrayView>
#include <QString>

#include <array>
#include <cstring>
#include <optional>

namespace replog {

// How every document from outside is read, in either encoding: once, from front to back, and each value is
// checked as it is read. The first value that does not fit ends the reading, and the error names the field
// with its path ("entries[3].w"). CborDocument and JsonDocument are the two encodings; a function that reads
// a kind of document is a template over them, made of readObject() and readArray() below. Any thread.

// The largest whole number in a document: the largest that JSON numbers hold exactly.
inline constexpr quint64 MaxWholeNumber = (quint64(1) << 53) - 1;

struct Field
{
    QByteArrayView name;
    bool required = true;
};

// What the two forms share: where in the document the reader is, and the first thing that did not fit.
class DocumentReader
{
public:
    // Unknown fields are an error, or are skipped (documents of a later version may have them).
    enum class Unknown { Refuse, Skip };

    explicit DocumentReader(Unknown unknown) : m_unknown(unknown) {}
    Q_DISABLE_COPY_MOVE(DocumentReader)

    bool ok() const { return m_ok; }
    // Why the reader is not ok; call it only then.
    const Error &error() const { return m_error; }
    // The first field that was skipped, with its path; empty if there was none.
    const QString &skipped() const { return m_skipped; }

    // The value at this place does not fit: "must be …", "is …". The first failure counts. Always false.
    bool fail(const QString &what);
    // The same for a field of the object at this place.
    bool failField(QByteArrayView name, const QString &what);

    // A step of the path to the value being read: a field of an object, or an element of an array.
    struct Step
    {
        const Step *outer = nullptr;
        QByteArrayView field = {};
        qsizetype index = -1;
    };
    // Adds a step to the path, as long as it lives.
    class Path
    {
    public:
        explicit Path(DocumentReader &reader) : m_reader(reader), m_step{reader.m_step}
        {
            reader.m_step = &m_step;
        }
        ~Path() { m_reader.m_step = m_step.outer; }
        Q_DISABLE_COPY_MOVE(Path)
        void setField(QByteArrayView name) { m_step.field = name; }
        void nextElement() { ++m_step.index; }
        qsizetype index() const { return m_step.index; }

    private:
        DocumentReader &m_reader;
        Step m_step;
    };

protected:
    // True if the field is to be skipped.
    bool maySkip(QByteArrayView name);
    void failNumber(quint64 min, quint64 max);
    void failSize(qsizetype maxBytes);

    bool m_ok = true;

private:
    QString pathOf(const Step *step) const;

    const Unknown m_unknown;
    const Step *m_step = nullptr;
    Error m_error;
    QString m_skipped;
};

// The place of that name in the table, Count if it is not there; looks from `next` on first.
template <size_t Count>
size_t fieldNamed(const std::array<Field, Count> &table, QByteArrayView name, size_t next)
{
    // The operator of QByteArrayView is a call into Qt for each look-up, even of names of different lengths.
    const auto isThere = [&](size_t i) {
        const QByteArrayView &held = table[i].name;
        return held.size() == name.size() &&
               (held.data() == name.data() ||
                std::memcmp(held.data(), name.data(), static_cast<size_t>(name.size())) == 0);
    };
    for (size_t i = next; i < Count; ++i) {
        if (isThere(i))
            return i;
    }
    for (size_t i = 0; i < next; ++i) {
        if (isThere(i))
            return i;
    }
    return Count;
}

// Reads the object at this place. It calls `take(i)`, which reads the value, for each field of the table that
// the object has, and deals with unknown, repeated and missing fields itself. The table has the order in
// which our own encoders write, so that a look-up costs one comparison.
template <size_t Count, typename Document, typename Take>
bool readObject(Document &document, const std::array<Field, Count> &table, Take take)
{
    static_assert(Count < 64);
    quint64 seen = 0;
    {
        DocumentReader::Path path(document);
        size_t next = 0;
        const auto expected = [&] { return next < Count ? table[next].name : QByteArrayView(); };
        const auto takeField = [&](QByteArrayView name) {
            const size_t i = fieldNamed(table, name, next);
            if (i == Count)
                return document.skipUnknown(name);
            path.setField(table[i].name);
            if (seen >> i & 1)
                return document.fail(QStringLiteral("is given twice"));
            seen |= quint64(1) << i;
            next = i + 1;
            take(i);
            path.setField({});
            return document.ok();
        };
        document.readFields(expected, takeField);
    }
    for (size_t i = 0; document.ok() && i < Count; ++i) {
        if (table[i].required && !(seen >> i & 1))
            return document.failField(table[i].name, QStringLiteral("is missing"));
    }
    return document.ok();
}

// Reads the array at this place; `take()` reads each element.
template <typename Document, typename Take>
bool readArray(Document &document, Take take)
{
    DocumentReader::Path path(document);
    document.readElements([&] {
        path.nextElement();
        take();
        return document.ok();
    });
    return document.ok();
}

template <typename Document>
Id128 readId(Document &document)
{
    const auto id = Id128::fromHex(document.token());
    if (!id)
        document.fail(QStringLiteral("must be 32 lower-case hex digits, not all 0"));
    return id.value_or(Id128{});
}

// A null id where the node has none yet.
template <typename Document>
Id128 readIdOrNull(Document &document)
{
    return document.takeNull() ? Id128{} : readId(document);
}

// The start of an epoch; 0 where the document has null, since the start is not known.
template <typename Document>
quint64 readStart(Document &document)
{
    const auto start = startFromHex(document.token());
    if (!start)
        document.fail(QStringLiteral("must be 16 lower-case hex digits, not all 0"));
    return start.value_or(0);
}

template <typename Document>
quint64 readStartOrNull(Document &document)
{
    return document.takeNull() ? 0 : readStart(document);
}

} // namespace replog
