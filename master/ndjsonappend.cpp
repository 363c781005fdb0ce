// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/ndjsonappend.h"

#include "shared/http/problem.h"
#include "shared/log/jsontext.h"

#include <cstring>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr qsizetype PauseBytes = 8 * 1024 * 1024;
constexpr qsizetype ResumeBytes = 4 * 1024 * 1024;
constexpr qsizetype AppendBytes = 1024 * 1024;

// Which line of the body is the first that was not appended.
QByteArray lineMember(quint64 line)
{
    return "\"line\":" + QByteArray::number(line);
}

// Of waits that ended otherwise nobody knows.
bool isInLog(WaitEnd end)
{
    return end == WaitEnd::Satisfied || end == WaitEnd::TimedOut || end == WaitEnd::Released ||
           end == WaitEnd::ShuttingDown;
}
} // namespace

NdjsonAppend::NdjsonAppend(MasterNode &node, AppendParser &parser, AppendRequest head,
                           std::shared_ptr<BodyStream> body, Reply reply, QObject *parent)
    : QObject(parent), m_node(node), m_parser(parser), m_head(std::move(head)), m_body(std::move(body)),
      m_reply(std::move(reply))
{
    m_body->setHandler({[this](const QByteArray &piece) { handleData(piece); }, [this] { handleEnd(); },
                        [this](const Error &error) { handleBroken(error); }});
    m_reply.onHangUp(this, [this] { end(); });
}

void NdjsonAppend::handleData(const QByteArray &piece)
{
    if (isOver())
        return;
    const char *at = piece.constData();
    const char *const end = at + piece.size();
    while (at != end) {
        const auto *newline = static_cast<const char *>(std::memchr(at, '\n', static_cast<size_t>(end - at)));
        if (!newline) {
            m_partial.append(at, end - at);
            break;
        }
        bool taken = false;
        if (m_partial.isEmpty()) {
            taken = takeLine(QByteArrayView(at, newline - at));
        } else {
            m_partial.append(at, newline - at);
            taken = takeLine(std::exchange(m_partial, {}));
        }
        if (!taken)
            return;
        if (!m_onlyBlank)
            m_body->setHeld(0); // the time for a message begins again
        at = newline + 1;
    }
    m_body->setHeld(m_partial.size() + (m_onlyBlank ? 1 : 0));
    appendCollected();
    if (m_partial.size() > m_parser.maxLineBytes())
        refuseLine(
            m_lineNumber + 1,
            {Errc::TooLarge, u"line: is longer than %1 bytes"_s.arg(m_parser.maxLineBytes()), u"line"_s});
}

void NdjsonAppend::handleEnd()
{
    if (isOver())
        return;
    if (!m_partial.isEmpty() && !takeLine(std::exchange(m_partial, {})))
        return;
    appendCollected();
    m_bodyEnded = true;
    finishIfDone();
}

bool NdjsonAppend::takeLine(QByteArrayView line)
{
    ++m_lineNumber;
    m_onlyBlank = line.trimmed().isEmpty();
    if (m_onlyBlank)
        return true;
    Result<Message> message = m_parser.parseLine(line);
    if (!message) {
        appendCollected();
        refuseLine(m_lineNumber, message.error());
        return false;
    }
    if (m_collected.empty())
        m_collectedFrom = m_lineNumber;
    m_collectedBytes += message->body.size() + message->headers.size() + MasterLog::MessageOverhead;
    m_collected.push_back(std::move(*message));
    if (m_collectedBytes >= AppendBytes)
        appendCollected();
    return !isOver();
}

void NdjsonAppend::appendCollected()
{
    if (m_collected.empty() || isOver())
        return;
    AppendRequest append = m_head;
    append.messages = std::exchange(m_collected, {});
    append.isPart = true;
    const qsizetype bytes = std::exchange(m_collectedBytes, 0);
    const quint64 firstLine = m_collectedFrom;
    m_parts[firstLine] = {0, static_cast<quint64>(append.messages.size()), bytes};
    m_waitingBytes += bytes;
    const auto handle = m_node.appender().submit(
        std::move(append), m_node.knownNodes(),
        [this, alive = QPointer<NdjsonAppend>(this), firstLine](const Result<AppendOutcome> &outcome) {
            if (alive)
                handleOutcome(outcome, firstLine);
        });
    if (const auto part = m_parts.find(firstLine); part != m_parts.end()) {
        part->second.last = m_node.log().assignedId();
        part->second.handle = handle;
    }
    balance();
}

