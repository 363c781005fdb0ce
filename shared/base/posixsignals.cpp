// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/posixsignals.h"

#include <QSocketNotifier>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace replog {

namespace {

int ends[2] = {-1, -1}; // the handler writes to 0, the event loop reads from 1
volatile std::sig_atomic_t interrupted = 0;

void handle(int signalNumber)
{
    if (signalNumber == SIGINT) {
        if (interrupted)
            _exit(130);
        interrupted = 1;
    }
    const int saved = errno;
    const auto byte = static_cast<unsigned char>(signalNumber);
    // If the socket is full, hundreds of signals wait already: one more may be lost.
    [[maybe_unused]] const ssize_t written = ::write(ends[0], &byte, 1);
    errno = saved;
}

} // namespace

class PosixSignals::Former
{
public:
    int signalNumber = 0;
    struct sigaction action = {};
};

PosixSignals::PosixSignals(const QList<int> &signalNumbers, QObject *parent) : QObject(parent)
{
    Q_ASSERT(ends[0] < 0);
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
        qFatal("no socket pair for signals: errno %d", errno);
    interrupted = 0;
    m_notifier = new QSocketNotifier(ends[1], QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, [this] {
        unsigned char byte = 0;
        while (::read(ends[1], &byte, 1) == 1)
            emit received(byte);
    });
    for (const int number : signalNumbers) {
        auto *former = new Former;
        former->signalNumber = number;
        struct sigaction action = {};
        action.sa_handler = handle;
        action.sa_flags = SA_RESTART;
        sigemptyset(&action.sa_mask);
        ::sigaction(number, &action, &former->action);
        m_former.append(former);
    }
}

PosixSignals::~PosixSignals()
{
    for (Former *former : std::as_const(m_former))
        ::sigaction(former->signalNumber, &former->action, nullptr);
    qDeleteAll(m_former);
    delete m_notifier;
    for (int &end : ends) {
        ::close(end);
        end = -1;
    }
}

} // namespace replog
