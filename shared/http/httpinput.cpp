// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/httpinput.h"

#include <QEvent>
#include <QSocketNotifier>
#include <QTcpSocket>

#include <algorithm>
#include <cerrno>

#include <sys/socket.h>

namespace replog {

namespace {
constexpr qsizetype KeptBytes = 128 * 1024; // that may wait for somebody who wants them
constexpr qsizetype BodyPiece = 256 * 1024;
constexpr qsizetype TurnBytes = 256 * 1024;
} // namespace

// Tells at once, without a signal of its own in between.
class HttpInput::Notifier final : public QSocketNotifier
{
public:
    explicit Notifier(HttpInput &input)
        : QSocketNotifier(input.m_descriptor, QSocketNotifier::Read), m_input(input)
    {
    }

protected:
    bool event(QEvent *event) override
    {
        if (event->type() != QEvent::SockAct)
            return QSocketNotifier::event(event);
        m_input.m_onReadable();
        return true;
    }

private:
    HttpInput &m_input;
};

HttpInput::HttpInput(QTcpSocket *socket, int descriptor, QByteArray &shared)
    : m_descriptor(descriptor), m_shared(shared), m_socket(socket)
{
    socket->setReadBufferSize(1);
    connect(socket, &QTcpSocket::readyRead, this, &HttpInput::start);
}

HttpInput::~HttpInput() = default;

// Qt's server reads the socket object after us, inside a transaction. A transaction moved to the end of the
// object's buffer shows it nothing, while the byte stays there: the buffer is full, and the object reads no
// more.
void HttpInput::start()
{
    disconnect(m_socket, &QTcpSocket::readyRead, this, &HttpInput::start);
    m_kept = m_socket->peek(1);
    m_bytes = m_kept;
    if (!m_socket->isTransactionStarted())
        m_socket->startTransaction();
    m_socket->skip(m_kept.size());
    if (!m_isOpen)
        return;
    m_notifier = std::make_unique<Notifier>(*this);
    QMetaObject::invokeMethod(
        this, [this] { m_onReadable(); }, Qt::QueuedConnection); // it may have been the only byte
}

bool HttpInput::mayReceive() const
{
    return m_notifier && m_isOpen && !m_isDrained && !m_hasEnded && m_turnBytes < TurnBytes;
}

// Bytes received, 0 if there are none.
qsizetype HttpInput::receive(char *to, qsizetype room)
{
    if (!mayReceive())
        return 0;
    ssize_t got = 0;
    do
        got = ::recv(m_descriptor, to, std::size_t(room), MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    m_isDrained = got < room;
    m_turnBytes += std::max<ssize_t>(got, 0);
    if (got > 0)
        return got;
    m_hasEnded = got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
    m_isReset = m_hasEnded && got < 0;
    return 0;
}

bool HttpInput::fill()
{
    if (m_bytes.isEmpty()) {
        const qsizetype got = receive(m_shared.data(), m_shared.size());
        m_bytes = QByteArrayView(m_shared).first(got);
        return got > 0;
    }
    if (!mayReceive())
        return false;
    QByteArray longer;
    const qsizetype held = m_bytes.size();
    longer.reserve(held + m_shared.size());
    longer.append(m_bytes);
    longer.resize(held + m_shared.size());
    const qsizetype got = receive(longer.data() + held, m_shared.size());
    longer.resize(held + got);
    m_kept = std::move(longer);
    m_bytes = m_kept;
    return got > 0;
}

qsizetype HttpInput::readInto(QByteArray &out, qint64 limit)
{
    Q_ASSERT(m_bytes.isEmpty());
    const qsizetype held = out.size();
    const qsizetype take = std::min<qint64>(limit, BodyPiece);
    out.resize(held + take);
    const qsizetype got = receive(out.data() + held, take);
    out.resize(held + got);
    return got;
}

void HttpInput::drop()
{
    m_kept = {};
    m_bytes = {};
}

void HttpInput::settle()
{
    // Read on, so that the end is seen though nobody wants what comes before it.
    while (m_bytes.size() < KeptBytes && fill()) {
    }
    if (m_bytes.isEmpty()) {
        m_kept = {};
    } else if (m_bytes.size() != m_kept.size() || m_bytes.data() != m_kept.constData()) {
        m_kept = m_bytes.toByteArray();
        m_bytes = m_kept;
    }
    if (!m_notifier || !m_isOpen)
        return;
    m_notifier->setEnabled(!m_hasEnded && (m_isDrained || m_bytes.size() < KeptBytes));
    if (m_hasEnded)
        emit ended(m_isReset);
}

void HttpInput::close()
{
    m_isOpen = false;
    if (m_notifier)
        m_notifier->setEnabled(false);
    drop();
}

} // namespace replog
