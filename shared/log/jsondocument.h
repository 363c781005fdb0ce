// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/log/documentreader.h"

#include <functional>
#include <limits>
#include <memory>

namespace replog {

// A document in JSON (RFC 8259). Views that it gives are valid as long as it lives.
class JsonDocument : public DocumentReader
{
public:
    explicit JsonDocument(QByteArrayView json, Unknown unknown = Unknown::Refuse);
    ~JsonDocument();

    template <typename Expected, typename Take>
    void readFields(Expected, Take take)
    {
        readFieldsOf(std::ref(take));
    }
    template <typename Take>
    void readElements(Take take)
    {
        readElementsOf(std::ref(take));
    }

    // The kind of the value at this place.
    enum class Kind { Null, Boolean, Number, Text, Array, Object, Invalid };
    Kind kind();
    quint64 number(quint64 min = 0, quint64 max = MaxWholeNumber);
    double real(double min, double max);
    bool boolean();
    // Valid UTF-8.
    QByteArrayView text(qsizetype maxBytes = std::numeric_limits<qsizetype>::max());
    // The same as text(): the parser has looked at all of the document's UTF-8.
    QByteArrayView token() { return text(); }
    // Text in base64 (RFC 4648, section 4, with padding), decoded.
    QByteArray base64(qsizetype maxBytes = std::numeric_limits<qsizetype>::max());
    // Whether the value here is null; reads it if so.
    bool takeNull();
    bool skipUnknown(QByteArrayView name) { return maySkip(name); }
    // Whether the document was read to its end.
    bool finish();

private:
    struct Parser;

    static std::unique_ptr<Parser> &kept(); // of this thread; null while it is in use
    void readFieldsOf(const std::function<bool(QByteArrayView)> &take);
    void readElementsOf(const std::function<bool()> &take);

    std::unique_ptr<Parser> m_parser;
};

} // namespace replog
