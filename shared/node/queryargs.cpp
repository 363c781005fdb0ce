// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/queryargs.h"

#include <QDateTime>
#include <QSet>

#include <algorithm>
#include <charconv>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

QString shownText(QByteArrayView text)
{
    constexpr qsizetype ShownBytes = 64;
    if (text.size() <= ShownBytes)
        return QString::fromUtf8(text);
    return QString::fromUtf8(text.first(ShownBytes)) + u'…';
}

Result<quint64> parseNumber(QByteArrayView text, const QString &field, quint64 min, quint64 max)
{
    quint64 value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.isEmpty() || status == std::errc::invalid_argument || end != text.data() + text.size())
        return Error{Errc::InvalidArgument, u"%1: must be a whole number"_s.arg(field), field};
    if (status != std::errc() || value < min || value > max) {
        const bool isUnbounded = max == std::numeric_limits<quint64>::max() && status == std::errc();
        const QString bounds = isUnbounded ? u"at least %1"_s.arg(min) : u"from %1 to %2"_s.arg(min).arg(max);
        return Error{Errc::InvalidArgument, u"%1: must be %2"_s.arg(field, bounds), field};
    }
    return value;
}

QueryArgs::QueryArgs(const HttpRequest &request, std::initializer_list<const char *> known)
    : m_request(request)
{
    QSet<QByteArray> seen;
    for (const auto &[name, value] : request.query) {
        if (m_error)
            return;
        if (name.isEmpty())
            setError(u"query"_s, u"has a parameter without a name"_s);
        else if (std::none_of(known.begin(), known.end(),
                              [&name = name](const char *each) { return name == each; }))
            setError(shownText(name), u"is not a parameter of this call"_s);
        else if (seen.contains(name))
            setError(shownText(name), u"is given twice"_s);
        seen.insert(name);
    }
}

std::optional<quint64> QueryArgs::number(const char *name, quint64 min, quint64 max)
{
    const auto value = text(name);
    if (!value)
        return std::nullopt;
    const auto number = parseNumber(*value, QString::fromLatin1(name), min, max);
    if (number)
        return *number;
    if (!m_error)
        m_error = number.error();
    return std::nullopt;
}

std::optional<QByteArray> QueryArgs::text(const char *name)
{
    return m_request.queryValue(name);
}

std::optional<qint64> QueryArgs::timeMs(const char *name, qint64 max)
{
    const auto value = text(name);
    if (!value)
        return std::nullopt;
    qint64 ms = -1;
    if (std::all_of(value->cbegin(), value->cend(), [](char c) { return c >= '0' && c <= '9'; })) {
        if (const auto given = parseNumber(*value, QString::fromLatin1(name), 0, static_cast<quint64>(max)))
            ms = static_cast<qint64>(*given);
    } else if (const auto date = QDateTime::fromString(QString::fromUtf8(*value), Qt::ISODateWithMs);
               date.isValid() && date.timeSpec() != Qt::LocalTime) {
        ms = date.toMSecsSinceEpoch();
    }
    if (ms >= 0 && ms <= max)
        return ms;
    setError(QString::fromLatin1(name),
             u"must be milliseconds since 1970, or a time like 2026-01-31T12:00:00Z (a + in it as %2B)"_s);
    return std::nullopt;
}

bool QueryArgs::flag(const char *name)
{
    const auto value = text(name);
    if (value && *value != "0" && *value != "1" && *value != "true" && *value != "false")
        setError(QString::fromLatin1(name), u"must be 1 or 0"_s);
    return value && (*value == "1" || *value == "true");
}

void QueryArgs::setError(const QString &name, const QString &what)
{
    setError(Error{Errc::InvalidArgument, u"%1: %2"_s.arg(name, what), name});
}

void QueryArgs::setError(const Error &error)
{
    if (!m_error)
        m_error = error;
}

HttpServer::Handler withoutParameters(HttpServer::Handler handler)
{
    return [handler = std::move(handler)](HttpRequest &&request, Reply reply) {
        if (const QueryArgs args(request, {}); args.error())
            reply.sendProblem(*args.error());
        else
            handler(std::move(request), std::move(reply));
    };
}

} // namespace replog
