// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/httprequest.h"

namespace replog {

std::optional<QByteArray> HttpRequest::queryValue(QByteArrayView name) const
{
    for (const auto &[key, value] : query) {
        if (key == name)
            return value;
    }
    return std::nullopt;
}

QByteArrayView HttpRequest::mediaType() const
{
    const QByteArrayView value = headers.value("content-type");
    const qsizetype semicolon = value.indexOf(';');
    return semicolon < 0 ? value : value.first(semicolon).trimmed();
}

bool HttpRequest::isOfType(QByteArrayView type) const
{
    const QByteArrayView own = mediaType();
    return own.size() == type.size() && own.compare(type, Qt::CaseInsensitive) == 0;
}

bool HttpRequest::accepts(QByteArrayView mediaType) const
{
    for (qsizetype field = 0; field < headers.size(); ++field) {
        const auto [name, value] = headers.at(field);
        if (name != "accept")
            continue;
        for (const QByteArray &part : value.toByteArray().split(',')) {
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
