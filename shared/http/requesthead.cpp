// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/requesthead.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstring>
#include <limits>

namespace replog {

using namespace Qt::StringLiterals;

namespace {

// Characters of a token (RFC 9110, 5.6.2), in lower case; 0 for all others.
constexpr std::array<char, 256> makeTokenTable()
{
    std::array<char, 256> table{};
    for (char c : {'!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~'})
        table[uchar(c)] = c;
    for (int c = '0'; c <= '9'; ++c)
        table[std::size_t(c)] = char(c);
    for (int c = 'a'; c <= 'z'; ++c) {
        table[std::size_t(c)] = char(c);
        table[std::size_t(c - 'a' + 'A')] = char(c);
    }
    return table;
}
constexpr std::array<char, 256> TokenLower = makeTokenTable();

bool isToken(QByteArrayView text)
{
    return !text.isEmpty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return TokenLower[uchar(c)] != 0; });
}

// 1 for the control characters that no value may hold.
constexpr std::array<bool, 256> makeControlTable()
{
    std::array<bool, 256> table{};
    for (std::size_t c = 0; c < 0x20; ++c)
        table[c] = c != '\t';
    table[0x7f] = true;
    return table;
}
constexpr std::array<bool, 256> IsControl = makeControlTable();

bool isTextWithoutControls(QByteArrayView text)
{
    bool any = false;
    for (const char c : text)
        any |= IsControl[uchar(c)];
    return !any;
}

// Compared without a call: these are asked of each field of each request.
template <std::size_t N>
bool is(QByteArrayView text, const char (&literal)[N])
{
    return text.size() == qsizetype(N - 1) && std::memcmp(text.data(), literal, N - 1) == 0;
}

const char *findByte(const char *from, const char *end, char byte)
{
    const void *const found = from < end ? std::memchr(from, byte, std::size_t(end - from)) : nullptr;
    return found != nullptr ? static_cast<const char *>(found) : end;
}

bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

HttpMethod methodOf(QByteArrayView name)
{
    if (name == "POST")
        return HttpMethod::Post;
    if (name == "GET")
        return HttpMethod::Get;
    if (name == "HEAD")
        return HttpMethod::Head;
    if (name == "PUT")
        return HttpMethod::Put;
    if (name == "DELETE")
        return HttpMethod::Delete;
    return HttpMethod::Other;
}

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

// What a host and a port are made of, or nothing at all.
bool isAuthority(QByteArrayView text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        return TokenLower[uchar(c)] != 0 || c == ':' || c == '[' || c == ']' || c == ',' || c == ';' ||
               c == '=' || c == '(' || c == ')';
    });
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

bool parseQuery(QByteArrayView query, QList<QPair<QByteArray, QByteArray>> &items)
{
    for (qsizetype at = 0; at < query.size();) {
        qsizetype end = query.indexOf('&', at);
        if (end < 0)
            end = query.size();
        const QByteArrayView part = query.sliced(at, end - at);
        at = end + 1;
        if (part.isEmpty())
            continue;
        const qsizetype equals = part.indexOf('=');
        QPair<QByteArray, QByteArray> item;
        if (!percentDecode(equals < 0 ? part : part.first(equals), true, item.first) ||
            (equals >= 0 && !percentDecode(part.sliced(equals + 1), true, item.second)))
            return false;
        items.append(std::move(item));
    }
    return true;
}

qsizetype RequestHead::find(QByteArrayView input, qsizetype &scanned)
{
    // Empty lines before the request line are skipped, as RFC 9112 asks, and count as part of the head.
    qsizetype start = 0;
    while (start < input.size() && (input[start] == '\r' || input[start] == '\n'))
        ++start;
    const char *const begin = input.data();
    const char *const end = begin + input.size();
    for (const char *from = begin + std::max(scanned, start);;) {
        const char *const lf = findByte(from, end, '\n');
        if (lf == end) {
            scanned = input.size();
            return 0;
        }
        const qsizetype left = end - lf - 1;
        if (left >= 1 && lf[1] == '\n')
            return lf - begin + 2;
        if (left >= 2 && lf[1] == '\r' && lf[2] == '\n')
            return lf - begin + 3;
        if (left < 2) {
            scanned = lf - begin; // whether an empty line follows is not known yet
            return 0;
        }
        from = lf + 1;
    }
}

bool RequestHead::mayBegin(QByteArrayView input)
{
    const auto first =
        std::find_if(input.begin(), input.end(), [](char c) { return c != '\r' && c != '\n'; });
    return first == input.end() || TokenLower[uchar(*first)] != 0;
}

