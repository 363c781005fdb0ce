// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/appendparser.h"
#include "master/masternode.h"
#include "shared/http/httpserver.h"

#include <QObject>

#include <map>
#include <memory>

namespace replog {

// One NDJSON stream of messages, a line each, of any length: appended as they come in, acknowledged as they
// reach their concern, in bounded memory. Answered by NDJSON lines {"first_id","last_id","acks"} in the order
// in which they are satisfied, and at the end {"appended": N}; what goes wrong on the way is a last line
// {"error": {…}, "appended": N} that says which line of the body is the first that was not appended; what
// came before it stays. N counts entries that are in the log, durable here; not those whose wait ended with
// nobody knowing. So the last line waits until what came before is durable, or until that is given up. If the
// client goes, nothing waits any more. Deletes itself.
class NdjsonAppend : public QObject
{
    Q_OBJECT
public:
    NdjsonAppend(MasterNode &node, AppendParser &parser, AppendRequest head, std::shared_ptr<BodyStream> body,
                 Reply reply, QObject *parent);

signals:
    void refused(const replog::Error &error); // nothing was appended

private:
    // What was appended together and waits for its concern.
    struct Part
    {
        quint64 last = 0; // its last id
        quint64 count = 0;
        qsizetype bytes = 0;
        Appender::Handle handle = {};
    };

    void handleData(const QByteArray &piece);
    void handleEnd();
    bool takeLine(QByteArrayView line);
    void appendCollected();
    void handleOutcome(const Result<AppendOutcome> &outcome, quint64 firstLine);
    void handleBroken(const Error &error);
    void refuseLine(quint64 line, const Error &error);
    void fail(const QByteArray &problem);
    void tellFailure();
    void end();
    void finishIfDone();
    void beginAnswer();
    void balance();
    bool isOver() const { return m_ended || !m_failure.isEmpty(); } // nothing more is taken in

    MasterNode &m_node;
    AppendParser &m_parser;
    const AppendRequest m_head;
    std::shared_ptr<BodyStream> m_body;
    Reply m_reply;
    ReplyStream m_stream;
    bool m_streaming = false;
    QByteArray m_partial;             // a line whose end has not come yet
    bool m_onlyBlank = false;         // since the last message: such lines count as one that is unfinished
    std::vector<Message> m_collected; // of the piece at hand
    qsizetype m_collectedBytes = 0;
    quint64 m_collectedFrom = 0; // the line of the first of them
    quint64 m_lineNumber = 0;
    quint64 m_appended = 0;          // known to be in the log
    qsizetype m_waitingBytes = 0;    // of m_parts
    std::map<quint64, Part> m_parts; // by their first lines, and so in the order of their ids
    QByteArray m_failure;            // what went wrong, as JSON, not told yet
    bool m_paused = false;
    bool m_bodyEnded = false;
    bool m_ended = false; // the last line is written
};

} // namespace replog
