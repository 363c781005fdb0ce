// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/queryargs.h"

#include <QSet>

#include <algorithm>
#include <charconv>

using namespace Qt::StringLiterals;

namespace replog {

Result<quint64> parseNumber(QByteArrayView text, const QString &field, quint64 min, quint64 max)
{
    quint64 value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.isEmpty() || status == std::errc::invalid_argument || end != text.data() + text.size())
        return Error{Errc::InvalidArgument, u"%1: must be a whole number"_s.arg(field), field};
    if (status != std::errc() || value < min || value > max) {
        const QString bounds = max == std::numeric_limits<quint64>::max()
                                   ? u"at least %1"_s.arg(min)
                                   : u"from %1 to %2"_s.arg(min).arg(max);
        return Error{Errc::InvalidArgument, u"%1: must be %2"_s.arg(field, bounds), field};
    }
    return value;
}

QueryArgs::QueryArgs(const HttpRequest &request, std::initializer_list<const char *> known)
    : m_request(request)
{
    QSet<QByteArray> seen;
    for (const auto &[name, value] : request.query) {
        if (std::none_of(known.begin(), known.end(),
                         [&name = name](const char *each) { return name == each; }))
            setError(QString::fromUtf8(name), u"is not a parameter of this call"_s);
        else if (seen.contains(name))
            setError(QString::fromUtf8(name), u"is given twice"_s);
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

void QueryArgs::setError(const QString &name, const QString &what)
{
    if (!m_error)
        m_error = Error{Errc::InvalidArgument, u"%1: %2"_s.arg(name, what), name};
}

} // namespace replog