int RequestHead::parse(QByteArrayView head, QString &detail)
{
    char *at = request.headers.setText(head);
    char *const end = at + head.size();
    while (at < end && (*at == '\r' || *at == '\n'))
        ++at;
    for (bool isFirst = true; at < end; isFirst = false) {
        char *const lf = at + (findByte(at, end, '\n') - at);
        if (lf == end || lf == at || lf[-1] != '\r') {
            detail = u"lines end with CR LF"_s;
            return 400;
        }
        if (lf - 1 == at)
            break;
        const int status =
            isFirst ? parseRequestLine({at, lf - 1 - at}, detail) : parseField(at, lf - 1, detail);
        if (status != 0)
            return status;
        at = lf + 1;
    }
    return checkFraming(detail);
}

int RequestHead::parseRequestLine(QByteArrayView line, QString &detail)
{
    const qsizetype first = line.indexOf(' ');
    const qsizetype last = line.lastIndexOf(' ');
    if (first <= 0 || last <= first || !isToken(line.first(first))) {
        detail = u"the request line is not a method, a target and a version"_s;
        return 400;
    }
    const QByteArrayView version = line.sliced(last + 1);
    const bool isVersion = version.size() == 8 && version.startsWith("HTTP/") && version[6] == '.' &&
                           std::isdigit(uchar(version[5])) && std::isdigit(uchar(version[7]));
    if (!isVersion) {
        detail = u"the request line does not end with a version"_s;
        return 400;
    }
    if (version[5] != '1') {
        detail = u"of HTTP only versions 1.1 and 1.0 are spoken here"_s;
        return 505;
    }
    isHttp10 = version[7] == '0';
    keepAlive = !isHttp10;
    request.method = methodOf(line.first(first));
    return parseTarget(line.sliced(first + 1, last - first - 1), detail);
}

int RequestHead::parseTarget(QByteArrayView target, QString &detail)
{
    bool isClean = !target.isEmpty();
    bool hasHash = false;
    bool isEncoded = false;
    for (const char c : target) {
        isClean = isClean && uchar(c) > 0x20 && c != 0x7f;
        hasHash = hasHash || c == '#';
        isEncoded = isEncoded || c == '%';
    }
    if (!isClean) {
        detail = u"the request target holds a space or control character"_s;
        return 400;
    }
    if (target[0] == 'h' && (target.startsWith("http://") || target.startsWith("https://"))) {
        target = target.sliced(target.indexOf(':') + 3);
        const auto end = std::find_if(target.begin(), target.end(),
                                      [](char c) { return c == '/' || c == '?' || c == '#'; });
        authority = target.first(end - target.begin());
        target = target.sliced(authority.size());
        if (authority.isEmpty() || !isAuthority(authority)) {
            detail = u"the request target names no host"_s;
            return 400;
        }
        if (target.isEmpty())
            target = "/";
    }
    const bool isPath = target[0] == '/' || (target[0] == '?' && !authority.isEmpty());
    if (hasHash || (!isPath && target != "*" && request.method != HttpMethod::Other)) {
        detail = u"the request target is not a path"_s;
        return 400;
    }
    const char *const targetEnd = target.data() + target.size();
    const char *const mark = findByte(target.data(), targetEnd, '?');
    const qsizetype question = mark == targetEnd ? -1 : mark - target.data();
    rawPath = question < 0 ? target : target.first(question);
    if (rawPath.isEmpty())
        rawPath = "/";
    if (isEncoded && rawPath.contains('%') &&
        (!percentDecode(rawPath, false, request.path) || request.path.contains('\0'))) {
        detail = u"the path holds a bad percent-encoding"_s;
        return 400;
    }
    if (question < 0)
        return 0;
    if (!parseQuery(target.sliced(question + 1), request.query)) {
        detail = u"the query holds a bad percent-encoding"_s;
        return 400;
    }
    return 0;
}