void NdjsonAppend::handleOutcome(const Result<AppendOutcome> &outcome, quint64 firstLine)
{
    if (m_ended)
        return;
    const auto part = m_parts.find(firstLine);
    m_waitingBytes -= part->second.bytes;
    if (outcome && isInLog(outcome->end))
        m_appended += part->second.count;
    m_parts.erase(part);
    if (!outcome) {
        refuseLine(firstLine, outcome.error());
        return;
    }
    QByteArray line = "{\"first_id\":";
    appendNumber(line, outcome->first);
    line.append(",\"last_id\":");
    appendNumber(line, outcome->last);
    line.append(",\"acks\":");
    appendNumber(line, static_cast<quint64>(outcome->acks));
    switch (outcome->end) {
    case WaitEnd::Satisfied:
        break;
    case WaitEnd::TimedOut:
        line.append(",\"end\":\"timed-out\"");
        break;
    case WaitEnd::Released:
        line.append(",\"end\":\"released\"");
        break;
    case WaitEnd::ShuttingDown:
        line.append(",\"end\":\"shutting-down\"");
        break;
    case WaitEnd::StoreFailed:
        line.append(",\"end\":\"store-failed\"");
        break;
    case WaitEnd::Fenced:
        line.append(",\"end\":\"fenced\"");
        break;
    case WaitEnd::NotSynced:
        line.append(",\"end\":\"not-synced\"");
        break;
    }
    line.append("}\n");
    beginAnswer();
    m_stream.write(line);
    balance();
    finishIfDone();
}

// If nothing was appended, the server answers.
void NdjsonAppend::handleBroken(const Error &error)
{
    if (isOver())
        return;
    if (m_streaming || !m_parts.empty())
        fail(problemJson(error, lineMember(m_lineNumber + 1)));
    else
        end();
}

void NdjsonAppend::refuseLine(quint64 line, const Error &error)
{
    if (isOver())
        return;
    m_partial.clear();
    m_body->setHeld(0);
    m_body->setPaused(false); // what still comes is read and thrown away
    if (m_streaming || !m_parts.empty()) {
        fail(problemJson(error, lineMember(line)));
    } else {
        emit refused(error);
        m_reply.sendProblem(error, lineMember(line));
        end();
    }
}

// Some of it is in the log, or soon will be: what was not appended is told behind what was.
void NdjsonAppend::fail(const QByteArray &problem)
{
    m_failure = problem;
    beginAnswer();
    connect(&m_node.log().visible(), &VisibleLog::durableChanged, this, &NdjsonAppend::tellFailure);
    tellFailure();
}

void NdjsonAppend::tellFailure()
{
    if (m_ended || (!m_parts.empty() && m_parts.rbegin()->second.last > m_node.log().visible().durableId()))
        return;
    for (const auto &[line, part] : m_parts)
        m_appended += part.count;
    m_stream.write("{\"error\":" + m_failure + ",\"appended\":" + QByteArray::number(m_appended) + "}\n");
    m_stream.finish();
    end();
}

void NdjsonAppend::end()
{
    if (std::exchange(m_ended, true))
        return;
    for (const auto &[line, part] : std::exchange(m_parts, {}))
        m_node.appender().cancel(part.handle);
    deleteLater();
}

void NdjsonAppend::finishIfDone()
{
    if (m_ended)
        return;
    if (!m_failure.isEmpty()) {
        tellFailure();
        return;
    }
    if (!m_bodyEnded || !m_parts.empty())
        return;
    beginAnswer();
    m_stream.write("{\"appended\":" + QByteArray::number(m_appended) + "}\n");
    m_stream.finish();
    end();
}

// With the first line of the answer and not before: until then the server can tell whether the client is
// still there.
void NdjsonAppend::beginAnswer()
{
    if (std::exchange(m_streaming, true))
        return;
    m_stream = m_reply.startStream(201, "application/x-ndjson");
    m_stream.onDrained(this, [this] { balance(); });
}

void NdjsonAppend::balance()
{
    // The client is held back while too much waits for its concern or while it does not read the answer.
    const bool stalled = m_streaming && m_stream.room() <= 0;
    const bool pause = stalled || m_waitingBytes > (m_paused ? ResumeBytes : PauseBytes);
    if (pause == m_paused || isOver())
        return;
    m_paused = pause;
    m_body->setPaused(pause);
}

} // namespace replog
