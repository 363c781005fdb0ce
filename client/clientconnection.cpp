// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/clientconnection.h"

#include "shared/http/answerparser.h"

#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <QPointer>
#include <QSslSocket>
#include <QTimer>

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// A machine that vanished, or a cable that was cut, says nothing: within half a minute the system finds out.
// What this platform has no option for is left as it is.
void noticeVanished(int descriptor)
{
    for (const auto &[level, option, value] : std::initializer_list<std::array<int, 3>>{
             {SOL_SOCKET, SO_KEEPALIVE, 1},
#ifdef TCP_KEEPIDLE
             {IPPROTO_TCP, TCP_KEEPIDLE, 15},
#endif
#ifdef TCP_KEEPINTVL
             {IPPROTO_TCP, TCP_KEEPINTVL, 5},
#endif
#ifdef TCP_KEEPCNT
             {IPPROTO_TCP, TCP_KEEPCNT, 3},
#endif
#ifdef TCP_USER_TIMEOUT
             {IPPROTO_TCP, TCP_USER_TIMEOUT, 30000},
#endif
         })
        ::setsockopt(descriptor, level, option, &value, sizeof value);
}

// What stands in a request's line or in a value of one word. Anything else would end it and begin another.
bool isVisible(QByteArrayView text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool isHeaderName(QByteArrayView name)
{
    return !name.isEmpty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_';
    });
}

bool isHeaderValue(QByteArrayView value)
{
    return std::none_of(value.begin(), value.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7f;
    });
}

Error wrongField(const QString &field)
{
    return {Errc::InvalidArgument, u"%1: has a character that cannot be sent"_s.arg(field), field};
}

// What is wrong with a call, whose fields come from a user or from a node; null if nothing.
std::optional<Error> faultOf(const ClientCall &call)
{
    if (call.verb.isEmpty() || !isVisible(call.verb))
        return wrongField(u"verb"_s);
    if (!call.path.startsWith(u'/') || !isVisible(call.path.toUtf8()))
        return wrongField(u"path"_s);
    if (!isHeaderValue(call.contentType))
        return wrongField(u"Content-Type"_s);
    for (const auto &[name, value] : call.headers) {
        if (!isHeaderName(name))
            return wrongField(u"header"_s);
        if (!isHeaderValue(value))
            return wrongField(QString::fromLatin1(name));
    }
    return {};
}

} // namespace

class ClientConnection::Private : public QObject
{
public:
    Private(ClientConnection &connection, const QUrl &to, const QSslConfiguration &configuration,
            const QByteArray &bearer, int connectMs)
        : q(connection), base(to), tls(configuration), token(bearer), parser(AnswerLimit)
    {
        timer.setSingleShot(true);
        connect(&timer, &QTimer::timeout, this, &Private::handleDeadline);
        connecting.setSingleShot(true);
        connecting.setInterval(connectMs);
        connect(&connecting, &QTimer::timeout, this, [this] {
            failAll({Errc::Unavailable,
                     u"%1: no connection within %2 ms"_s.arg(base.authority()).arg(connecting.interval())});
        });
    }
    ~Private() override { dropSocket(); }

    struct Ticket
    {
        quint64 id;
        int limitMs; // 0: none
        QDeadlineTimer deadline;
        QElapsedTimer since;
    };

    bool isTls() const { return base.scheme() == "https"_L1; }
    QByteArray head(const ClientCall &call) const;
    void connectSocket();
    void dropSocket();
    void armTimer();
    void handleReadyRead();
    void handleDeadline();
    void handleDisconnected();
    void answerFirst();
    void notePieces();
    // `why`: what the answer to the first open call tells besides, and `silent` that of each.
    void failAll(const Error &error, ClientAnswer why = {});
    std::optional<Error> faultOfNode() const;
    void answerLater(quint64 ticket, const ClientAnswer &answer);

    ClientConnection &q;
    const QUrl base;
    const QSslConfiguration tls;
    const QByteArray token;
    QTcpSocket *socket = nullptr;
    AnswerParser parser;
    std::deque<Ticket> open;
    int failing = 0; // error answers that are queued
    int begun = 0;
    bool connected = false;
    bool heard = false;   // it sent something on this connection
    qsizetype pieces = 0; // bytes of the body of the first call's answer, in whole pieces
    QTimer timer;
    QTimer connecting;
};

