// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/clusterclient.h"

#include "client/clienttls.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QUuid>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int PauseBaseMs = 100;
constexpr int PauseMaxMs = 2000;
constexpr int MostHangUps = 5;
constexpr int Redirects = 4; // in a row; the next one counts as the answer

ClientCall statusCall()
{
    ClientCall call;
    call.path = u"/api/v1/status"_s;
    return call;
}

int portOf(const QUrl &url)
{
    return url.port(url.scheme() == "https"_L1 ? 443 : 80);
}

} // namespace

struct ClusterClient::Append
{
    ClientAppend request;
    ClientAppendResult result;
    quint64 lane = 0;
    QElapsedTimer since; // since the first attempt
    quint64 sent = 0;    // ticket on a connection; 0: no attempt is open
    int pauses = 0;
    int redirects = 0;
    int misses = 0;        // attempts that reached no node
    int hangUps = 0;       // in a row, of what has never sent a byte
    QUrl node;             // of the first attempt; of the last one, while all were refused
    QString logId;         // of the log there; empty: not known
    QList<QUrl> asked;     // nodes that it was sent to while it was certain that it is in no log
    QUrl next;             // the one that is asked instead of the master; empty: none
    bool reached = false;  // an attempt came to a node
    bool mayBeIn = false;  // the message may be in the log
    bool told = false;     // appendSent() was emitted
    bool ends = false;     // its result is known, and is told next
    bool checking = false; // a node is being asked which log it holds, for the next attempt
};

ClusterClient::ClusterClient(const ClientOptions &options, QObject *parent)
    : QObject(parent), m_options(options), m_tls(clientTls(options, m_problem)), m_nodes(options.nodes),
      m_master(options.nodes.value(0))
{
}

ClusterClient::~ClusterClient() = default;

void ClusterClient::setMaster(const QUrl &url)
{
    if (url == m_master || url.isEmpty())
        return;
    m_master = url;
    askAgainNow();
}

void ClusterClient::setNodes(const QList<QUrl> &nodes)
{
    m_nodes = nodes;
    if (m_master.isEmpty())
        m_master = nodes.value(0);
}

void ClusterClient::append(quint64 ticket, ClientAppend append, quint64 lane)
{
    if (append.key.isEmpty())
        append.key = QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    auto made = std::make_unique<Append>();
    made->request = std::move(append);
    made->lane = lane;
    m_appends[ticket] = std::move(made);
    m_queued.push_back(ticket);
    QMetaObject::invokeMethod(this, &ClusterClient::sendQueued, Qt::QueuedConnection);
}

void ClusterClient::sendQueued()
{
    // In order; a full lane does not hold up the others.
    std::vector<quint64> kept;
    for (quint64 ticket : std::exchange(m_queued, {})) {
        const auto it = m_appends.find(ticket);
        if (it == m_appends.end())
            continue;
        if (hasRoom(it->second->told ? 0 : it->second->lane))
            it->second->mayBeIn ? checkLog(ticket) : send(ticket);
        else
            kept.push_back(ticket);
    }
    m_queued.insert(m_queued.begin(), kept.begin(), kept.end());
}

bool ClusterClient::hasRoom(quint64 lane) const
{
    return m_underWay.value(lane) < (lane == 0 ? ConnectionLimit : LaneLimit);
}

void ClusterClient::send(quint64 ticket)
{
    Append &append = *m_appends.at(ticket);
    if (!append.since.isValid())
        append.since.start();
    if (append.told)
        // A repeat gets no place in its lane: the message has its id already, or lost its place.
        append.lane = 0;
    append.sent = m_nextTicket++;
    ++m_underWay[append.lane];
    m_sent.insert(append.sent, ticket);
    if (!append.told) {
        append.told = true;
        emit appendSent(ticket);
    }
    const QUrl node = append.next.isEmpty() ? m_master : append.next;
    Line &line = lineFor(node, append.lane);
    line.connection->send(append.sent, AppendRules::call(append.request, append.since.elapsed()));
    if (append.mayBeIn)
        return;
    append.node = node;
    if (!append.asked.contains(node))
        append.asked.append(node);
    if (std::exchange(line.begun, line.connection->begun()) != line.connection->begun())
        learnLog(node);
    // Behind a new connection may be another log than the one that was told of.
    append.logId = m_learning.contains(node) ? QString() : m_logs.value(node);
}

