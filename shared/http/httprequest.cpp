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

// Most elements of Accept that are looked at: a browser sends eight.
constexpr qsizetype MaxWishes = 32;

// Takes the text up to the next separator, without white space around it, off the front of `list`.
QByteArrayView takePiece(QByteArrayView &list, char separator)
{
    const qsizetype end = list.indexOf(separator);
    const QByteArrayView piece = end < 0 ? list : list.first(end);
    list = end < 0 ? QByteArrayView() : list.sliced(end + 1);
    return piece.trimmed();
}

double weightOf(QByteArrayView parameters)
{
    while (!parameters.isEmpty()) {
        const QByteArrayView parameter = takePiece(parameters, ';');
        bool isNumber = false;
        const bool isWeight = parameter.size() > 2 && isWord(parameter.first(2), "q=");
        const double weight = isWeight ? parameter.sliced(2).toDouble(&isNumber) : 1;
        if (isNumber)
            return weight;
    }
    return 1;
}

int specificityOf(QByteArrayView range, QByteArrayView mediaType)
{
    if (isWord(range, mediaType))
        return 3;
    if (range == "*/*")
        return 1;
    const qsizetype kind = range.size() - 1; // with its slash
    const bool isOfKind =
        range.endsWith("/*") && kind < mediaType.size() && isWord(range.first(kind), mediaType.first(kind));
    return isOfKind ? 2 : 0;
}

Wish wishFor(const HeaderFields &headers, QByteArrayView mediaType)
{
    Wish wish;
    qsizetype place = 0;
    for (qsizetype field = 0; field < headers.size(); ++field) {
        const auto [name, value] = headers.at(field);
        if (name != "accept")
            continue;
        for (QByteArrayView left = value; !left.isEmpty() && place < MaxWishes;) {
            ++place;
            QByteArrayView element = takePiece(left, ',');
            const int specificity = specificityOf(takePiece(element, ';'), mediaType);
            if (specificity > wish.specificity)
                wish = {weightOf(element), specificity, place};
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