int RequestHead::parseField(char *line, char *end, QString &detail)
{
    char *colon = line;
    for (; colon < end && *colon != ':'; ++colon) {
        const char lower = TokenLower[uchar(*colon)];
        if (lower == 0)
            break;
        *colon = lower;
    }
    if (colon == line && colon < end && *colon == ':') {
        detail = u"a header line has no name"_s;
        return 400;
    }
    if (colon == end || *colon != ':') {
        detail = findByte(colon, end, ':') == end
                     ? u"a header line has no name"_s
                     : u"a header name holds a character that is not allowed there"_s;
        return 400;
    }
    const QByteArrayView name(line, colon - line);
    const char *from = colon + 1;
    const char *to = end;
    while (from < to && isBlank(*from))
        ++from;
    while (to > from && isBlank(to[-1]))
        --to;
    const QByteArrayView value(from, to - from);
    if (!isTextWithoutControls(value)) {
        detail = u"the header %1 holds a control character"_s.arg(QLatin1StringView(name));
        return 400;
    }
    request.headers.add(name, value);
    return 0;
}

int RequestHead::checkFraming(QString &detail)
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
            // The target's host is the one that is asked for, whatever the field says.
            if (!authority.isEmpty())
                request.headers.setValue(i, authority);
            else if (!isAuthority(field.value)) {
                detail = u"the Host header names no host"_s;
                return 400;
            }
        } else if (is(field.name, "idempotency-key")) {
            ++keys;
        } else if (is(field.name, "authorization")) {
            ++credentials;
        } else if (is(field.name, "content-type")) {
            ++types;
        } else if (const int status = takeFraming(field, transferEncodings, detail); status != 0) {
            return status;
        }
    }
    for (const auto &[count, name] :
         {std::pair(keys, "Idempotency-Key"), std::pair(credentials, "Authorization"),
          std::pair(types, "Content-Type")}) {
        if (count > 1) {
            detail = u"%1 is given twice"_s.arg(QLatin1StringView(name));
            return 400;
        }
    }
    if (hosts > 1 || (hosts == 0 && !isHttp10)) {
        detail = u"one Host header is wanted"_s;
        return 400;
    }
    if (transferEncodings > 1 || (chunked && (contentLength >= 0 || isHttp10))) {
        detail = u"the length of the body is ambiguous"_s;
        return 400;
    }
    return 0;
}

Result<void> RequestHead::checkContent() const
{
    const QByteArrayView encoding = request.headers.value("content-encoding");
    if (!encoding.isEmpty() && encoding.compare("identity", Qt::CaseInsensitive) != 0)
        return Error{Errc::UnsupportedMedia, u"Content-Encoding: bodies are taken without one"_s,
                     u"Content-Encoding"_s};
    const QByteArray type = request.headers.value("content-type").toByteArray().toLower();
    const QList<QByteArray> parts = type.split(';');
    for (qsizetype i = 1; i < parts.size(); ++i) {
        const QByteArray parameter = parts.at(i).trimmed();
        if (!parameter.startsWith("charset="))
            continue;
        QByteArray charset = parameter.sliced(8).trimmed();
        if (charset.size() >= 2 && charset.startsWith('"') && charset.endsWith('"'))
            charset = charset.sliced(1, charset.size() - 2);
        if (charset != "utf-8" && charset != "us-ascii")
            return Error{Errc::UnsupportedMedia, u"Content-Type: text is taken in UTF-8 only"_s,
                         u"Content-Type"_s};
    }
    return {};
}

int RequestHead::takeFraming(const HeaderFields::Field &field, int &transferEncodings, QString &detail)
{
    const auto [name, value] = field;
    if (is(name, "content-length")) {
        const bool isNumber = !value.isEmpty() && std::all_of(value.begin(), value.end(),
                                                              [](char c) { return c >= '0' && c <= '9'; });
        if (!isNumber || contentLength >= 0) {
            detail = contentLength >= 0 ? u"Content-Length is given twice"_s
                                        : u"Content-Length is not a whole number"_s;
            return 400;
        }
        if (std::from_chars(value.begin(), value.end(), contentLength).ec != std::errc())
            contentLength = std::numeric_limits<qint64>::max();
    } else if (is(name, "transfer-encoding")) {
        if (value.compare("chunked", Qt::CaseInsensitive) != 0) {
            detail = u"the only Transfer-Encoding known here is chunked"_s;
            return 501;
        }
        chunked = true;
        ++transferEncodings;
    } else if (is(name, "connection")) {
        if (listHas(value, "close"))
            keepAlive = false;
        else if (isHttp10 && listHas(value, "keep-alive"))
            keepAlive = true;
    } else if (is(name, "expect")) {
        if (value.compare("100-continue", Qt::CaseInsensitive) != 0) {
            detail = u"the only expectation known here is 100-continue"_s;
            return 417;
        }
        expectContinue = !isHttp10;
    }
    return 0;
}

} // namespace replog
