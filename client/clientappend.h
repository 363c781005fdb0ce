// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/clientconnection.h"

#include <QMetaType>

namespace replog {

// A message to append, and how sure its client wants to be.
struct ClientAppend
{
    QByteArray message;   // any bytes
    QString w;            // a number, "majority" or "all"; empty: the master's default
    int timeoutMs = 0;    // that the client wants to wait; 0: as long as it takes
    QByteArray type = {}; // media type; empty: none is told
    QByteArray key = {};  // idempotency key; empty: one is made
};

struct ClientAppendResult
{
    enum class State {
        Ok,       // as many nodes hold it as were asked for
        TimedOut, // it stays in the log and goes on being replicated
        Refused,  // it was not appended
        GivenUp,  // an operator released it, or cancel() was called: it may be in the log all the same
        Unknown,  // its time is over, or asking again cannot help: nobody knows whether it is in the log
    };
    State state = State::Refused;
    quint64 id = 0; // 0 if not known
    int acks = 0;
    double wireMs = 0; // of the attempt that was answered
    QString error;
};

// The rules of one append, without sockets: what is sent, and what an answer means. An append keeps its key,
// so it can be sent again whenever its outcome is not known.
class AppendRules
{
public:
    enum class Verdict {
        Final,    // the result is known
        Unknown,  // it may be in the log: ask again with the same key
        Nonsense, // as Unknown, but no node answers so: waiting will hardly heal it
        Elsewhere // that node does not take it: ask the one that the answer names, or another
    };

    // The call that asks for it now, `elapsedMs` after the first time. The deadline of the repeats is that of
    // the first.
    static ClientCall call(const ClientAppend &append, qint64 elapsedMs);
    // `mayBeIn`: an attempt before this one left open whether it is in the log. A refusal then tells of this
    // attempt alone.
    static Verdict judge(const ClientAnswer &answer, ClientAppendResult &result, bool mayBeIn = false);
    // The log of the node with that status; null if it tells none.
    static QString logIdOf(const ClientAnswer &status);
    // Whether the node did not tell its status, and will hardly take an append now.
    static bool isAway(const ClientAnswer &status);
    // Why an append is not repeated at a node with the log `now`. Keys are of one log: in another one it
    // would be a message of its own. Null where nothing tells that the log is another one.
    static QString otherLog(const QUrl &node, const QString &now, const QString &before);
    // Whether its client, and the master's answer to it, have had their time.
    static bool isOver(const ClientAppend &append, qint64 elapsedMs);
    // What a node said in its refusal, in one line; what broke, where there was no answer.
    static QString errorOf(const ClientAnswer &answer);
    // Of an answer that says OK without what belongs to it: a proxy's, a login page's, another program's.
    static QString nonsenseOf(const ClientAnswer &answer);
    // Of a page of messages; see FollowedLog::goesOn().
    static QString strangeIdsOf(const ClientAnswer &answer);
};

} // namespace replog

Q_DECLARE_METATYPE(replog::ClientAppendResult)
