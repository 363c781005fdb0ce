// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/nodeurl.h"
#include "shared/base/options.h"

#include <QRegularExpression>

#include <array>
#include <cmath>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

Error expected(const QString &what)
{
    return Error{Errc::InvalidArgument, what};
}

using Unit = std::pair<QLatin1StringView, double>;

// Parses "<number><unit>" into the smallest unit; null if it is malformed.
template <size_t N>
std::optional<double> withUnit(const QString &text, const std::array<Unit, N> &units)
{
    static const QRegularExpression form(uR"(^([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)$)"_s);
    const auto match = form.match(text.trimmed());
    if (!match.hasMatch())
        return std::nullopt;
    const double number = match.capturedView(1).toDouble();
    for (const auto &[name, factor] : units) {
        if (match.capturedView(2).compare(name, Qt::CaseInsensitive) == 0)
            return number * factor;
    }
    if (number == 0 && match.capturedView(2).isEmpty())
        return 0;
    return std::nullopt;
}

QString range(const QString &min, const QString &max, bool bounded)
{
    return bounded ? u" from %1 to %2"_s.arg(min, max) : u" of at least %1"_s.arg(min);
}

QString asDuration(qint64 ms)
{
    if (ms && ms % 60000 == 0)
        return QString::number(ms / 60000) + u'm';
    if (ms && ms % 1000 == 0)
        return QString::number(ms / 1000) + u's';
    return QString::number(ms) + u"ms"_s;
}

QString asSize(qint64 bytes)
{
    if (bytes && bytes % (1024 * 1024 * 1024) == 0)
        return QString::number(bytes / (1024 * 1024 * 1024)) + u"GiB"_s;
    if (bytes && bytes % (1024 * 1024) == 0)
        return QString::number(bytes / (1024 * 1024)) + u"MiB"_s;
    if (bytes && bytes % 1024 == 0)
        return QString::number(bytes / 1024) + u"KiB"_s;
    return QString::number(bytes);
}

Result<QVariant> urlValue(const QString &text, const QString &what)
{
    const auto url = parseNodeUrl(text, DefaultPort::Allowed);
    if (!url)
        return expected(what);
    return QVariant(*url);
}

} // namespace

Options::Parser Options::integer(qint64 min, qint64 max)
{
    return [=](const QString &text) -> Result<QVariant> {
        bool ok = false;
        const qint64 value = text.trimmed().toLongLong(&ok);
        if (!ok || value < min || value > max)
            return expected(u"expected a whole number"_s + range(QString::number(min), QString::number(max),
                                                                 max != std::numeric_limits<qint64>::max()));
        return QVariant(value);
    };
}

Options::Parser Options::realNumber(double min, double max)
{
    return [=](const QString &text) -> Result<QVariant> {
        bool ok = false;
        const double value = text.trimmed().toDouble(&ok);
        if (!ok || !(value >= min && value <= max))
            return expected(u"expected a number"_s + range(QString::number(min), QString::number(max), true));
        return QVariant(value);
    };
}

Options::Parser Options::duration(qint64 minMs, qint64 maxMs)
{
    static constexpr std::array<Unit, 5> units{Unit{"ms"_L1, 1}, Unit{"s"_L1, 1e3}, Unit{"m"_L1, 6e4},
                                               Unit{"h"_L1, 3.6e6}, Unit{"d"_L1, 8.64e7}};
    return [=](const QString &text) -> Result<QVariant> {
        const auto ms = withUnit(text, units);
        if (!ms || std::round(*ms) < double(minMs) || std::round(*ms) > double(maxMs))
            return expected(
                u"expected a duration such as 50ms, 2s or 1m,"_s +
                range(asDuration(minMs), asDuration(maxMs), maxMs != std::numeric_limits<qint32>::max()));
        return QVariant(qint64(std::llround(*ms)));
    };
}

Options::Parser Options::size(qint64 min, qint64 max)
{
    static constexpr std::array<Unit, 10> units{Unit{""_L1, 1},
                                                Unit{"B"_L1, 1},
                                                Unit{"KiB"_L1, 1024},
                                                Unit{"MiB"_L1, 1048576},
                                                Unit{"GiB"_L1, 1073741824},
                                                Unit{"TiB"_L1, 1099511627776},
                                                Unit{"KB"_L1, 1e3},
                                                Unit{"MB"_L1, 1e6},
                                                Unit{"GB"_L1, 1e9},
                                                Unit{"TB"_L1, 1e12}};
    return [=](const QString &text) -> Result<QVariant> {
        const auto bytes = withUnit(text, units);
        if (!bytes || *bytes > 9e18 || qint64(*bytes) < min || qint64(*bytes) > max)
            return expected(u"expected a size such as 512, 64KiB or 1MiB,"_s +
                            range(asSize(min), asSize(max), max != std::numeric_limits<qint64>::max()));
        return QVariant(qint64(*bytes));
    };
}

Options::Parser Options::boolean()
{
    return [](const QString &text) -> Result<QVariant> {
        const QString value = text.trimmed().toLower();
        if (value == "true"_L1 || value == "yes"_L1 || value == "on"_L1 || value == "1"_L1)
            return QVariant(true);
        if (value == "false"_L1 || value == "no"_L1 || value == "off"_L1 || value == "0"_L1)
            return QVariant(false);
        return expected(u"expected true or false"_s);
    };
}

Options::Parser Options::oneOf(const QStringList &values)
{
    return [values](const QString &text) -> Result<QVariant> {
        if (!values.contains(text))
            return expected(u"expected one of "_s + values.join(u", "_s));
        return QVariant(text);
    };
}

Options::Parser Options::hostPort()
{
    return [](const QString &text) -> Result<QVariant> {
        const QString what = u"expected host:port or an http URL of host and port"_s;
        if (text.contains("://"_L1))
            return urlValue(text, what);
        const auto url = parseNodeUrl(u"http://"_s + text, DefaultPort::Refused);
        if (!url || text.endsWith(u'/'))
            return expected(what);
        return QVariant(*url);
    };
}

Options::Parser Options::httpUrl()
{
    return [](const QString &text) {
        return urlValue(text, u"expected an http URL of host and port, such as http://10.0.0.1:20000"_s);
    };
}

Options::Parser Options::nonEmpty()
{
    return [](const QString &text) -> Result<QVariant> {
        if (text.isEmpty())
            return expected(u"expected a text that is not empty"_s);
        return QVariant(text);
    };
}

Options::Parser Options::nodeName()
{
    return [](const QString &text) -> Result<QVariant> {
        static const QRegularExpression form(u"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\\z"_s);
        if (!form.match(text).hasMatch())
            return expected(
                u"expected 1 to 64 letters, digits, '.', '_' and '-', the first a letter or digit"_s);
        return QVariant(text);
    };
}

} // namespace replog
