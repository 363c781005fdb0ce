// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/clienttail.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QPointer>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr int WaitMs = 30000;
constexpr int AgainMs = 1000;
} // namespace

ClientTail::ClientTail(ClusterClient &client, quint64 from, const QString &view, QObject *parent)
    : QObject(parent), m_client(client), m_from(from), m_view(view)
{
}

void ClientTail::start()
{
    ask();
}

void ClientTail::ask()
{
    ClientCall call;
    call.path = u"/api/v1/messages?limit=%1&wait_ms=%2"_s.arg(PageSize).arg(WaitMs);
    if (m_from > 0)
        call.path += u"&from=%1"_s.arg(m_from);
    if (!m_view.isEmpty())
        call.path += u"&view="_s + m_view;
    call.limitMs = WaitMs * 2;
    m_client.read(call, [self = QPointer(this)](const ClientAnswer &answer) {
        if (self)
            self->handleAnswer(answer);
    });
}

void ClientTail::handleAnswer(const ClientAnswer &answer)
{
    if (answer.status == 0 || answer.status == 503) {
        emit interrupted(AppendRules::errorOf(answer));
        QTimer::singleShot(AgainMs, this, &ClientTail::ask);
        return;
    }
    if (!answer.isOk()) {
        emit failed(AppendRules::errorOf(answer));
        return;
    }
    const QPointer<ClientTail> self(this);
    const QJsonArray messages = QJsonDocument::fromJson(answer.body).object().value("messages"_L1).toArray();
    for (const QJsonValue &value : messages) {
        const QJsonObject one = value.toObject();
        const auto id = quint64(std::max<qint64>(0, one.value("id"_L1).toInteger()));
        if (id < m_from || id == 0)
            continue;
        m_from = id + 1;
        emit message(id, one);
        if (!self)
            return;
    }
    if (messages.size() < PageSize)
        emit caughtUp();
    if (self)
        QMetaObject::invokeMethod(this, &ClientTail::ask, Qt::QueuedConnection);
}

} // namespace replog
