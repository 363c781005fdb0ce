// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/requesthead.h"

#include "shared/http/httptokens.h"
#include "shared/http/urlencoding.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>

namespace replog {

using namespace Qt::StringLiterals;

namespace {

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

} // namespace

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

HttpRefusal RequestHead::parse(QByteArrayView head)
{
    HttpRefusal why;
    parseLines(head, why);
    return why;
}

bool RequestHead::parseLines(QByteArrayView head, HttpRefusal &why)
{
    char *at = request.headers.setText(head);
    char *const end = at + head.size();
    while (at < end && (*at == '\r' || *at == '\n'))
        ++at;
    for (bool isFirst = true; at < end; isFirst = false) {
        char *const lf = at + (findByte(at, end, '\n') - at);
        if (lf == end || lf == at || lf[-1] != '\r')
            return refuse(why, 400, u"lines end with CR LF"_s);
        if (lf - 1 == at)
            break;
        if (!(isFirst ? parseRequestLine({at, lf - 1 - at}, why) : parseField(at, lf - 1, why)))
            return false;
        at = lf + 1;
    }
    return checkFraming(why);
}

bool RequestHead::parseRequestLine(QByteArrayView line, HttpRefusal &why)
{
    const qsizetype first = line.indexOf(' ');
    const qsizetype last = line.lastIndexOf(' ');
    if (first <= 0 || last <= first || !isToken(line.first(first)))
        return refuse(why, 400, u"the request line is not a method, a target and a version"_s);
    const QByteArrayView version = line.sliced(last + 1);
    const bool isVersion = version.size() == 8 && version.startsWith("HTTP/") && version[6] == '.' &&
                           std::isdigit(uchar(version[5])) && std::isdigit(uchar(version[7]));
    if (!isVersion)
        return refuse(why, 400, u"the request line does not end with a version"_s);
    if (version[5] != '1')
        return refuse(why, 505, u"of HTTP only versions 1.1 and 1.0 are spoken here"_s);
    isHttp10 = version[7] == '0';
    keepAlive = !isHttp10;
    request.method = methodOf(line.first(first));
    return parseTarget(line.sliced(first + 1, last - first - 1), why);
}

bool RequestHead::parseTarget(QByteArrayView target, HttpRefusal &why)
{
    bool isClean = !target.isEmpty();
    bool hasHash = false;
    bool isEncoded = false;
    for (const char c : target) {
        isClean = isClean && uchar(c) > 0x20 && c != 0x7f;
        hasHash = hasHash || c == '#';
        isEncoded = isEncoded || c == '%';
    }
    if (!isClean)
        return refuse(why, 400, u"the request target holds a space or control character"_s);
    const qsizetype scheme = target[0] == '/' ? -1 : target.indexOf("://");
    if (scheme > 0 && (isWord(target.first(scheme), "http") || isWord(target.first(scheme), "https"))) {
        target = target.sliced(scheme + 3);
        const auto end = std::find_if(target.begin(), target.end(),
                                      [](char c) { return c == '/' || c == '?' || c == '#'; });
        authority = target.first(end - target.begin());
        target = target.sliced(authority.size());
        if (authority.isEmpty() || !isAuthority(authority))
            return refuse(why, 400, u"the request target names no host"_s);
        if (target.isEmpty())
            target = "/";
    }
    const bool isPath = target[0] == '/' || (target[0] == '?' && !authority.isEmpty());
    if (hasHash || (!isPath && target != "*" && request.method != HttpMethod::Other))
        return refuse(why, 400, u"the request target is not a path"_s);
    const char *const targetEnd = target.data() + target.size();
    const char *const mark = findByte(target.data(), targetEnd, '?');
    const qsizetype question = mark == targetEnd ? -1 : mark - target.data();
    rawPath = question < 0 ? target : target.first(question);
    if (rawPath.isEmpty())
        rawPath = "/";
    if (isEncoded && rawPath.contains('%') &&
        (!percentDecode(rawPath, false, request.path) || request.path.contains('\0')))
        return refuse(why, 400, u"the path holds a bad percent-encoding"_s);
    if (question < 0)
        return true;
    switch (parseQuery(target.sliced(question + 1), request.query)) {
    case QueryFault::None:
        return true;
    case QueryFault::Encoding:
        return refuse(why, 400, u"the query holds a bad percent-encoding"_s,
                      QString::fromUtf8(request.query.constLast().first));
    case QueryFault::TooMany:
        return refuse(why, 400, u"the query holds more than %1 arguments"_s.arg(MaxQueryItems));
    }
    Q_UNREACHABLE();
}

bool RequestHead::parseField(char *line, char *end, HttpRefusal &why)
{
    char *colon = line;
    for (; colon < end && *colon != ':'; ++colon) {
        const char lower = TokenLower[uchar(*colon)];
        if (lower == 0)
            break;
        *colon = lower;
    }
    if (colon == line && colon < end && *colon == ':')
        return refuse(why, 400, u"a header line has no name"_s);
    if (colon == end || *colon != ':')
        return refuse(why, 400,
                      findByte(colon, end, ':') == end
                          ? u"a header line has no name"_s
                          : u"a header name holds a character that is not allowed there"_s);
    const QByteArrayView name(line, colon - line);
    const char *from = colon + 1;
    const char *to = end;
    while (from < to && isBlank(*from))
        ++from;
    while (to > from && isBlank(to[-1]))
        --to;
    const QByteArrayView value(from, to - from);
    if (!isTextWithoutControls(value))
        return refuse(why, 400, u"a header holds a control character"_s, QLatin1StringView(name));
    if (request.headers.size() == MaxFields)
        return refuse(why, 431, u"a request has at most %1 header fields"_s.arg(MaxFields));
    request.headers.add(name, value);
    return true;
}

} // namespace replog
