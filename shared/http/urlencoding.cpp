// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/urlencoding.h"

namespace replog {

namespace {

int hexValue(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

} // namespace

bool percentDecode(QByteArrayView text, bool plusIsSpace, QByteArray &out)
{
    out.clear();
    out.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '%') {
            const int high = i + 2 < text.size() ? hexValue(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hexValue(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            out.append(char(high * 16 + low));
            i += 2;
        } else {
            out.append(c == '+' && plusIsSpace ? ' ' : c);
        }
    }
    return true;
}

QueryFault parseQuery(QByteArrayView query, QList<QPair<QByteArray, QByteArray>> &items)
{
    for (qsizetype at = 0; at < query.size();) {
        qsizetype end = query.indexOf('&', at);
        if (end < 0)
            end = query.size();
        const QByteArrayView part = query.sliced(at, end - at);
        at = end + 1;
        if (part.isEmpty())
            continue;
        if (items.size() == MaxQueryItems)
            return QueryFault::TooMany;
        const qsizetype equals = part.indexOf('=');
        auto &[name, value] = items.emplaceBack();
        if (!percentDecode(equals < 0 ? part : part.first(equals), true, name)) {
            name.clear();
            return QueryFault::Encoding;
        }
        if (equals >= 0 && !percentDecode(part.sliced(equals + 1), true, value))
            return QueryFault::Encoding;
    }
    return QueryFault::None;
}

} // namespace replog