QByteArray ClientConnection::Private::head(const ClientCall &call) const
{
    QByteArray host = base.host(QUrl::FullyEncoded).toLatin1();
    if (host.contains(':'))
        host = '[' + host + ']';
    QByteArray head = call.verb + ' ' + call.path.toUtf8() + " HTTP/1.1\r\nHost: " + host + ':' +
                      QByteArray::number(base.port(isTls() ? 443 : 80)) + "\r\n";
    if (!token.isEmpty())
        head += "Authorization: Bearer " + token + "\r\n";
    for (const auto &[name, value] : call.headers)
        head += name + ": " + value + "\r\n";
    if (!call.body.isEmpty() || call.verb == "POST" || call.verb == "PUT")
        head += "Content-Type: " + call.contentType +
                "\r\nContent-Length: " + QByteArray::number(call.body.size()) + "\r\n";
    return head + "\r\n";
}

void ClientConnection::Private::connectSocket()
{
    ++begun;
    parser = AnswerParser(AnswerLimit);
    pieces = 0;
    auto *secure = isTls() ? new QSslSocket(this) : nullptr;
    socket = secure ? secure : new QTcpSocket(this);
    const auto setUp = [socket = socket] {
        socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        noticeVanished(int(socket->socketDescriptor()));
    };
    connect(socket, &QTcpSocket::connected, this, setUp);
    const auto setConnected = [this] {
        connected = true;
        connecting.stop();
    };
    connected = heard = false;
    if (secure)
        connect(secure, &QSslSocket::encrypted, this, setConnected);
    else
        connect(socket, &QTcpSocket::connected, this, setConnected);
    connect(socket, &QTcpSocket::readyRead, this, &Private::handleReadyRead);
    connect(socket, &QTcpSocket::disconnected, this, &Private::handleDisconnected);
    connect(socket, &QTcpSocket::errorOccurred, this, [this](QAbstractSocket::SocketError error) {
        const bool isTlsFault = error == QAbstractSocket::SslHandshakeFailedError ||
                                error == QAbstractSocket::SslInternalError ||
                                error == QAbstractSocket::SslInvalidUserDataError;
        if (error != QAbstractSocket::RemoteHostClosedError)
            failAll({isTlsFault ? Errc::Protocol : Errc::Unavailable,
                     u"%1: %2"_s.arg(base.authority(), socket->errorString())});
    });
    connecting.start();
    const quint16 port = quint16(base.port(isTls() ? 443 : 80));
    if (secure) {
        secure->setSslConfiguration(tls);
        secure->connectToHostEncrypted(base.host(), port);
    } else {
        socket->connectToHost(base.host(), port);
    }
}

void ClientConnection::Private::dropSocket()
{
    connecting.stop();
    if (!socket)
        return;
    socket->disconnect(this);
    socket->abort();
    socket->setParent(nullptr); // the destructor may run within a signal of the socket
    std::exchange(socket, nullptr)->deleteLater();
}

void ClientConnection::Private::armTimer()
{
    if (open.empty() || open.front().deadline.isForever())
        timer.stop();
    else
        timer.start(int(std::max<qint64>(open.front().deadline.remainingTime(), 0)));
}

void ClientConnection::Private::handleReadyRead()
{
    const QPointer<Private> self(this);
    while (self && socket) {
        const QByteArray input = socket->readAll();
        if (input.isEmpty())
            return;
        heard = true;
        qsizetype at = 0;
        while (self && socket && at < input.size()) {
            if (open.empty()) {
                failAll({Errc::Protocol, u"%1 answered what was not asked"_s.arg(base.authority())});
                return;
            }
            at += parser.feed(QByteArrayView(input).sliced(at));
            if (parser.state() == AnswerParser::State::Broken) {
                ClientAnswer why;
                why.tooMuch = parser.isTooLong();
                failAll(
                    {Errc::Protocol, u"%1: %2"_s.arg(base.authority(), QLatin1StringView(parser.fault()))},
                    why);
                return;
            }
            notePieces();
            if (parser.state() == AnswerParser::State::Ready) {
                const QTcpSocket *const before = socket;
                answerFirst();
                // Further bytes of this connection must not answer requests on the next one.
                if (!self || socket != before)
                    return;
            }
        }
    }
}

// The first call's time begins anew with each whole piece; the timer, which may ring earlier, looks again
// then.
void ClientConnection::Private::notePieces()
{
    const qsizetype come = parser.body().size();
    if (come - pieces < PieceSize)
        return;
    pieces = come - come % PieceSize;
    if (Ticket &first = open.front(); first.limitMs > 0)
        first.deadline.setRemainingTime(first.limitMs);
}

