// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/httprequest.h"

#include "shared/http/httptokens.h"

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
    return isWord(mediaType(), type);
}

namespace {
// The weight, 0 to 1, that one element of an Accept header, such as "text/*;q=0.5", gives to that type;
// nothing if it does not match it. A more specific element beats a less specific one.
struct Wish
{
    double weight = 0;
    int specificity = 0; // 0: not named at all
    qsizetype place = 0;
};

double weightOf(const QList<QByteArray> &pieces)
{
    for (qsizetype i = 1; i < pieces.size(); ++i) {
        const QByteArray parameter = pieces.at(i).trimmed().toLower();
        bool isNumber = false;
        const double weight = parameter.startsWith("q=") ? parameter.sliced(2).toDouble(&isNumber) : 1;
        if (isNumber)
            return weight;
    }
    return 1;
}

Wish wishFor(const HeaderFields &headers, QByteArrayView mediaType)
{
    Wish wish;
    qsizetype place = 0;
    for (qsizetype field = 0; field < headers.size(); ++field) {
        const auto [name, value] = headers.at(field);
        if (name != "accept")
            continue;
        for (const QByteArray &part : value.toByteArray().split(',')) {
            ++place;
            const QList<QByteArray> pieces = part.split(';');
            const QByteArray range = pieces.first().trimmed().toLower();
            int specificity = 0;
            if (range == mediaType)
                specificity = 3;
            else if (range.endsWith("/*") && mediaType.startsWith(range.chopped(1)))
                specificity = 2;
            else if (range == "*/*")
                specificity = 1;
            if (specificity > wish.specificity)
                wish = {weightOf(pieces), specificity, place};
        }
    }
    return wish;
}
} // namespace

bool HttpRequest::accepts(QByteArrayView mediaType) const
{
    const Wish wish = wishFor(headers, mediaType);
    if (wish.specificity < 3 || wish.weight <= 0)
        return false;
    const Wish other = wishFor(headers, "application/json");
    return other.weight < wish.weight || (other.weight == wish.weight && wish.place < other.place) ||
           (other.weight == wish.weight && other.specificity < 3);
}

} // namespace replog
