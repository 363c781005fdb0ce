// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/requesthead.h"

#include <algorithm>
#include <array>
#include <cctype>
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

// Names that nearly every request carries, to be shared by all of them.
const QByteArray *commonName(QByteArrayView name)
{
    static const std::array<QByteArray, 7> Names{"host", "content-type", "content-length", "accept", "user-agent",
                                                 "connection", "idempotency-key"};
    for (const QByteArray &common : Names) {
        if (common.size() == name.size()
            && std::equal(name.begin(), name.end(), common.begin(), [](char c, char lower) { return TokenLower[uchar(c)] == lower; }))
            return &common;
    }
    return nullptr;
}

bool isToken(QByteArrayView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](char c) { return TokenLower[uchar(c)] != 0; });
}

bool isTextWithoutControls(QByteArrayView text)
{
    return std::none_of(text.begin(), text.end(), [](char c) { return (uchar(c) < 0x20 && c != '\t') || c == 0x7f; });
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

qsizetype RequestHead::find(QByteArrayView input, qsizetype &scanned)
{
    // Empty lines before the request line are skipped, as RFC 9112 asks, and count as part of the head.
    qsizetype start = 0;
    while (start < input.size() && (input[start] == '\r' || input[start] == '\n'))
        ++start;
    qsizetype at = std::max(scanned, start);
    while (true) {
        const qsizetype lf = input.indexOf('\n', at);
        if (lf < 0) {
            scanned = input.size();
            return 0;
        }
        const QByteArrayView rest = input.sliced(lf + 1);
        if (rest.startsWith('\n'))
            return lf + 2;
        if (rest.startsWith("\r\n"))
            return lf + 3;
        if (rest.size() < 2) {
            scanned = lf;   // whether an empty line follows is not known yet
            return 0;
        }
        at = lf + 1;
    }
}

bool RequestHead::mayBegin(QByteArrayView input)
{
    const auto first = std::find_if(input.begin(), input.end(), [](char c) { return c != '\r' && c != '\n'; });
    return first == input.end() || TokenLower[uchar(*first)] != 0;
}

int RequestHead::parse(QByteArrayView head, QString &detail)
{
    bool isFirst = true;
    request.headers.reserve(8);
    qsizetype at = 0;
    while (at < head.size() && (head[at] == '\r' || head[at] == '\n'))
        ++at;
    while (at < head.size()) {
        const qsizetype lf = head.indexOf('\n', at);
        if (lf <= at || head[lf - 1] != '\r') {
            detail = u"lines end with CR LF"_s;
            return 400;
        }
        const QByteArrayView line = head.sliced(at, lf - 1 - at);
        at = lf + 1;
        if (line.isEmpty())
            break;
        const int status = isFirst ? parseRequestLine(line, detail) : parseHeader(line, detail);
        if (status != 0)
            return status;
        isFirst = false;
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
    const bool isVersion = version.size() == 8 && version.startsWith("HTTP/") && version[6] == '.'
        && std::isdigit(uchar(version[5])) && std::isdigit(uchar(version[7]));
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
    const bool isClean = std::all_of(target.begin(), target.end(), [](char c) { return uchar(c) > 0x20 && c != 0x7f; });
    if (!isClean || target.isEmpty()) {
        detail = u"the request target holds a space or control character"_s;
        return 400;
    }
    if (target.startsWith("http://") || target.startsWith("https://")) {
        const qsizetype slash = target.indexOf('/', target.indexOf(':') + 3);
        target = slash < 0 ? QByteArrayView("/") : target.sliced(slash);
    }
    const qsizetype hash = target.indexOf('#');
    const qsizetype question = target.indexOf('?');
    if (hash >= 0 || (target[0] != '/' && target != "*" && request.method != HttpMethod::Other)) {
        detail = u"the request target is not a path"_s;
        return 400;
    }
    const QByteArrayView path = question < 0 ? target : target.first(question);
    rawPath = path.toByteArray();
    if (!path.contains('%')) {
        request.path = rawPath;
    } else if (!percentDecode(path, false, request.path) || request.path.contains('\0')) {
        detail = u"the path holds a bad percent-encoding"_s;
        return 400;
    }
    if (question < 0)
        return 0;
    const QByteArrayView query = target.sliced(question + 1);
    qsizetype at = 0;
    while (at < query.size()) {
        qsizetype end = query.indexOf('&', at);
        if (end < 0)
            end = query.size();
        const QByteArrayView part = query.sliced(at, end - at);
        at = end + 1;
        if (part.isEmpty())
            continue;
        const qsizetype equals = part.indexOf('=');
        QPair<QByteArray, QByteArray> item;
        if (!percentDecode(equals < 0 ? part : part.first(equals), true, item.first)
            || (equals >= 0 && !percentDecode(part.sliced(equals + 1), true, item.second))) {
            detail = u"the query holds a bad percent-encoding"_s;
            return 400;
        }
        request.query.append(std::move(item));
    }
    return 0;
}

int RequestHead::parseHeader(QByteArrayView line, QString &detail)
{
    const qsizetype colon = line.indexOf(':');
    if (colon <= 0) {
        detail = u"a header line has no name"_s;
        return 400;
    }
    QByteArray name;
    if (const QByteArray *common = commonName(line.first(colon))) {
        name = *common;
    } else {
        name = QByteArray(colon, Qt::Uninitialized);
        char *to = name.data();
        for (qsizetype i = 0; i < colon; ++i) {
            const char c = TokenLower[uchar(line[i])];
            if (c == 0) {
                detail = u"a header name holds a character that is not allowed there"_s;
                return 400;
            }
            to[i] = c;
        }
    }
    const QByteArrayView value = line.sliced(colon + 1).trimmed();
    if (!isTextWithoutControls(value)) {
        detail = u"the header %1 holds a control character"_s.arg(QString::fromLatin1(name));
        return 400;
    }
    request.headers.append({std::move(name), value.toByteArray()});
    return 0;
}

int RequestHead::checkFraming(QString &detail)
{
    int hosts = 0;
    int transferEncodings = 0;
    for (const auto &[name, value] : std::as_const(request.headers)) {
        if (name == "host") {
            ++hosts;
        } else if (name == "content-length") {
            const bool isNumber = !value.isEmpty()
                && std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
            if (!isNumber || contentLength >= 0) {
                detail = contentLength >= 0 ? u"Content-Length is given twice"_s
                                            : u"Content-Length is not a whole number"_s;
                return 400;
            }
            bool fits = false;
            contentLength = value.toLongLong(&fits);
            if (!fits)
                contentLength = std::numeric_limits<qint64>::max();
        } else if (name == "transfer-encoding") {
            if (value.compare("chunked", Qt::CaseInsensitive) != 0) {
                detail = u"the only Transfer-Encoding known here is chunked"_s;
                return 501;
            }
            chunked = true;
            ++transferEncodings;
        } else if (name == "connection") {
            if (listHas(value, "close"))
                keepAlive = false;
            else if (isHttp10 && listHas(value, "keep-alive"))
                keepAlive = true;
        } else if (name == "expect") {
            if (value.compare("100-continue", Qt::CaseInsensitive) != 0) {
                detail = u"the only expectation known here is 100-continue"_s;
                return 417;
            }
            expectContinue = !isHttp10;
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

} // namespace replog
