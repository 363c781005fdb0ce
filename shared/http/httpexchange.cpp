// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/httpexchange.h"

#include "shared/base/bytewriter.h"
#include "shared/http/answerparser.h"

#include <QPointer>
#include <QScopeGuard>
#include <QSslSocket>

#include <algorithm>
#include <deque>
#include <utility>

#ifdef Q_OS_LINUX
#include <linux/sockios.h>
#include <sys/ioctl.h>
#endif

namespace replog {

using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype ReadBuffer = 256 * 1024;
constexpr std::size_t InputBytes = 16 * 1024;
constexpr qsizetype CopiedBody = 16 * 1024; // bodies up to this share one buffer with their head
} // namespace

class HttpExchange::Private : public QObject
{
public:
    Private(HttpExchange &exchange, const QUrl &url, const Limits &wanted, const CallCredentials &shown,
            Scheduler &timers);
    ~Private() override
    {
        stopTimer();
        dropSocket();
    }

    struct Ticket
    {
        quint64 id;
        qint64 deadlineMs;
    };

    void send(QByteArrayView path, QByteArrayView contentType, const QByteArray &authorization,
              const QByteArray &body);
    void connectSocket();
    void dropSocket();
    qint64 outstanding() const;
    void noteProgress();
    void armTimer();
    void stopTimer();
    void handleReadyRead();
    void handleDisconnected();
    void handleDeadline();
    void failAll(const Error &error);

    HttpExchange &q;
    const Limits limits;
    const CallCredentials &credentials;
    Scheduler &scheduler;
    const QUrl base;
    const bool isTls;
    const QString host;
    const quint16 port;
    QByteArray headStart; // of each request: "POST " and the base path
    QByteArray headEnd;   // " HTTP/1.1", Host, User-Agent
    QTcpSocket *socket = nullptr;
    AnswerParser parser;
    std::deque<Ticket> open;    // sent on this connection, not answered
    std::deque<Ticket> failing; // failed() is on its way
    qint64 leftToSend = 0;      // outstanding() when it was last looked at; small requests do not count
    Scheduler::TimerId timer = 0;
    qint64 timerDueMs = 0;
    bool isInSocketSignal = false;
};

HttpExchange::Private::Private(HttpExchange &exchange, const QUrl &url, const Limits &wanted,
                               const CallCredentials &shown, Scheduler &timers)
    : q(exchange), limits(wanted), credentials(shown), scheduler(timers), base(url),
      isTls(url.scheme() == "https"_L1), host(url.host()), port(quint16(url.port(isTls ? 443 : 80))),
      parser(wanted.answerBytes)
{
    QByteArray path = base.path(QUrl::FullyEncoded).toLatin1();
    if (path.endsWith('/'))
        path.chop(1);
    const QByteArray name =
        host.contains(u':') ? '[' + host.toLatin1() + ']' : base.host(QUrl::FullyEncoded).toLatin1();
    headStart = "POST " + path;
    headEnd = " HTTP/1.1\r\nHost: " + name + ':' + QByteArray::number(port) + "\r\nContent-Type: ";
}

void HttpExchange::Private::connectSocket()
{
    parser.next();
    auto *const tls = isTls ? new QSslSocket(this) : nullptr;
    socket = isTls ? tls : new QTcpSocket(this);
    socket->setReadBufferSize(ReadBuffer);
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    connect(socket, &QTcpSocket::connected, this,
            [this] { socket->setSocketOption(QAbstractSocket::LowDelayOption, 1); });
    connect(socket, &QTcpSocket::readyRead, this, &Private::handleReadyRead);
    connect(socket, &QTcpSocket::disconnected, this, &Private::handleDisconnected);
    connect(socket, &QTcpSocket::errorOccurred, this, [this](QAbstractSocket::SocketError error) {
        if (error != QAbstractSocket::RemoteHostClosedError)
            failAll({Errc::Unavailable, u"%1:%2: %3"_s.arg(host).arg(port).arg(socket->errorString())});
    });
    // What is written meanwhile goes out once the peer's name is verified.
    if (isTls) {
        if (!credentials.tls.isNull())
            tls->setSslConfiguration(credentials.tls);
        tls->connectToHostEncrypted(host, port);
    } else {
        socket->connectToHost(host, port);
    }
}

