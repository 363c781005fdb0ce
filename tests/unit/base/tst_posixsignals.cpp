// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/posixsignals.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace replog;
using namespace Qt::StringLiterals;

class TestPosixSignals : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void comeInTheEventLoop()
    {
        PosixSignals watcher({SIGTERM, SIGINT});
        QSignalSpy spy(&watcher, &PosixSignals::received);
        ::raise(SIGTERM);
        ::raise(SIGINT);
        QCOMPARE(spy.count(), 0);
        QTRY_COMPARE_WITH_TIMEOUT(spy.count(), 2, 30000);
        QCOMPARE(spy.at(0).at(0).toInt(), SIGTERM);
        QCOMPARE(spy.at(1).at(0).toInt(), SIGINT);
    }

    void formerHandlersComeBack()
    {
        {
            PosixSignals watcher({SIGUSR1});
        }
        struct sigaction action = {};
        ::sigaction(SIGUSR1, nullptr, &action);
        QVERIFY(action.sa_handler == SIG_DFL);
        PosixSignals again({SIGUSR1});
        QSignalSpy spy(&again, &PosixSignals::received);
        ::raise(SIGUSR1);
        QTRY_COMPARE_WITH_TIMEOUT(spy.count(), 1, 30000);
    }

    void secondInterruptEndsAtOnce()
    {
#ifdef __SANITIZE_THREAD__
        QSKIP("ThreadSanitizer delivers signals later than they come, and not in a forked child");
#endif
        PosixSignals watcher({SIGINT});
        const pid_t child = ::fork();
        if (child == 0) {
            ::raise(SIGINT);
            ::raise(SIGINT);
            ::_exit(0);
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QVERIFY(WIFEXITED(status));
        QCOMPARE(WEXITSTATUS(status), 130);
    }
};

QTEST_GUILESS_MAIN(TestPosixSignals)
#include "tst_posixsignals.moc"
