// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/entryrules.h"

#include <QtEndian>

#include <simdjson.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isLower(char c)
{
    return c >= 'a' && c <= 'z';
}

bool isLetter(char c)
{
    return isLower(c) || (c >= 'A' && c <= 'Z');
}

bool isPrintable(char c)
{
    return c >= 0x20 && c < 0x7f;
}

// RFC 9110, section 5.6.2.
bool isToken(QByteArrayView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](char c) {
        return isLetter(c) || isDigit(c) || QByteArrayView("!#$%&'*+-.^_`|~").contains(c);
    });
}

} // namespace

bool isValidKey(QByteArrayView key)
{
    return !key.isEmpty() && key.size() <= MaxKeyBytes && std::all_of(key.begin(), key.end(), isPrintable);
}

bool isValidMediaType(QByteArrayView type)
{
    if (type.size() > MaxTypeBytes || !std::all_of(type.begin(), type.end(), isPrintable))
        return false;
    const qsizetype semicolon = type.indexOf(';');
    const QByteArrayView essence = (semicolon < 0 ? type : type.first(semicolon)).trimmed();
    const qsizetype slash = essence.indexOf('/');
    return slash > 0 && isToken(essence.first(slash)) && isToken(essence.sliced(slash + 1));
}

bool isValidHeaderName(QByteArrayView name)
{
    return !name.isEmpty() && name.size() <= MaxHeaderNameBytes &&
           std::all_of(name.begin(), name.end(), [](char c) { return isLower(c) || isDigit(c) || c == '-'; });
}

bool isValidHeaderValue(QByteArrayView value)
{
    if (!simdjson::validate_utf8(value.data(), static_cast<size_t>(value.size())))
        return false;
    for (qsizetype i = 0; i < value.size(); ++i) {
        const auto c = static_cast<unsigned char>(value[i]);
        if (c < 0x20 || c == 0x7f)
            return false;
        if (c == 0xc2 && static_cast<unsigned char>(value[i + 1]) < 0xa0) // U+0080 to U+009F
            return false;
    }
    return true;
}

bool isValidNodeName(QByteArrayView name)
{
    return !name.isEmpty() && name.size() <= MaxNodeNameBytes &&
           (isLetter(name.front()) || isDigit(name.front())) &&
           std::all_of(name.begin(), name.end(),
                       [](char c) { return isLetter(c) || isDigit(c) || c == '.' || c == '_' || c == '-'; });
}

Result<void> HeaderPacker::add(QByteArrayView name, QByteArrayView value)
{
    const auto refused = [](const QString &what) { return Error{Errc::InvalidArgument, what}; };
    if (!isValidHeaderName(name))
        return refused(u"is not a header's name: 1 to %1 of a-z, 0-9 and '-'"_s.arg(MaxHeaderNameBytes));
    if (!isValidHeaderValue(value))
        return refused(u"must be text in UTF-8 without control characters"_s);
    if (m_headers.size() == MaxHeaders)
        return refused(u"is one header too many: %1 are the most"_s.arg(MaxHeaders));
    m_bytes += name.size() + value.size();
    if (m_bytes > MaxHeadersBytes)
        return refused(u"makes the headers larger than %1 bytes"_s.arg(MaxHeadersBytes));
    const auto at =
        std::lower_bound(m_headers.begin(), m_headers.end(), name,
                         [](const Header &each, QByteArrayView wanted) { return each.name < wanted; });
    if (at != m_headers.end() && at->name == name)
        return refused(u"is given twice"_s);
    m_headers.insert(at, {name.toByteArray(), value.toByteArray()});
    return {};
}

QByteArray HeaderPacker::take()
{
    QByteArray packed;
    packed.reserve(m_bytes + static_cast<qsizetype>(m_headers.size()) * 3);
    for (const Header &header : m_headers) {
        char length[2];
        qToBigEndian(static_cast<quint16>(header.value.size()), length);
        packed.append(static_cast<char>(header.name.size())).append(header.name);
        packed.append(length, 2).append(header.value);
    }
    m_headers.clear();
    m_bytes = 0;
    return packed;
}

bool HeaderReader::next(QByteArrayView &name, QByteArrayView &value)
{
    const qsizetype nameSize = m_rest.isEmpty() ? 0 : static_cast<unsigned char>(m_rest[0]);
    if (nameSize == 0 || m_rest.size() < nameSize + 3)
        return false;
    const qsizetype valueSize = qFromBigEndian<quint16>(m_rest.data() + 1 + nameSize);
    if (m_rest.size() < nameSize + 3 + valueSize)
        return false;
    name = m_rest.sliced(1, nameSize);
    value = m_rest.sliced(nameSize + 3, valueSize);
    m_rest = m_rest.sliced(nameSize + 3 + valueSize);
    return true;
}

qsizetype countHeaders(QByteArrayView packed)
{
    HeaderReader headers(packed);
    QByteArrayView name, value;
    qsizetype count = 0;
    while (headers.next(name, value))
        ++count;
    return count;
}

} // namespace replog
