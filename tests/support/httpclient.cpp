// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/httpclient.h"

#include <QDeadlineTimer>
#include <QEventLoop>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace replog::test {

namespace {

constexpr int limitMs = 60000;

QByteArray quoted(const QByteArray &text)
{
    const QByteArray array =
        QJsonDocument(QJsonArray{QString::fromUtf8(text)}).toJson(QJsonDocument::Compact);
    return array.mid(1, array.size() - 2);
}

} // namespace

bool waitUntil(const std::function<bool()> &condition)
{
    const QDeadlineTimer deadline(limitMs);
    while (!condition()) {
        if (deadline.hasExpired())
            return false;
        QEventLoop loop;
        QTimer::singleShot(10, &loop, &QEventLoop::quit);
        loop.exec();
    }
    return true;
}

QByteArray HttpAnswer::header(const QByteArray &lowerCaseName) const
{
    for (const auto &[name, value] : headers) {
        if (name == lowerCaseName)
            return value;
    }
    return {};
}

HttpCall::HttpCall(const QUrl &base, const QByteArray &bytes, bool isHead, const QSslConfiguration &tls)
    : m_toSend(bytes), m_isHead(isHead)
{
    const bool isTls = base.scheme() == "https"_L1;
    auto *const encrypted = isTls ? new QSslSocket : nullptr;
    m_socket.reset(isTls ? encrypted : new QTcpSocket);
    connect(m_socket.get(), &QTcpSocket::connected, this, [this] {
        m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        m_socket->write(m_toSend);
    });
    connect(m_socket.get(), &QTcpSocket::readyRead, this, &HttpCall::handleBytes);
    connect(m_socket.get(), &QTcpSocket::disconnected, this, &HttpCall::handleEnd);
    connect(m_socket.get(), &QTcpSocket::errorOccurred, this, [this] {
        m_error = m_socket->errorString();
        if (m_socket->state() != QAbstractSocket::ConnectedState)
            handleEnd();
    });
    if (isTls) {
        if (!tls.isNull())
            encrypted->setSslConfiguration(tls);
        encrypted->connectToHostEncrypted(base.host(), quint16(base.port(443)));
    } else {
        m_socket->connectToHost(base.host(), quint16(base.port(80)));
    }
}

void HttpCall::hangUp()
{
    m_socket->abort();
}

bool HttpCall::wait()
{
    if (m_done)
        return true;
    QEventLoop loop;
    connect(this, &HttpCall::done, &loop, &QEventLoop::quit);
    QTimer::singleShot(limitMs, &loop, &QEventLoop::quit);
    loop.exec();
    return m_done;
}

bool HttpCall::waitClosed()
{
    return waitUntil([this] { return m_closed; });
}

void HttpCall::handleBytes()
{
    m_received += m_socket->readAll();
    if (!m_head && !parseHead()) {
        emit progressed();
        return;
    }
    if (m_isHead) {
        finish();
    } else if (m_chunked) {
        parseChunks();
    } else {
        m_answer.body = m_received.mid(m_parsed, m_length);
        if (m_length >= 0 && m_answer.body.size() == m_length)
            finish();
    }
    emit progressed();
}

bool HttpCall::parseHead()
{
    const qsizetype end = m_received.indexOf("\r\n\r\n", m_parsed);
    if (end < 0)
        return false;
    const QList<QByteArray> lines = m_received.mid(m_parsed, end - m_parsed).split('\n');
    m_parsed = end + 4;
    const int status = lines.first().split(' ').value(1).toInt();
    if (status == 100)
        return parseHead();
    for (qsizetype i = 1; i < lines.size(); ++i) {
        const qsizetype colon = lines[i].indexOf(':');
        m_answer.headers.append(
            {lines[i].left(colon).trimmed().toLower(), lines[i].mid(colon + 1).trimmed()});
    }
    m_chunked = m_answer.header("transfer-encoding") == "chunked";
    if (const QByteArray length = m_answer.header("content-length"); !length.isEmpty())
        m_length = length.toLongLong();
    else if (status == 204 || status == 304)
        m_length = 0;
    m_answer.status = status;
    m_head = true;
    return true;
}

void HttpCall::parseChunks()
{
    for (;;) {
        const qsizetype line = m_received.indexOf("\r\n", m_parsed);
        if (line < 0)
            return;
        const qsizetype size = m_received.mid(m_parsed, line - m_parsed).toLongLong(nullptr, 16);
        if (m_received.size() < line + 2 + size + 2)
            return;
        m_answer.body += m_received.mid(line + 2, size);
        m_parsed = line + 2 + size + 2;
        if (size == 0) {
            finish();
            return;
        }
    }
}

void HttpCall::handleEnd()
{
    if (m_closed)
        return;
    m_closed = true;
    if (!m_done) {
        if (!m_head || m_chunked || m_length >= 0)
            m_answer.status = 0;
        finish();
    }
}

void HttpCall::finish()
{
    if (m_done)
        return;
    m_done = true;
    emit done();
}

QByteArray HttpClient::request(const QByteArray &method, const QByteArray &path, const QByteArray &body,
                               const Headers &headers)
{
    QByteArray out = method + ' ' + path + " HTTP/1.1\r\nHost: localhost\r\n";
    bool hasType = false;
    for (const auto &[name, value] : headers) {
        out += name + ": " + value + "\r\n";
        hasType = hasType || name.toLower() == "content-type";
    }
    if (!body.isEmpty() || method == "POST" || method == "PUT") {
        if (!hasType)
            out += "Content-Type: application/json\r\n";
        out += "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
    }
    return out + "\r\n" + body;
}

std::unique_ptr<HttpCall> HttpClient::call(const QByteArray &method, const QByteArray &path,
                                           const QByteArray &body, const Headers &headers) const
{
    Headers all = headers;
    if (!m_identity.token.isEmpty())
        all.append({"Authorization", "Bearer " + m_identity.token});
    return std::make_unique<HttpCall>(m_base, request(method, path, body, all), method == "HEAD",
                                      m_identity.tls);
}

std::unique_ptr<HttpCall> HttpClient::raw(const QByteArray &bytes) const
{
    return std::make_unique<HttpCall>(m_base, bytes, false, m_identity.tls);
}

HttpAnswer HttpClient::now(const QByteArray &method, const QByteArray &path, const QByteArray &body,
                           const Headers &headers) const
{
    const auto c = call(method, path, body, headers);
    c->wait();
    return c->isDone() ? c->answer() : HttpAnswer{};
}

QByteArray HttpClient::appendBody(const QByteArray &message, int w, const QByteArray &more)
{
    return "{\"message\":" + quoted(message) + ",\"w\":" + QByteArray::number(w) +
           (more.isEmpty() ? "" : ",") + more + '}';
}

std::unique_ptr<HttpCall> HttpClient::append(const QByteArray &message, int w, const QByteArray &more,
                                             const Headers &headers) const
{
    return call("POST", "/api/v1/messages", appendBody(message, w, more), headers);
}

HttpAnswer HttpClient::appendNow(const QByteArray &message, int w, const QByteArray &more,
                                 const Headers &headers) const
{
    return now("POST", "/api/v1/messages", appendBody(message, w, more), headers);
}

} // namespace replog::test