void HttpExchange::Private::dropSocket()
{
    if (socket == nullptr)
        return;
    socket->disconnect(this);
    socket->abort();
    if (isInSocketSignal)
        socket->setParent(nullptr); // its own signal may be destroying this object: it must live on
    std::exchange(socket, nullptr)->deleteLater();
    leftToSend = 0; // goes with the connection
}

void HttpExchange::Private::send(QByteArrayView path, QByteArrayView contentType,
                                 const QByteArray &authorization, const QByteArray &body)
{
    if (socket == nullptr)
        connectSocket();
    if (socket == nullptr)
        return;
    constexpr qsizetype Names = 64; // of the fields written here
    const bool copied = body.size() <= CopiedBody;
    QByteArray out;
    {
        ByteWriter request(out, headStart.size() + path.size() + headEnd.size() + contentType.size() +
                                    authorization.size() + Names + ByteWriter::NumberBytes +
                                    (copied ? body.size() : 0));
        request << headStart << path << headEnd << contentType;
        if (!authorization.isEmpty())
            request << "\r\nAuthorization: " << authorization;
        request << "\r\nContent-Length: " << static_cast<quint64>(body.size()) << "\r\n\r\n";
        if (copied)
            request << body;
    }
    socket->write(out);
    if (!copied)
        socket->write(body);
    if (socket != nullptr && socket->state() == QAbstractSocket::ConnectedState)
        socket->flush();
    if (!copied)
        leftToSend = outstanding();
}

// What the peer's machine has not got yet of all that was sent to it.
qint64 HttpExchange::Private::outstanding() const
{
    if (socket == nullptr)
        return 0;
    qint64 bytes = socket->bytesToWrite();
    if (isTls)
        bytes += static_cast<const QSslSocket *>(socket)->encryptedBytesToWrite();
#ifdef Q_OS_LINUX
    int unacknowledged = 0;
    if (::ioctl(int(socket->socketDescriptor()), SIOCOUTQ, &unacknowledged) == 0)
        bytes += unacknowledged;
#endif
    return bytes;
}

// A peer that takes a large request, however slowly, is not silent: the time for its answer begins anew.
void HttpExchange::Private::noteProgress()
{
    const qint64 left = outstanding();
    if (left < std::exchange(leftToSend, left)) {
        for (Ticket &ticket : open)
            ticket.deadlineMs = scheduler.nowMs() + limits.attemptMs;
    }
}

void HttpExchange::Private::armTimer()
{
    if (open.empty())
        return;
    const bool isLarge = leftToSend > 0; // how it gets on is looked at several times before its end
    const qint64 now = scheduler.nowMs();
    const qint64 wait = std::clamp<qint64>(open.front().deadlineMs - now, 0,
                                           isLarge ? limits.attemptMs / 4 : limits.attemptMs);
    if (timer != 0 && (!isLarge || timerDueMs - now <= wait))
        return;
    stopTimer();
    timerDueMs = now + wait;
    timer = scheduler.schedule(wait, [this] {
        timer = 0;
        handleDeadline();
    });
}

void HttpExchange::Private::stopTimer()
{
    scheduler.cancel(std::exchange(timer, 0));
}

