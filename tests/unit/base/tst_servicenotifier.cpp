// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/servicenotifier.h"
#include "tests/support/manualscheduler.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace replog;
using namespace Qt::StringLiterals;

namespace {

// The service manager's end of NOTIFY_SOCKET.
class Manager
{
public:
    Manager()
    {
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path().constData(), sizeof address.sun_path - 1);
        m_fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (::bind(m_fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
            qFatal("cannot bind %s", path().constData());
    }
    ~Manager() { ::close(m_fd); }
    Q_DISABLE_COPY_MOVE(Manager)

    QByteArray path() const { return m_folder.filePath(u"notify"_s).toLocal8Bit(); }
    QProcessEnvironment environment() const
    {
        QProcessEnvironment environment;
        environment.insert(u"NOTIFY_SOCKET"_s, QString::fromLocal8Bit(path()));
        return environment;
    }
    // The next message; empty if there is none. A datagram is readable as soon as it was sent.
    QByteArray heard()
    {
        char buffer[512];
        const auto size = ::recv(m_fd, buffer, sizeof buffer, 0);
        return size > 0 ? QByteArray(buffer, size) : QByteArray();
    }

private:
    QTemporaryDir m_folder;
    int m_fd = -1;
};

} // namespace

class tst_ServiceNotifier : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".?"_s)); }
    void tellsThatItServesAndStops();
    void isSilentWithoutASocket();
    void theWritersAnswerFeedsTheWatchdog();
    void aWriterThatWaitsForItsDiskIsAlive();
    void aWatchdogOfAnotherProcessIsLeftAlone();
};

void tst_ServiceNotifier::tellsThatItServesAndStops()
{
    Manager manager;
    ManualScheduler scheduler;
    ServiceNotifier notifier(scheduler, {}, manager.environment());
    QCOMPARE(manager.heard(), QByteArray());
    notifier.ready(u"m listens\non http://localhost:1"_s);
    QCOMPARE(manager.heard(), "READY=1\nSTATUS=m listens on http://localhost:1");
    scheduler.advance(3'600'000);
    QCOMPARE(manager.heard(), QByteArray()); // the watchdog is not enabled
    notifier.stopping();
    QCOMPARE(manager.heard(), "STOPPING=1");
}

void tst_ServiceNotifier::isSilentWithoutASocket()
{
    ManualScheduler scheduler;
    QProcessEnvironment environment;
    environment.insert(u"WATCHDOG_USEC"_s, u"3000000"_s);
    int probes = 0;
    ServiceNotifier notifier(
        scheduler, [&](const std::function<void()> &) { ++probes; }, environment);
    notifier.ready(u"serves"_s);
    scheduler.advance(10'000);
    QCOMPARE(probes, 0);
}

void tst_ServiceNotifier::theWritersAnswerFeedsTheWatchdog()
{
    Manager manager;
    ManualScheduler scheduler;
    auto environment = manager.environment();
    environment.insert(u"WATCHDOG_USEC"_s, u"3000000"_s);
    environment.insert(u"WATCHDOG_PID"_s, QString::number(QCoreApplication::applicationPid()));
    std::vector<std::function<void()>> owed;
    auto notifier = std::make_unique<ServiceNotifier>(
        scheduler, [&](std::function<void()> answered) { owed.push_back(std::move(answered)); }, environment);
    notifier->ready(u"serves"_s);
    QVERIFY(manager.heard().startsWith("READY=1"));

    // While the writer has not answered it is not asked again, and the watchdog gets no message.
    QCOMPARE(owed.size(), 1U);
    scheduler.advance(9000);
    QCOMPARE(owed.size(), 1U);
    QCOMPARE(manager.heard(), QByteArray());

    owed[0]();
    QCOMPARE(manager.heard(), "WATCHDOG=1");
    scheduler.advance(1000);
    QCOMPARE(owed.size(), 2U);
    owed[1]();
    QCOMPARE(manager.heard(), "WATCHDOG=1");
    scheduler.advance(1000);
    QCOMPARE(owed.size(), 3U);

    notifier.reset();
    owed[2](); // an answer after the end has no effect
    QCOMPARE(manager.heard(), QByteArray());
}

void tst_ServiceNotifier::aWriterThatWaitsForItsDiskIsAlive()
{
    Manager manager;
    ManualScheduler scheduler;
    auto environment = manager.environment();
    environment.insert(u"WATCHDOG_USEC"_s, u"3000000"_s);
    std::vector<std::function<void()>> owed;
    ServiceNotifier notifier(
        scheduler, [&](std::function<void()> answered) { owed.push_back(std::move(answered)); }, environment);
    notifier.ready(u"serves"_s);
    QVERIFY(manager.heard().startsWith("READY=1"));
    notifier.setWriterWaits(true); // the question that is open is not answered before there is room
    for (int i = 0; i < 10; ++i) {
        scheduler.advance(1000);
        QCOMPARE(manager.heard(), "WATCHDOG=1");
    }
    QCOMPARE(owed.size(), 1U);
    notifier.setWriterWaits(false);
    scheduler.advance(5000);
    QCOMPARE(manager.heard(), QByteArray()); // it may hang from now on
    owed[0]();
    QCOMPARE(manager.heard(), "WATCHDOG=1");
}

void tst_ServiceNotifier::aWatchdogOfAnotherProcessIsLeftAlone()
{
    Manager manager;
    ManualScheduler scheduler;
    auto environment = manager.environment();
    environment.insert(u"WATCHDOG_USEC"_s, u"3000000"_s);
    environment.insert(u"WATCHDOG_PID"_s, u"1"_s);
    int probes = 0;
    ServiceNotifier notifier(
        scheduler, [&](const std::function<void()> &) { ++probes; }, environment);
    notifier.ready(u"serves"_s);
    scheduler.advance(10'000);
    QCOMPARE(probes, 0);
}

QTEST_GUILESS_MAIN(tst_ServiceNotifier)
#include "tst_servicenotifier.moc"
