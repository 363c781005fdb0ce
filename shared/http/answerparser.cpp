// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/answerparser.h"

#include "shared/http/httptokens.h"

#include <algorithm>
#include <string_view>

namespace replog {

namespace {
constexpr qsizetype MaxHead = 32 * 1024;
}

qsizetype AnswerParser::feed(QByteArrayView input)
{
    qsizetype at = 0;
    while (at < input.size() && m_state == State::Head)
        at += feedHead(input.sliced(at));
    if (m_state != State::Body)
        return at;
    if (m_isChunked) {
        at += m_chunks.decode(input.sliced(at), m_body);
        if (m_chunks.isBroken())
            breakOff("the chunked answer is malformed");
        else if (m_chunks.isEnd())
            m_state = State::Ready;
    } else {
        const qsizetype here = input.size() - at;
        const qsizetype take = m_left < 0 ? here : qsizetype(std::min<qint64>(m_left, here));
        m_body.append(input.sliced(at, take));
        at += take;
        if (m_left >= 0) {
            m_left -= take;
            if (m_left == 0)
                m_state = State::Ready;
        }
    }
    if (m_body.size() > m_limit)
        breakOffTooLong();
    return at;
}

qsizetype AnswerParser::feedHead(QByteArrayView input)
{
    constexpr std::string_view HeadEnd("\r\n\r\n");
    // A head that is there in one piece, as nearly all are, is not copied.
    const std::string_view text(input.data(), static_cast<std::size_t>(input.size()));
    if (const auto end = m_head.isEmpty() ? text.find(HeadEnd) : text.npos; end != text.npos) {
        const QByteArrayView head = input.first(static_cast<qsizetype>(end + HeadEnd.size()));
        if (mayBegin(head))
            parseHead(head);
        return head.size();
    }
    const qsizetype lf = input.indexOf('\n');
    const QByteArrayView line = lf < 0 ? input : input.first(lf + 1);
    m_head.append(line);
    if (mayBegin(m_head) && m_head.endsWith(QByteArrayView(HeadEnd)))
        parseHead(m_head);
    return line.size();
}

bool AnswerParser::mayBegin(QByteArrayView head)
{
    constexpr QByteArrayView Version("HTTP/1.");
    if (head.size() > MaxHead)
        breakOff("the head of the answer is too long");
    else if (!Version.startsWith(head.first(std::min(head.size(), Version.size()))))
        breakOff("the answer is not HTTP/1.1");
    return m_state == State::Head;
}

void AnswerParser::feedEnd()
{
    if (m_state == State::Body && !m_isChunked && m_left < 0)
        m_state = State::Ready;
    else if (m_state != State::Ready && m_state != State::Broken)
        breakOff("the peer closed the connection before it answered");
}

void AnswerParser::next()
{
    *this = AnswerParser(m_limit);
}

void AnswerParser::parseHead(QByteArrayView whole)
{
    const QByteArrayView head = whole.chopped(2);
    qsizetype at = head.indexOf('\n') + 1;
    const QByteArrayView line = head.first(at).trimmed();
    bool isNumber = false;
    m_status = line.size() >= 12 && line[8] == ' ' ? line.sliced(9, 3).toInt(&isNumber) : 0;
    if (!isNumber || m_status < 100 || m_status > 599) {
        breakOff("the answer has no status");
        return;
    }
    m_keepAlive = line[7] != '0';
    bool hasLength = false;
    while (at < head.size()) {
        const qsizetype lf = head.indexOf('\n', at);
        const QByteArrayView header = head.sliced(at, lf - at);
        at = lf + 1;
        const qsizetype colon = header.indexOf(':');
        if (colon <= 0) {
            breakOff("the answer has a header without a name");
            return;
        }
        const QByteArrayView name = header.first(colon);
        const QByteArrayView value = header.sliced(colon + 1).trimmed();
        if (isWord(name, "content-length")) {
            bool isLength = false;
            m_left = value.toLongLong(&isLength);
            if (!isLength || m_left < 0 || hasLength) {
                breakOff("the answer's Content-Length makes no sense");
                return;
            }
            hasLength = true;
        } else if (isWord(name, "transfer-encoding")) {
            m_isChunked = isWord(value, "chunked");
            if (!m_isChunked) {
                breakOff("the answer's Transfer-Encoding is unknown");
                return;
            }
        } else if (isWord(name, "connection")) {
            if (isWord(value, "close"))
                m_keepAlive = false;
            else if (isWord(value, "keep-alive"))
                m_keepAlive = true;
        } else if (isWord(name, "content-type")) {
            m_contentType = value.toByteArray();
        } else if (isWord(name, "location")) {
            m_location = value.toByteArray();
        }
    }
    if (m_isChunked && hasLength) {
        breakOff("the length of the answer is ambiguous");
    } else if (m_status < 200 && m_status != 101) {
        next(); // an interim answer; the real one follows
    } else if (m_left > m_limit) {
        breakOffTooLong();
    } else if (m_status == 204 || m_status == 304 || m_left == 0) {
        m_state = State::Ready;
    } else {
        m_state = State::Body;
        if (m_left < 0 && !m_isChunked)
            m_keepAlive = false;
    }
}

void AnswerParser::breakOff(const char *fault)
{
    m_fault = fault;
    m_state = State::Broken;
}

void AnswerParser::breakOffTooLong()
{
    breakOff("the answer is too long");
    m_isTooLong = true;
}

} // namespace replog
