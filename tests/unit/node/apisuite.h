// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/httpserver.h"
#include "tests/support/waitfor.h"
#include "tests/unit/http/rawclient.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <memory>

namespace replog {

// One request on a connection of its own, and all bytes received until it ends.
class ApiCall
{
public:
    // `fields`: further header fields, each as a line.
    ApiCall(quint16 port, const QByteArray &request, const QByteArray &fields = {},
            const QByteArray &body = {})
        : m_client(port)
    {
        QByteArray head = request + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + fields;
        if (!body.isEmpty())
            head += "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
        m_client.send(head + "\r\n" + body);
    }
    void send(const QByteArray &bytes) { m_client.send(bytes); }
    void hangUp() { m_client.socket.abort(); }

    bool isOver() const { return m_client.isClosed(); }
    const QByteArray &received() const { return m_client.received; }
    // 0 without an answer, -1 if there are several.
    int status() const
    {
        const QList<int> all = m_client.statuses();
        return all.size() > 1 ? -1 : all.value(0);
    }
    QByteArray header(const QByteArray &name) const
    {
        const QByteArray head = received().first(received().indexOf("\r\n\r\n") + 2);
        const qsizetype at = head.toLower().indexOf(QByteArray("\r\n" + name.toLower() + ": "));
        const qsizetype from = at + name.size() + 4;
        return at < 0 ? QByteArray() : head.sliced(from, head.indexOf("\r\n", from) - from);
    }
    QByteArray body() const { return m_client.body(); }
    QJsonObject document() const { return QJsonDocument::fromJson(body()).object(); }
    // The field that a refusal names; its text begins with it.
    QByteArray field() const { return document().value(QLatin1String("field")).toString().toUtf8(); }

private:
    RawClient m_client;
};

// Base of the suites of a node's API: its routes over sockets, with parts behind them that the test drives.
class ApiSuite : public QObject
{
protected:
    static constexpr const char *Json = "Content-Type: application/json\r\n";

    // Runs everything that an answer needs, but no time passes.
    virtual void settle() = 0;

    std::unique_ptr<ApiCall> call(const QByteArray &request, const QByteArray &fields = {},
                                  const QByteArray &body = {})
    {
        return std::make_unique<ApiCall>(m_server->port(), request, fields, body);
    }
    bool isAnswered(const ApiCall &call)
    {
        return comes([&] { return call.isOver(); });
    }
    std::unique_ptr<ApiCall> ask(const QByteArray &request, const QByteArray &fields = {},
                                 const QByteArray &body = {})
    {
        auto asked = call(request, fields, body);
        if (!isAnswered(*asked))
            qWarning("no answer");
        return asked;
    }
    bool comes(const std::function<bool()> &condition)
    {
        return waitFor([&] {
            settle();
            return condition();
        });
    }

    std::unique_ptr<HttpServer> m_server;
};

} // namespace replog
