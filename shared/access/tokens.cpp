// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/access/tokens.h"

#include <QCryptographicHash>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr qsizetype MaxToken = 512;
constexpr size_t MaxTokens = 1000; // each request is compared with all of them

bool isToken(QByteArrayView text)
{
    while (text.endsWith('='))
        text.chop(1);
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               QByteArrayView("-._~+/").contains(c);
    });
}

QByteArray digestOf(QByteArrayView token)
{
    return QCryptographicHash::hash(token, QCryptographicHash::Sha256);
}

// Constant time: compares every byte, even if an earlier one differs.
bool isEqual(const QByteArray &a, const QByteArray &b)
{
    uchar difference = 0;
    for (qsizetype i = 0; i < a.size(); ++i)
        difference = uchar(difference | (uchar(a[i]) ^ uchar(b[i])));
    return difference == 0;
}

QByteArrayView takeWord(QByteArrayView &line)
{
    const auto isGap = [](char c) { return c == ' ' || c == '\t' || c == ','; };
    const auto begin = std::find_if_not(line.begin(), line.end(), isGap);
    const auto end = std::find_if(begin, line.end(), isGap);
    const QByteArrayView word(begin, end - begin);
    line = line.sliced(end - line.begin());
    return word;
}

} // namespace

Result<Tokens> Tokens::parse(QByteArrayView text, Kind kind)
{
    if (text.startsWith("\xef\xbb\xbf"))
        text = text.sliced(3);
    Tokens tokens;
    qsizetype number = 0;
    const auto bad = [&number](const QString &what) {
        return Error{Errc::InvalidArgument, u"line %1: %2"_s.arg(QString::number(number), what)};
    };
    while (!text.isEmpty()) {
        ++number;
        const qsizetype lf = text.indexOf('\n');
        QByteArrayView line = lf < 0 ? text : text.first(lf);
        text = lf < 0 ? QByteArrayView() : text.sliced(lf + 1);
        if (const qsizetype comment = line.indexOf('#'); comment >= 0)
            line = line.first(comment);
        line = line.trimmed();
        if (line.isEmpty())
            continue;
        const QByteArrayView token = takeWord(line);
        if (token.size() > MaxToken || !isToken(token))
            return bad(
                u"a token is up to %1 letters, digits and \"-._~+/\", with \"=\" at its end at most"_s.arg(
                    MaxToken));
        Rights rights;
        while (!line.isEmpty()) {
            const QByteArrayView word = takeWord(line);
            if (word.isEmpty())
                continue;
            if (kind == Kind::Cluster)
                return bad(u"behind the token of a cluster stands nothing"_s);
            if (word == "read")
                rights.add(Right::Read);
            else if (word == "append")
                rights.add(Right::Append);
            else if (word == "operate")
                rights.add(Right::Operate);
            else
                return bad(u"behind a token stand its rights: read, append, operate"_s);
        }
        if (kind == Kind::Cluster)
            rights.add(Right::Cluster);
        else if (rights.isEmpty())
            rights = {Right::Read, Right::Append, Right::Operate};
        if (tokens.rightsOf(token))
            return bad(u"this token stands further up, too"_s);
        if (tokens.m_known.size() == MaxTokens)
            return bad(u"there are more than %1 tokens"_s.arg(MaxTokens));
        if (kind == Kind::Cluster && tokens.m_known.empty())
            tokens.m_sent = token.toByteArray();
        tokens.m_known.push_back({digestOf(token), rights});
    }
    if (tokens.m_known.empty())
        return Error{Errc::InvalidArgument, u"there is no token in it"_s};
    return tokens;
}

std::optional<Rights> Tokens::rightsOf(QByteArrayView token) const
{
    const QByteArray digest = digestOf(token);
    std::optional<Rights> rights;
    for (const Known &known : m_known) {
        if (isEqual(known.digest, digest))
            rights = known.rights;
    }
    return rights;
}

} // namespace replog
