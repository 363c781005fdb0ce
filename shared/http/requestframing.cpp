// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/httptokens.h"
#include "shared/http/requesthead.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

// Reads the header fields that say where the request's body ends, and refuses what can be read in more than
// one way.
namespace replog {

using namespace Qt::StringLiterals;

namespace {

// Compares without a call, since each field of each request is compared with these.
template <std::size_t N>
bool is(QByteArrayView text, const char (&literal)[N])
{
    return text.size() == qsizetype(N - 1) && std::memcmp(text.data(), literal, N - 1) == 0;
}

bool listHas(QByteArrayView list, QByteArrayView lowerCaseWord)
{
    qsizetype at = 0;
    while (at <= list.size()) {
        qsizetype comma = list.indexOf(',', at);
        if (comma < 0)
            comma = list.size();
        if (list.sliced(at, comma - at).trimmed().compare(lowerCaseWord, Qt::CaseInsensitive) == 0)
            return true;
        at = comma + 1;
    }
    return false;
}

} // namespace

bool RequestHead::checkFraming(HttpRefusal &why)
{
    int hosts = 0;
    int keys = 0;
    int transferEncodings = 0;
    int credentials = 0;
    int types = 0;
    for (qsizetype i = 0; i < request.headers.size(); ++i) {
        HeaderFields::Field field = request.headers.at(i);
        if (is(field.name, "host")) {
            ++hosts;
            // A host in the target counts instead of the Host field.
            if (!authority.isEmpty())
                request.headers.setValue(i, authority);
            else if (!isAuthority(field.value))
                return refuse(why, 400, u"the Host header names no host"_s, u"Host"_s);
        } else if (is(field.name, "idempotency-key")) {
            ++keys;
        } else if (is(field.name, "authorization")) {
            ++credentials;
        } else if (is(field.name, "content-type")) {
            ++types;
        } else if (!takeFraming(field, transferEncodings, why)) {
            return false;
        }
    }
    for (const auto &[count, name] :
         {std::pair(keys, "Idempotency-Key"), std::pair(credentials, "Authorization"),
          std::pair(types, "Content-Type")}) {
        if (count > 1)
            return refuse(why, 400, u"%1 is given twice"_s.arg(QLatin1StringView(name)),
                          QLatin1StringView(name));
    }
    // Only an old client that names no host at all may do without.
    if (hosts > 1 || (hosts == 0 && (!isHttp10 || !authority.isEmpty())))
        return refuse(why, 400, u"one Host header is wanted"_s, u"Host"_s);
    if (transferEncodings > 1 || (chunked && (contentLength >= 0 || isHttp10)))
        return refuse(why, 400, u"the length of the body is ambiguous"_s, u"Transfer-Encoding"_s);
    return true;
}

Result<void> RequestHead::checkContent() const
{
    for (qsizetype i = 0; i < request.headers.size(); ++i) { // more than one line is a list in pieces
        const auto [name, encoding] = request.headers.at(i);
        if (is(name, "content-encoding") && !encoding.isEmpty() &&
            encoding.compare("identity", Qt::CaseInsensitive) != 0)
            return Error{Errc::UnsupportedMedia, u"Content-Encoding: bodies are taken without one"_s,
                         u"Content-Encoding"_s};
    }
    const QByteArrayView asSent = request.headers.value("content-type");
    if (!asSent.contains(';'))
        return {};
    const QByteArray type = asSent.toByteArray().toLower();
    const QList<QByteArray> parts = type.split(';');
    for (qsizetype i = 1; i < parts.size(); ++i) {
        const qsizetype equals = parts.at(i).indexOf('=');
        if (equals < 0 || parts.at(i).first(equals).trimmed() != "charset")
            continue;
        QByteArray charset = parts.at(i).sliced(equals + 1).trimmed();
        if (charset.size() >= 2 && charset.startsWith('"') && charset.endsWith('"'))
            charset = charset.sliced(1, charset.size() - 2);
        if (charset != "utf-8" && charset != "us-ascii")
            return Error{Errc::UnsupportedMedia, u"Content-Type: text is taken in UTF-8 only"_s,
                         u"Content-Type"_s};
    }
    return {};
}

bool RequestHead::takeFraming(const HeaderFields::Field &field, int &transferEncodings, HttpRefusal &why)
{
    const auto [name, value] = field;
    if (is(name, "content-length")) {
        const bool isNumber = !value.isEmpty() && std::all_of(value.begin(), value.end(),
                                                              [](char c) { return c >= '0' && c <= '9'; });
        if (!isNumber || contentLength >= 0)
            return refuse(why, 400,
                          contentLength >= 0 ? u"Content-Length is given twice"_s
                                             : u"Content-Length is not a whole number"_s,
                          u"Content-Length"_s);
        if (std::from_chars(value.begin(), value.end(), contentLength).ec != std::errc())
            contentLength = std::numeric_limits<qint64>::max();
    } else if (is(name, "transfer-encoding")) {
        if (value.compare("chunked", Qt::CaseInsensitive) != 0)
            return refuse(why, 501, u"the only Transfer-Encoding known here is chunked"_s,
                          u"Transfer-Encoding"_s);
        chunked = true;
        ++transferEncodings;
    } else if (is(name, "connection")) {
        if (listHas(value, "close"))
            keepAlive = false;
        else if (isHttp10 && listHas(value, "keep-alive"))
            keepAlive = true;
    } else if (is(name, "expect")) {
        if (value.compare("100-continue", Qt::CaseInsensitive) != 0)
            return refuse(why, 417, u"the only expectation known here is 100-continue"_s, u"Expect"_s);
        expectContinue = !isHttp10;
    }
    return true;
}

} // namespace replog