// Beside the appends to the node, which do not wait for it.
void ClusterClient::learnLog(const QUrl &node)
{
    if (m_learning.contains(node))
        return;
    m_learning.insert(node);
    statusOf(node, [this, node](const ClientAnswer &status) {
        m_learning.remove(node);
        const QString logId = AppendRules::logIdOf(status);
        if (logId.isEmpty())
            return;
        m_logs[node] = logId;
        for (const auto &[ticket, append] : m_appends) {
            if (append->node == node && append->logId.isEmpty())
                append->logId = logId;
        }
    });
}

// Of all that are repeated at a node at once, the first one asks.
void ClusterClient::checkLog(quint64 ticket)
{
    m_appends.at(ticket)->checking = true;
    const QUrl node = m_master;
    std::vector<quint64> &waiting = m_checks[node];
    waiting.push_back(ticket);
    if (waiting.size() > 1)
        return;
    statusOf(node, [this, node](const ClientAnswer &status) {
        for (quint64 checked : m_checks.take(node))
            handleChecked(checked, status);
    });
}

void ClusterClient::handleChecked(quint64 ticket, const ClientAnswer &status)
{
    const auto it = m_appends.find(ticket);
    if (it == m_appends.end())
        return;
    Append &append = *it->second;
    append.checking = false;
    if (append.ends)
        return;
    if (m_master != status.node) { // it moved meanwhile
        askAgain(ticket);
        return;
    }
    const QString logId = AppendRules::logIdOf(status);
    if (!logId.isEmpty())
        m_logs[status.node] = logId;
    const QString fault = AppendRules::otherLog(status.node, logId, append.logId);
    if (!fault.isEmpty()) {
        append.result.state = ClientAppendResult::State::Unknown;
        append.result.error = fault;
        finish(ticket);
        return;
    }
    if (append.logId.isEmpty())
        append.logId = logId;
    if (AppendRules::isAway(status)) {
        append.result.error = AppendRules::errorOf(status);
        repeat(ticket, status,
               status.error.code == Errc::Protocol && status.status == 0 ? AppendRules::Verdict::Nonsense
                                                                         : AppendRules::Verdict::Unknown);
    } else if (hasRoom(0)) {
        send(ticket);
    } else {
        m_queued.push_back(ticket);
    }
}

ClusterClient::Line &ClusterClient::lineFor(const QUrl &node, quint64 lane)
{
    const auto fits = [&](const Line &line) {
        return line.connection->base() == node && line.lane == lane &&
               (lane != 0 || line.connection->pending() == 0);
    };
    const auto found = std::find_if(m_lines.begin(), m_lines.end(), fits);
    if (found != m_lines.end())
        return *found;
    auto made = std::make_unique<ClientConnection>(
        node, m_tls, named(node) == node ? m_options.token : QByteArray(), m_options.connectMs);
    connect(made.get(), &ClientConnection::answered, this, [this](quint64 sent, const ClientAnswer &answer) {
        if (const quint64 append = m_sent.take(sent))
            handleAnswer(append, answer);
        else if (const Done done = m_calls.take(sent))
            done(answer);
    });
    return m_lines.emplace_back(Line{std::move(made), lane});
}

void ClusterClient::handleAnswer(quint64 ticket, const ClientAnswer &answer)
{
    const auto it = m_appends.find(ticket);
    if (it == m_appends.end())
        return;
    Append &append = *it->second;
    append.sent = 0;
    if (--m_underWay[append.lane] <= 0)
        m_underWay.remove(append.lane);
    append.reached = append.reached || answer.reached;
    using Verdict = AppendRules::Verdict;
    const Verdict verdict = AppendRules::judge(answer, append.result, append.mayBeIn);
    if (answer.status == 401 && !m_options.token.isEmpty() && named(answer.node).isEmpty())
        append.result.error =
            u"the token is sent to named nodes only, and %1 is none of them"_s.arg(answer.node.authority());
    const bool isOpen = verdict == Verdict::Unknown || verdict == Verdict::Nonsense;
    append.mayBeIn = append.mayBeIn || (answer.reached && isOpen);
    if (append.mayBeIn && append.logId.isEmpty())
        append.logId = m_logs.value(append.node);
    m_heard = m_heard || (answer.status != 0 && verdict != Verdict::Nonsense);
    if (!std::exchange(append.next, {}).isEmpty() && answer.isOk() && verdict == Verdict::Final)
        m_master = answer.node;
    if (verdict != Verdict::Final)
        repeat(ticket, answer, verdict);
    else if (answer.status == 503 && append.result.state == ClientAppendResult::State::Refused &&
             hasNextNode(append)) {
        append.redirects = 0; // they count in a row
        askAgain(ticket);
    } else {
        finish(ticket);
    }
}