void HttpExchange::Private::handleReadyRead()
{
    const QPointer<Private> self(this);
    isInSocketSignal = true;
    const auto leave = qScopeGuard([&self] {
        if (self)
            self->isInSocketSignal = false;
    });
    char buffer[InputBytes]; // readAll() would allocate as much for each answer
    while (socket != nullptr) {
        const qint64 bytes = socket->read(buffer, sizeof buffer);
        if (bytes <= 0)
            return;
        const QByteArrayView input(buffer, static_cast<qsizetype>(bytes));
        qsizetype at = 0;
        while (at < input.size()) {
            if (open.empty()) {
                failAll({Errc::Protocol, u"%1:%2 answered what was not asked"_s.arg(host).arg(port)});
                return;
            }
            at += parser.feed(input.sliced(at));
            if (parser.state() == AnswerParser::State::Broken) {
                failAll({Errc::Protocol,
                         u"%1:%2: %3"_s.arg(host).arg(port).arg(QLatin1StringView(parser.fault()))});
                return;
            }
            if (parser.state() != AnswerParser::State::Ready)
                continue;
            const AnswerParser answer = std::exchange(parser, AnswerParser(limits.answerBytes));
            const quint64 id = open.front().id;
            open.pop_front();
            if (!answer.keepAlive())
                failAll({Errc::Unavailable, u"%1:%2 closed the connection"_s.arg(host).arg(port)});
            const QTcpSocket *before = socket;
            emit q.answered(id, answer.status(), answer.contentType(), answer.body());
            if (!self || socket == nullptr || socket != before)
                return;
        }
    }
}

void HttpExchange::Private::handleDisconnected()
{
    if (open.empty()) {
        dropSocket();
        return;
    }
    isInSocketSignal = true;
    const QPointer<Private> self(this);
    const auto leave = qScopeGuard([&self] {
        if (self)
            self->isInSocketSignal = false;
    });
    parser.feedEnd();
    if (parser.state() != AnswerParser::State::Ready) {
        failAll(
            {Errc::Unavailable, u"%1:%2: %3"_s.arg(host).arg(port).arg(QLatin1StringView(parser.fault()))});
        return;
    }
    const AnswerParser answer = std::exchange(parser, AnswerParser(limits.answerBytes));
    const quint64 id = open.front().id;
    open.pop_front();
    failAll({Errc::Unavailable, u"%1:%2 closed the connection"_s.arg(host).arg(port)});
    emit q.answered(id, answer.status(), answer.contentType(), answer.body());
}

void HttpExchange::Private::handleDeadline()
{
    if (leftToSend > 0)
        noteProgress();
    // The timer is left running when answers come, so it may fire early for those now in front, or for none.
    if (!open.empty() && open.front().deadlineMs <= scheduler.nowMs())
        failAll({Errc::Timeout,
                 u"%1:%2 did not answer within %3 ms"_s.arg(host).arg(port).arg(limits.attemptMs)});
    else
        armTimer();
}

// Ends the connection; its open requests fail, from the event loop.
void HttpExchange::Private::failAll(const Error &error)
{
    dropSocket();
    stopTimer();
    for (Ticket &ticket : open) {
        const quint64 id = ticket.id;
        failing.push_back(ticket);
        QMetaObject::invokeMethod(
            this,
            [this, id, error] {
                failing.pop_front();
                emit q.failed(id, error);
            },
            Qt::QueuedConnection);
    }
    open.clear();
}

HttpExchange::HttpExchange(const QUrl &base, const Limits &limits, const CallCredentials &credentials,
                           Scheduler &scheduler, QObject *parent)
    : QObject(parent), d(std::make_unique<Private>(*this, base, limits, credentials, scheduler))
{
}

HttpExchange::~HttpExchange() = default;

void HttpExchange::post(quint64 ticket, QByteArrayView path, QByteArrayView contentType,
                        const QByteArray &body)
{
    d->open.push_back({ticket, d->scheduler.nowMs() + d->limits.attemptMs});
    const Result<QByteArray> authorization = d->credentials.authorizationFor(d->base);
    if (!authorization) {
        d->failAll(authorization.error());
        return;
    }
    d->send(path, contentType, *authorization, body);
    d->armTimer();
}

void HttpExchange::abort()
{
    d->failAll({Errc::Unavailable, u"the request was given up"_s});
}

qsizetype HttpExchange::pending() const
{
    return qsizetype(d->open.size() + d->failing.size());
}

} // namespace replog
