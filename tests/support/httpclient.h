// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QList>
#include <QObject>
#include <QPair>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QUrl>

#include <functional>
#include <memory>

namespace replog::test {

using Headers = QList<QPair<QByteArray, QByteArray>>;

struct HttpAnswer
{
    int status = 0;  // 0: the connection ended without a complete answer
    Headers headers; // lower-case names
    QByteArray body;

    QByteArray header(const QByteArray &lowerCaseName) const;
    QJsonObject json() const { return QJsonDocument::fromJson(body).object(); }
    // Description for failure messages.
    QByteArray text() const { return QByteArray::number(status) + ' ' + body.left(500); }
};

// One request on a connection of its own, running in the event loop. The destructor closes the connection.
class HttpCall : public QObject
{
    Q_OBJECT
public:
    // `tls`: for an https URL.
    HttpCall(const QUrl &base, const QByteArray &bytes, bool isHead = false,
             const QSslConfiguration &tls = QSslConfiguration());

    bool isDone() const { return m_done; }
    bool isSent() const
    {
        return m_socket->state() == QAbstractSocket::ConnectedState && m_socket->bytesToWrite() == 0;
    }
    // Status and headers are set before the body is complete.
    const HttpAnswer &answer() const { return m_answer; }
    // All bytes received, for what is not a single HTTP answer.
    const QByteArray &received() const { return m_received; }
    bool isClosed() const { return m_closed; }
    const QString &error() const { return m_error; } // error of the socket
    void hangUp();                                   // resets the connection
    // Runs the event loop until the answer is complete; false after 60 s.
    bool wait();
    bool waitClosed();

signals:
    void done();
    void progressed();

private:
    void handleBytes();
    void handleEnd();
    void finish();
    bool parseHead();
    void parseChunks();

    std::unique_ptr<QTcpSocket> m_socket;
    QString m_error;
    QByteArray m_toSend;
    QByteArray m_received;
    HttpAnswer m_answer;
    qsizetype m_parsed = 0;  // bytes of m_received
    qsizetype m_length = -1; // of the body; -1: until the connection ends
    bool m_head = false;
    bool m_chunked = false;
    bool m_isHead = false;
    bool m_done = false;
    bool m_closed = false;
};

// What a client presents to a node, and the authorities that it trusts.
struct Identity
{
    QByteArray token = {};
    QSslConfiguration tls = {};
};

// A client of one node. Calls named …Now run the event loop until the answer is complete.
class HttpClient
{
public:
    explicit HttpClient(const QUrl &base, const Identity &identity = {}) : m_base(base), m_identity(identity)
    {
    }

    static QByteArray request(const QByteArray &method, const QByteArray &path, const QByteArray &body = {},
                              const Headers &headers = {});
    std::unique_ptr<HttpCall> call(const QByteArray &method, const QByteArray &path,
                                   const QByteArray &body = {}, const Headers &headers = {}) const;
    std::unique_ptr<HttpCall> raw(const QByteArray &bytes) const;
    HttpAnswer now(const QByteArray &method, const QByteArray &path, const QByteArray &body = {},
                   const Headers &headers = {}) const;
    HttpAnswer getNow(const QByteArray &path, const Headers &headers = {}) const
    {
        return now("GET", path, {}, headers);
    }

    // Appends one message; `more`: further JSON members, such as "\"timeout_ms\":100".
    static QByteArray appendBody(const QByteArray &message, int w, const QByteArray &more = {});
    std::unique_ptr<HttpCall> append(const QByteArray &message, int w, const QByteArray &more = {},
                                     const Headers &headers = {}) const;
    HttpAnswer appendNow(const QByteArray &message, int w, const QByteArray &more = {},
                         const Headers &headers = {}) const;

private:
    QUrl m_base;
    Identity m_identity;
};

// Runs the event loop until `condition` holds, checked every few milliseconds; false after 60 s.
bool waitUntil(const std::function<bool()> &condition);

} // namespace replog::test
