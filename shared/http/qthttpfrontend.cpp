// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/qthttpfrontend.h"

#include <QAbstractHttpServer>
#include <QHttpServerRequest>
#include <QHttpServerResponder>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>

namespace replog {

using namespace Qt::StringLiterals;

class QtHttpFrontend::Listener final : public QTcpServer
{
public:
    explicit Listener(QtHttpFrontend &frontend) : m_frontend(frontend)
    {
        setListenBacklogSize(4096);
        // Out of descriptors, Qt stops accepting for good if that is the listener's first failure (it keeps
        // to the first one it meets: after any other it tries again at each turn of the event loop).
        // Connections that close make room again. HttpServer's limit on connections is to keep it from coming
        // to this.
        connect(this, &QTcpServer::acceptError, this,
                [this] { QTimer::singleShot(100, this, [this] { resumeAccepting(); }); });
    }

protected:
    void incomingConnection(qintptr descriptor) override
    {
        auto *socket = new QTcpSocket(this);
        if (!socket->setSocketDescriptor(descriptor)) {
            delete socket;
            return;
        }
        m_frontend.m_accepted(socket);
        addPendingConnection(socket);
    }

private:
    QtHttpFrontend &m_frontend;
};

// Its handlers are never reached: see HttpInput::settle().
class QtHttpFrontend::Server final : public QAbstractHttpServer
{
protected:
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
    bool handleRequest(const QHttpServerRequest &, QHttpServerResponder &) override
    {
        return true;
    }
    void missingHandler(const QHttpServerRequest &, QHttpServerResponder &) override {}
#elif QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    bool handleRequest(const QHttpServerRequest &, QHttpServerResponder &) override
    {
        return true;
    }
    void missingHandler(const QHttpServerRequest &, QHttpServerResponder &&) override {}
#else
    bool handleRequest(const QHttpServerRequest &, QTcpSocket *) override
    {
        return true;
    }
    void missingHandler(const QHttpServerRequest &, QTcpSocket *) override {}
#endif
};

QtHttpFrontend::QtHttpFrontend(std::function<void(QTcpSocket *)> accepted, QObject *parent)
    : QObject(parent), m_accepted(std::move(accepted)), m_server(std::make_unique<Server>())
{
}

QtHttpFrontend::~QtHttpFrontend() = default;

Result<void> QtHttpFrontend::listen(const QHostAddress &host, quint16 port)
{
    auto listener = std::make_unique<Listener>(*this);
    if (!listener->listen(host, port)) {
        const Errc code = listener->serverError() == QAbstractSocket::AddressInUseError
                              ? Errc::InUse
                              : Errc::InvalidArgument;
        return Error{
            code,
            u"cannot listen on %1 port %2: %3"_s.arg(host.toString()).arg(port).arg(listener->errorString())};
    }
    m_listener = listener.get();
    m_server->bind(listener.release());
    return {};
}

quint16 QtHttpFrontend::port() const
{
    return m_listener != nullptr ? m_listener->serverPort() : 0;
}

void QtHttpFrontend::stopAccepting()
{
    if (m_listener != nullptr)
        m_listener->close();
}

} // namespace replog
