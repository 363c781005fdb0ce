// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/httprequest.h"

#include <algorithm>

namespace replog {

QByteArray HttpRequest::header(QByteArrayView lowerCaseName) const
{
    for (const auto &[name, value] : headers) {
        if (name == lowerCaseName)
            return value;
    }
    return {};
}

bool HttpRequest::hasHeader(QByteArrayView lowerCaseName) const
{
    for (const auto &[name, value] : headers) {
        if (name == lowerCaseName)
            return true;
    }
    return false;
}

std::optional<QByteArray> HttpRequest::queryValue(QByteArrayView name) const
{
    for (const auto &[key, value] : query) {
        if (key == name)
            return value;
    }
    return std::nullopt;
}

QByteArray HttpRequest::contentType() const
{
    const QByteArray value = header("content-type");
    // What nearly every request has, shared instead of made anew.
    if (std::all_of(value.begin(), value.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '/' || c == '-'; }))
        return value;
    const qsizetype semicolon = value.indexOf(';');
    return (semicolon < 0 ? value : value.first(semicolon)).trimmed().toLower();
}

bool HttpRequest::accepts(QByteArrayView mediaType) const
{
    for (const auto &[name, value] : headers) {
        if (name != "accept")
            continue;
        for (const QByteArray &part : value.split(',')) {
            const QList<QByteArray> pieces = part.split(';');
            if (pieces.first().trimmed().compare(mediaType, Qt::CaseInsensitive) != 0)
                continue;
            // A weight of zero says "anything but this".
            for (qsizetype i = 1; i < pieces.size(); ++i) {
                const QByteArray parameter = pieces.at(i).trimmed().toLower();
                bool isNumber = false;
                if (parameter.startsWith("q=") && parameter.sliced(2).toDouble(&isNumber) <= 0 && isNumber)
                    return false;
            }
            return true;
        }
    }
    return false;
}

} // namespace replog
