// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/cbordocument.h"

#include <simdjson.h>

using namespace Qt::StringLiterals;

namespace replog {

QByteArrayView CborDocument::text(qsizetype maxBytes)
{
    const QByteArrayView read = m_in.text(m_scratch);
    if (!m_in.ok() || !simdjson::validate_utf8(read.data(), static_cast<size_t>(read.size())))
        fail(u"must be text in UTF-8"_s);
    else if (read.size() > maxBytes)
        failSize(maxBytes);
    else
        return read;
    return {};
}

QByteArrayView CborDocument::token()
{
    const QByteArrayView read = m_in.text(m_scratch);
    if (!m_in.ok())
        fail(u"must be text in UTF-8"_s);
    return read;
}

QByteArrayView CborDocument::bytes(qsizetype maxBytes)
{
    const QByteArrayView read = m_in.bytes(m_scratch);
    if (!m_in.ok())
        fail(u"must be bytes or text"_s);
    else if (read.size() > maxBytes)
        failSize(maxBytes);
    else
        return read;
    return {};
}

bool CborDocument::skipUnknown(QByteArrayView name)
{
    if (!maySkip(name))
        return false;
    m_in.skip();
    return m_in.ok() || fail(u"is cut short"_s);
}

bool CborDocument::finish()
{
    return ok() && (m_in.atEnd() || fail(u"has something behind its end"_s));
}

} // namespace replog
