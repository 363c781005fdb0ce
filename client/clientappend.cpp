// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/clientappend.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <limits>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int GraceMs = 5000; // time for the answer beyond the `timeout_ms` that the master has
constexpr qsizetype ErrorCharacters = 500;
constexpr char ByteOrderMark[] = "\xef\xbb\xbf"; // QString leaves it out
constexpr qsizetype LogIdCharacters = 32;

} // namespace

ClientCall AppendRules::call(const ClientAppend &append, qint64 elapsedMs)
{
    QJsonObject body;
    const bool isText = append.message.isValidUtf8() && !append.message.startsWith(ByteOrderMark);
    if (isText)
        body.insert("message"_L1, QString::fromUtf8(append.message));
    else
        body.insert("message_base64"_L1, QString::fromLatin1(append.message.toBase64()));
    if (!append.type.isEmpty())
        body.insert("type"_L1, QString::fromUtf8(append.type));
    bool isNumber = false;
    const int w = append.w.toInt(&isNumber);
    if (isNumber)
        body.insert("w"_L1, w);
    else if (!append.w.isEmpty())
        body.insert("w"_L1, append.w);
    ClientCall call;
    call.limitMs = 0;
    if (append.timeoutMs > 0) {
        const qint64 left = append.timeoutMs - elapsedMs;
        body.insert("timeout_ms"_L1, std::max<qint64>(1, left));
        call.limitMs = int(std::clamp<qint64>(left + GraceMs, 1, std::numeric_limits<int>::max()));
    }
    call.verb = "POST";
    call.path = u"/api/v1/messages"_s;
    call.headers = {{"Idempotency-Key", append.key}};
    call.body = QJsonDocument(body).toJson(QJsonDocument::Compact);
    return call;
}

AppendRules::Verdict AppendRules::judge(const ClientAnswer &answer, ClientAppendResult &result, bool mayBeIn)
{
    const QJsonObject document = QJsonDocument::fromJson(answer.body).object();
    const auto id = quint64(std::max<qint64>(0, document.value("id"_L1).toInteger()));
    result.wireMs = answer.wireMs;
    if (answer.isOk() && (id == 0 || document.value("acks"_L1).toInt() < 1)) {
        result.error = nonsenseOf(answer);
        return Verdict::Nonsense;
    }
    if (id > 0)
        result.id = id;
    result.acks = std::max(result.acks, document.value("acks"_L1).toInt());
    result.error = answer.isOk() ? QString() : errorOf(answer);
    switch (answer.status) {
    case 200:
    case 201:
        result.state = ClientAppendResult::State::Ok;
        return Verdict::Final;
    case 504: // without an id it is a proxy's
        if (id == 0)
            return Verdict::Unknown;
        result.state = ClientAppendResult::State::TimedOut;
        return Verdict::Final;
    case 307:
        result.state = ClientAppendResult::State::Refused;
        return Verdict::Elsewhere;
    case 409:
        if (result.id == 0)
            break;
        result.state = ClientAppendResult::State::GivenUp;
        return Verdict::Final;
    case 0:
        if (answer.error.code == Errc::InvalidArgument) // it was not sent, and never will be
            break;
        return answer.error.code == Errc::Protocol ? Verdict::Nonsense : Verdict::Unknown;
    case 502: // a proxy's
        return Verdict::Unknown;
    case 500: // with an id it has its place in the log, but the store failed or the master shut down
        if (result.id > 0)
            return Verdict::Unknown;
        break;
    case 503: // so that it has no room, or is fenced
        if (result.id > 0 || mayBeIn)
            return Verdict::Unknown;
        break;
    default:
        break;
    }
    result.state = mayBeIn ? ClientAppendResult::State::Unknown : ClientAppendResult::State::Refused;
    return Verdict::Final;
}

QString AppendRules::logIdOf(const ClientAnswer &status)
{
    const QJsonObject document =
        status.isOk() ? QJsonDocument::fromJson(status.body).object() : QJsonObject();
    return document.value("log_id"_L1).toString().left(LogIdCharacters);
}

bool AppendRules::isAway(const ClientAnswer &status)
{
    switch (status.status) {
    case 0:
    case 500:
    case 502:
    case 503:
    case 504:
        return true;
    default:
        return false;
    }
}

QString AppendRules::otherLog(const QUrl &node, const QString &now, const QString &before)
{
    if (now.isEmpty() || before.isEmpty() || now == before)
        return {};
    return u"another log is at %1: its log_id is %2, that of the log which the message was sent to is %3"_s
        .arg(node.authority(), now, before);
}

bool AppendRules::isOver(const ClientAppend &append, qint64 elapsedMs)
{
    return append.timeoutMs > 0 && elapsedMs >= append.timeoutMs + qint64(GraceMs);
}

QString AppendRules::nonsenseOf(const ClientAnswer &answer)
{
    return u"%1 answered %2, but not what a node answers"_s.arg(answer.node.authority()).arg(answer.status);
}

QString AppendRules::strangeIdsOf(const ClientAnswer &answer)
{
    return u"%1 answered messages with ids that do not go on from what was asked"_s.arg(
        answer.node.authority());
}

QString AppendRules::errorOf(const ClientAnswer &answer)
{
    if (answer.status == 0)
        return answer.error.text;
    const QJsonObject problem = QJsonDocument::fromJson(answer.body).object();
    for (QLatin1StringView member : {"detail"_L1, "title"_L1}) {
        const QString text = problem.value(member).toString();
        if (!text.isEmpty())
            return text.left(ErrorCharacters);
    }
    return u"the node answered %1"_s.arg(answer.status);
}

} // namespace replog
