// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/clienttail.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QPointer>
#include <QTimer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr int WaitMs = 30000;
constexpr int AgainMs = 1000;
constexpr int MostHangUps = 5;
constexpr int LeastPage = 2; // what was read last, and one more
} // namespace

ClientTail::ClientTail(ClusterClient &client, quint64 from, const QString &view, QObject *parent)
    : QObject(parent), m_client(client), m_log(from), m_view(view)
{
}

void ClientTail::start()
{
    check();
}

void ClientTail::read(const ClientCall &call, Handler handler)
{
    m_client.read(call, [self = QPointer(this), handler](const ClientAnswer &answer) {
        if (!self)
            return;
        self->m_heard = self->m_heard || answer.status != 0;
        self->m_hangUps = answer.silent ? self->m_hangUps + 1 : 0;
        if (!self->m_heard && (answer.error.code == Errc::Protocol || self->m_hangUps >= MostHangUps)) {
            emit self->failed(
                AppendRules::errorOf(answer) +
                (answer.silent ? u" each time; it may want https, or a certificate"_s : QString()));
            return;
        }
        if (handler == &ClientTail::handlePage && self->m_most > LeastPage && answer.status == 0) {
            // Too much of one answer, of this node or of one asked before it, which the others stood in for.
            self->m_most = std::max(LeastPage, self->m_most / 2);
            if (answer.tooMuch) {
                self->ask();
                return;
            }
        } else if (answer.tooMuch && answer.error.code == Errc::Protocol) {
            emit self->failed(AppendRules::errorOf(answer)); // the next message alone is too long
            return;
        }
        if (answer.status == 0 || answer.status == 503) {
            emit self->interrupted(AppendRules::errorOf(answer));
            // The node may come back with another log.
            if (self)
                QTimer::singleShot(AgainMs, self, &ClientTail::check);
            return;
        }
        (self->*handler)(answer);
    });
}

// The status of a node, which says whether the log there is still the one that is followed.
void ClientTail::check()
{
    ClientCall call;
    call.path = u"/api/v1/status"_s;
    read(call, &ClientTail::handleStatus);
}

void ClientTail::handleStatus(const ClientAnswer &answer)
{
    if (!answer.isOk()) {
        emit failed(AppendRules::errorOf(answer));
        return;
    }
    const QJsonObject status = QJsonDocument::fromJson(answer.body).object();
    const QString fault = m_log.fault(answer.node, status);
    if (!status.value("role"_L1).isString())
        emit failed(AppendRules::nonsenseOf(answer));
    else if (!fault.isEmpty())
        emit failed(fault);
    else if (m_replaced)
        emit failed(u"message %1 is another one than was read: the log was restored or replaced"_s.arg(
            m_log.lastRead()));
    else
        ask();
}

void ClientTail::ask()
{
    ClientCall call;
    call.path = u"/api/v1/messages?limit=%1&wait_ms=%2"_s.arg(m_most).arg(WaitMs);
    // What was read last comes first in the answer; it comes once there is something after it.
    if (m_log.next() > 0)
        call.path += u"&from=%1&at_least=%2"_s.arg(m_log.askFrom()).arg(m_log.next());
    if (!m_view.isEmpty())
        call.path += u"&view="_s + m_view;
    call.limitMs = WaitMs * 2;
    read(call, &ClientTail::handlePage);
}

void ClientTail::handlePage(const ClientAnswer &answer)
{
    if (answer.status == 504) { // nothing came
        check();
        return;
    }
    if (answer.status == 410 && m_log.lastRead() > 0) {
        m_log.forget(); // what was read is not kept any longer; what comes next may be
        ask();
        return;
    }
    if (!answer.isOk()) {
        emit failed(AppendRules::errorOf(answer));
        return;
    }
    const QPointer<ClientTail> self(this);
    const QJsonValue messages = QJsonDocument::fromJson(answer.body).object().value("messages"_L1);
    const QJsonArray page = messages.toArray();
    if (!messages.isArray()) {
        emit failed(AppendRules::nonsenseOf(answer));
        return;
    }
    if (!FollowedLog::goesOn(page, m_log.askFrom(), m_most)) {
        emit failed(AppendRules::strangeIdsOf(answer));
        return;
    }
    const auto fresh = m_log.take(answer.node, page);
    if (!fresh) {
        m_replaced = true;
        check(); // which says whether it is another log
        return;
    }
    for (const QJsonValue &value : *fresh) {
        const QJsonObject one = value.toObject();
        emit message(quint64(one.value("id"_L1).toInteger()), one);
        if (!self)
            return;
    }
    const bool isLast = page.size() < m_most;
    m_most = std::min(m_most + m_most / 16 + 1, PageSize + 1); // grows again after what was too much
    if (isLast)
        emit caughtUp();
    // Nothing new, though it was asked to wait for that: no faster than a node that is away.
    if (self && fresh->isEmpty())
        QTimer::singleShot(AgainMs, this, &ClientTail::check);
    else if (self)
        QMetaObject::invokeMethod(this, &ClientTail::ask, Qt::QueuedConnection);
}

} // namespace replog
