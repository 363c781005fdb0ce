// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/epoll/epolldispatcher.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QSocketNotifier>
#include <QTest>
#include <QThread>
#include <QTimer>

#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <vector>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int Patience = 30000;

struct SocketPair
{
    SocketPair() { valid = ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0; }
    ~SocketPair()
    {
        close(0);
        close(1);
    }
    void close(int side)
    {
        if (fds[side] >= 0)
            ::close(std::exchange(fds[side], -1));
    }
    void write(int side) { valid = valid && ::write(fds[side], "x", 1) == 1; }
    void read(int side)
    {
        char byte = 0;
        valid = valid && ::read(fds[side], &byte, 1) == 1;
    }
    int fds[2] = {-1, -1};
    bool valid = false;
};

} // namespace

// The application of this suite runs on the dispatcher, so every wait below does, too.
class TestEpollDispatcher : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        QVERIFY(qobject_cast<EpollDispatcher *>(QAbstractEventDispatcher::instance()));
    }

    void tellsOfReadableSocketsAgainUntilTheyAreRead()
    {
        SocketPair pair;
        int told = 0;
        QSocketNotifier notifier(pair.fds[0], QSocketNotifier::Read);
        connect(&notifier, &QSocketNotifier::activated, this, [&] {
            if (++told == 2)
                pair.read(0);
        });
        QCoreApplication::processEvents();
        QCOMPARE(told, 0);
        pair.write(1);
        QTRY_COMPARE_WITH_TIMEOUT(told, 2, Patience);
        QCoreApplication::processEvents();
        QCOMPARE(told, 2);
        QVERIFY(pair.valid);
    }

    void takesUpChangesOfInterest()
    {
        SocketPair pair;
        int writable = 0;
        QSocketNotifier reader(pair.fds[0], QSocketNotifier::Read);
        QSocketNotifier writer(pair.fds[0], QSocketNotifier::Write);
        connect(&writer, &QSocketNotifier::activated, this, [&] {
            ++writable;
            writer.setEnabled(false);
        });
        QTRY_COMPARE_WITH_TIMEOUT(writable, 1, Patience);
        QCoreApplication::processEvents();
        QCOMPARE(writable, 1);
        writer.setEnabled(true);
        QTRY_COMPARE_WITH_TIMEOUT(writable, 2, Patience);
    }

    void tellsOfHangUps()
    {
        SocketPair pair;
        bool told = false;
        QSocketNotifier notifier(pair.fds[0], QSocketNotifier::Read);
        connect(&notifier, &QSocketNotifier::activated, this, [&] {
            told = true;
            notifier.setEnabled(false);
        });
        QCoreApplication::processEvents();
        pair.close(1);
        QTRY_VERIFY_WITH_TIMEOUT(told, Patience);
    }

    // Two sockets have events: the first handler closes the other socket and opens one with the same number.
    void doesNotMixUpReusedDescriptors()
    {
        std::vector<std::unique_ptr<SocketPair>> pairs;
        std::vector<std::unique_ptr<QSocketNotifier>> notifiers(2);
        SocketPair fresh;
        int told = 0;
        bool freshTold = false;
        std::unique_ptr<QSocketNotifier> onReused;
        for (std::size_t i = 0; i < 2; ++i) {
            pairs.push_back(std::make_unique<SocketPair>());
            notifiers[i] = std::make_unique<QSocketNotifier>(pairs[i]->fds[0], QSocketNotifier::Read);
            connect(notifiers[i].get(), &QSocketNotifier::activated, this, [&, i] {
                ++told;
                pairs[i]->read(0);
                const std::size_t other = 1 - i;
                const int number = pairs[other]->fds[0];
                notifiers[other].reset();
                pairs[other]->close(0);
                QCOMPARE(::dup2(fresh.fds[0], number), number);
                onReused = std::make_unique<QSocketNotifier>(number, QSocketNotifier::Read);
                connect(onReused.get(), &QSocketNotifier::activated, this, [&, number] {
                    freshTold = true;
                    fresh.read(0);
                    onReused->setEnabled(false);
                    ::close(number);
                });
            });
        }
        QCoreApplication::processEvents();
        pairs[0]->write(1);
        pairs[1]->write(1);
        QTRY_COMPARE_WITH_TIMEOUT(told, 1, Patience);
        QVERIFY(!freshTold);
        fresh.write(1);
        QTRY_VERIFY_WITH_TIMEOUT(freshTold, Patience);
    }

    void deliversWhatOtherThreadsPost()
    {
        constexpr int Count = 2000;
        int got = 0;
        QObject target;
        std::unique_ptr<QThread> thread(QThread::create([&] {
            for (int i = 0; i < Count; ++i)
                QMetaObject::invokeMethod(
                    &target, [&got] { ++got; }, Qt::QueuedConnection);
        }));
        thread->start();
        QTRY_COMPARE_WITH_TIMEOUT(got, Count, Patience);
        thread->wait();
    }

    // A chain of posts without any socket or timer: each turn must see what the one before posted.
    void deliversWhatItPostsItself()
    {
        QEventLoop loop;
        int left = 1000;
        std::function<void()> next = [&] {
            if (--left == 0)
                loop.quit();
            else
                QMetaObject::invokeMethod(&loop, next, Qt::QueuedConnection);
        };
        QMetaObject::invokeMethod(&loop, next, Qt::QueuedConnection);
        loop.exec();
        QCOMPARE(left, 0);
    }

    void firesTimersInOrderAndRepeats()
    {
        QList<int> order;
        QTimer late, soon, zero, repeating;
        late.setSingleShot(true);
        soon.setSingleShot(true);
        zero.setSingleShot(true);
        int repeats = 0;
        connect(&late, &QTimer::timeout, this, [&] { order << 3; });
        connect(&soon, &QTimer::timeout, this, [&] { order << 2; });
        connect(&zero, &QTimer::timeout, this, [&] { order << 1; });
        connect(&repeating, &QTimer::timeout, this, [&] {
            if (++repeats == 5)
                repeating.stop();
        });
        late.start(60);
        soon.start(30);
        zero.start(0);
        repeating.start(1);
        QTRY_COMPARE_WITH_TIMEOUT(order.size(), 3, Patience);
        QCOMPARE(order, (QList<int>{1, 2, 3}));
        QTRY_COMPARE_WITH_TIMEOUT(repeats, 5, Patience);
        QVERIFY(!repeating.isActive());
    }

    void forgetsTimersOfDeletedObjects()
    {
        auto owner = std::make_unique<QObject>();
        owner->startTimer(0);
        QCOMPARE(QAbstractEventDispatcher::instance()->registeredTimers(owner.get()).size(), 1);
        QObject *const gone = owner.get();
        owner.reset();
        QCOMPARE(QAbstractEventDispatcher::instance()->registeredTimers(gone).size(), 0);
        QCoreApplication::processEvents();
    }

    void runsNestedLoopsFromATimer()
    {
        QTimer timer;
        int depth = 0, deepest = 0;
        bool done = false;
        connect(&timer, &QTimer::timeout, this, [&] {
            deepest = std::max(deepest, ++depth);
            QEventLoop loop;
            QTimer::singleShot(5, &loop, &QEventLoop::quit);
            loop.exec();
            --depth;
            done = true;
            timer.stop();
        });
        timer.start(0);
        QTRY_VERIFY_WITH_TIMEOUT(done, Patience);
        QCOMPARE(deepest, 1); // a timer is not fired again while it fires
    }
};

} // namespace replog

int main(int argc, char **argv)
{
    QCoreApplication::setEventDispatcher(new replog::EpollDispatcher);
    QCoreApplication app(argc, argv);
    replog::TestEpollDispatcher suite;
    return QTest::qExec(&suite, argc, argv);
}

#include "tst_epolldispatcher.moc"