// A node that takes no appends, such as a fenced one, may not be the only master that was named. Those of a
// lane would come behind what was sent after them.
bool ClusterClient::hasNextNode(Append &append) const
{
    if (append.lane != 0)
        return false;
    const auto next = std::find_if(m_nodes.cbegin(), m_nodes.cend(),
                                   [&append](const QUrl &node) { return !append.asked.contains(node); });
    if (next == m_nodes.cend())
        return false;
    append.next = *next;
    return true;
}

void ClusterClient::repeat(quint64 ticket, const ClientAnswer &answer, AppendRules::Verdict verdict)
{
    using State = ClientAppendResult::State;
    Append &append = *m_appends.at(ticket);
    const bool isNonsense = verdict == AppendRules::Verdict::Nonsense;
    const bool isElsewhere = verdict == AppendRules::Verdict::Elsewhere;
    append.redirects = isElsewhere ? append.redirects + 1 : 0;
    if (append.redirects > Redirects) {
        append.result.state = append.mayBeIn ? State::Unknown : State::Refused;
        finish(ticket);
        return;
    }
    // Nobody there, or, at the first contact, something that is no node or refuses our certificate.
    const bool isMiss = (!answer.reached && !append.reached) || (isNonsense && !m_heard);
    const int pause = isElsewhere ? 0 : std::min(PauseMaxMs, PauseBaseMs << std::min(append.pauses++, 5));
    append.hangUps = answer.silent && !m_heard ? append.hangUps + 1 : 0;
    const bool isHungUpOn = append.hangUps >= MostHangUps;
    if (isHungUpOn)
        append.result.error += u" each time; it may want https, or a certificate"_s;
    const bool isHopeless =
        isHungUpOn || (isMiss && ++append.misses >= std::max<qsizetype>(1, m_nodes.size()));
    if (isHopeless || (!isElsewhere && AppendRules::isOver(append.request, append.since.elapsed() + pause))) {
        append.result.state = append.mayBeIn ? State::Unknown : State::Refused;
        finish(ticket);
        return;
    }
    tryNextMaster(answer);
    if (!isElsewhere && append.result.id > 0)
        emit appendPlaced(ticket, append.result.id);
    if (!isElsewhere && append.reached)
        emit appendInterrupted(ticket, append.result.error);
    QTimer::singleShot(pause, this, [this, ticket] { askAgain(ticket); });
}

// The configured node at that address; empty if there is none. The token goes only to configured nodes.
QUrl ClusterClient::named(const QUrl &url) const
{
    for (const QUrl &node : m_nodes) {
        if (node.host() == url.host() && portOf(node) == portOf(url))
            return node;
    }
    return {};
}

// The address of a redirection or, without an answer, the next node: the first one of those that a node left
// open moves on. A redirection from https to http is followed only to a configured node.
void ClusterClient::tryNextMaster(const ClientAnswer &answer)
{
    QUrl url(QString::fromLatin1(answer.location));
    url.setPath({});
    url.setQuery(QString());
    const QUrl node = named(url);
    const bool isAsSafe = url.scheme() == "https"_L1 || m_master.scheme() != "https"_L1;
    if (answer.status == 307 && !node.isEmpty()) {
        m_master = node;
    } else if (answer.status == 307 && !url.host().isEmpty() && isAsSafe) {
        m_master = url;
    } else if (m_nodes.size() > 1 && m_master == answer.node) {
        m_master = m_nodes[(m_nodes.indexOf(m_master) + 1) % m_nodes.size()];
    }
}

void ClusterClient::askAgain(quint64 ticket)
{
    const auto it = m_appends.find(ticket);
    if (it == m_appends.end() || it->second->sent != 0 || it->second->checking || it->second->ends ||
        std::find(m_queued.begin(), m_queued.end(), ticket) != m_queued.end())
        return;
    m_queued.push_back(ticket);
    sendQueued();
}

void ClusterClient::askAgainNow()
{
    std::vector<quint64> idle;
    for (const auto &[ticket, append] : m_appends) {
        if (append->told && append->sent == 0)
            idle.push_back(ticket);
    }
    for (quint64 ticket : idle)
        askAgain(ticket);
}