void ClientConnection::Private::answerFirst()
{
    pieces = 0;
    const AnswerParser ready = std::exchange(parser, AnswerParser(AnswerLimit));
    ClientAnswer answer;
    answer.node = base;
    answer.status = ready.status();
    answer.body = ready.body();
    answer.location = ready.location();
    answer.reached = true;
    answer.wireMs = double(open.front().since.nsecsElapsed()) / 1e6;
    const quint64 ticket = open.front().id;
    open.pop_front();
    if (!ready.keepAlive())
        failAll({Errc::Unavailable, u"%1 closed the connection"_s.arg(base.authority())});
    armTimer();
    emit q.answered(ticket, answer);
}

void ClientConnection::Private::handleDisconnected()
{
    if (!open.empty()) {
        parser.feedEnd();
        if (parser.state() == AnswerParser::State::Ready) {
            const QPointer<Private> self(this);
            answerFirst();
            if (!self)
                return;
        }
    }
    ClientAnswer why;
    why.silent = connected && !heard;
    failAll({Errc::Unavailable, u"%1 closed the connection"_s.arg(base.authority())}, why);
}

void ClientConnection::Private::handleDeadline()
{
    if (open.empty() || !open.front().deadline.hasExpired()) {
        armTimer();
        return;
    }
    ClientAnswer why;
    why.tooMuch = parser.state() == AnswerParser::State::Body;
    failAll({Errc::Timeout, u"%1 did not answer in time"_s.arg(base.authority())}, why);
}

// Ends the connection; its open calls are answered with the error, from the event loop.
void ClientConnection::Private::failAll(const Error &error, ClientAnswer why)
{
    dropSocket();
    timer.stop();
    why.error = error;
    why.reached = connected;
    for (const Ticket &ticket : std::exchange(open, {})) {
        answerLater(ticket.id, why);
        why.tooMuch = false; // those after it were not answered at all
    }
}

void ClientConnection::Private::answerLater(quint64 ticket, const ClientAnswer &answer)
{
    ++failing;
    QMetaObject::invokeMethod(
        this,
        [this, ticket, told = answer]() mutable {
            --failing;
            told.node = base;
            emit q.answered(ticket, told);
        },
        Qt::QueuedConnection);
}

std::optional<Error> ClientConnection::Private::faultOfNode() const
{
    const QByteArray host = base.host(QUrl::FullyEncoded).toUtf8();
    if (host.isEmpty() || !isVisible(host))
        return wrongField(u"host"_s);
    if (!isVisible(token))
        return wrongField(u"token"_s);
    return {};
}

ClientConnection::ClientConnection(const QUrl &base, const QSslConfiguration &tls, const QByteArray &token,
                                   int connectMs, QObject *parent)
    : QObject(parent), d(std::make_unique<Private>(*this, base, tls, token, connectMs))
{
}

ClientConnection::~ClientConnection() = default;

QUrl ClientConnection::base() const
{
    return d->base;
}

void ClientConnection::send(quint64 ticket, const ClientCall &call)
{
    auto fault = d->faultOfNode();
    if (!fault)
        fault = faultOf(call);
    if (fault) {
        ClientAnswer answer;
        answer.error = *fault;
        d->answerLater(ticket, answer);
        return;
    }
    if (!d->socket)
        d->connectSocket();
    Private::Ticket open{ticket,
                         call.limitMs,
                         call.limitMs > 0 ? QDeadlineTimer(call.limitMs)
                                          : QDeadlineTimer(QDeadlineTimer::Forever),
                         {}};
    open.since.start();
    d->open.push_back(open);
    if (d->socket) {
        d->socket->write(d->head(call) + call.body);
        if (d->socket && d->socket->state() == QAbstractSocket::ConnectedState)
            d->socket->flush();
    }
    d->armTimer();
}

void ClientConnection::abort()
{
    d->failAll({Errc::Unavailable, u"the call was given up"_s});
}

bool ClientConnection::isOpen(quint64 ticket) const
{
    return std::any_of(d->open.begin(), d->open.end(),
                       [ticket](const Private::Ticket &open) { return open.id == ticket; });
}

int ClientConnection::begun() const
{
    return d->begun;
}

int ClientConnection::pending() const
{
    return int(d->open.size()) + d->failing;
}

} // namespace replog