void ClusterClient::finish(quint64 ticket)
{
    const auto it = m_appends.find(ticket);
    const ClientAppendResult result = it->second->result;
    m_appends.erase(it);
    emit appendFinished(ticket, result);
    sendQueued();
    QMetaObject::invokeMethod(this, &ClusterClient::dropIdle, Qt::QueuedConnection);
}

void ClusterClient::dropIdle()
{
    int kept = 0;
    std::erase_if(m_lines, [&](const Line &line) {
        return line.connection->pending() == 0 && (line.lane != 0 || ++kept > IdleLimit);
    });
}

void ClusterClient::cancel(quint64 ticket)
{
    const auto it = m_appends.find(ticket);
    if (it == m_appends.end())
        return;
    it->second->result.state = ClientAppendResult::State::GivenUp;
    it->second->result.error.clear();
    finishLater(ticket);
}

void ClusterClient::endOthers(const QString &logId)
{
    for (const auto &[ticket, append] : m_appends) {
        if (append->ends || (append->told && append->logId == logId))
            continue;
        using State = ClientAppendResult::State;
        const bool isOut = append->sent != 0 || append->mayBeIn;
        const QString fault = isOut ? AppendRules::otherLog(m_master, logId, append->logId) : QString();
        append->result.state = isOut ? State::Unknown : State::Refused;
        append->result.error =
            fault.isEmpty() ? u"the log was replaced by another, whose log_id is %1"_s.arg(logId) : fault;
        finishLater(ticket);
    }
}

// It hears of no answer any more.
void ClusterClient::finishLater(quint64 ticket)
{
    Append &append = *m_appends.at(ticket);
    append.ends = true;
    if (const quint64 sent = append.sent) {
        m_sent.remove(sent);
        if (--m_underWay[append.lane] <= 0)
            m_underWay.remove(append.lane);
        append.sent = 0;
        // Only a hang-up tells the master. Other appends on the same connection are repeated.
        for (const Line &line : m_lines) {
            if (line.connection->isOpen(sent))
                line.connection->abort();
        }
    }
    std::erase(m_queued, ticket);
    QMetaObject::invokeMethod(
        this,
        [this, ticket] {
            if (m_appends.count(ticket) > 0)
                finish(ticket);
        },
        Qt::QueuedConnection);
}

// A repeat with the same key joins the wait, and its short time-out returns the id at once. As every repeat
// it goes to no other log.
void ClusterClient::locate(quint64 ticket)
{
    const auto it = m_appends.find(ticket);
    if (it == m_appends.end() || it->second->sent == 0)
        return;
    statusOf(m_master, [this, ticket](const ClientAnswer &status) {
        const auto found = m_appends.find(ticket);
        if (found == m_appends.end() || found->second->sent == 0 || AppendRules::isAway(status))
            return;
        Append &append = *found->second;
        if (!AppendRules::otherLog(status.node, AppendRules::logIdOf(status), append.logId).isEmpty())
            return;
        append.mayBeIn = true; // there
        ClientAppend repeat = append.request;
        repeat.timeoutMs = 1;
        call(status.node, AppendRules::call(repeat, 0), [this, ticket](const ClientAnswer &answer) {
            ClientAppendResult told;
            (void)AppendRules::judge(answer, told);
            if (told.id > 0 && m_appends.count(ticket) > 0)
                emit appendPlaced(ticket, told.id);
        });
    });
}

void ClusterClient::call(const QUrl &node, const ClientCall &call, Done done)
{
    const quint64 ticket = m_nextTicket++;
    m_calls.insert(ticket, std::move(done));
    lineFor(node, 0).connection->send(ticket, call);
}

void ClusterClient::read(const ClientCall &call, Done done)
{
    readFrom(0, call, std::move(done));
}

void ClusterClient::readFrom(int index, const ClientCall &wanted, Done done)
{
    const QUrl node = m_nodes.value(index);
    call(node, wanted, [this, index, wanted, done = std::move(done)](const ClientAnswer &answer) {
        const bool away = answer.status == 0 || answer.status == 503;
        if (away && index + 1 < m_nodes.size())
            readFrom(index + 1, wanted, done);
        else
            done(answer);
    });
}

void ClusterClient::status(Done done)
{
    read(statusCall(), std::move(done));
}

void ClusterClient::statusOf(const QUrl &node, Done done)
{
    call(node, statusCall(), std::move(done));
}

} // namespace replog
