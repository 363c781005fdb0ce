// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/keyring.h"
#include "tests/gui/guitest.h"

#include <QProcess>
#include <QStandardPaths>
#include <QUrl>

using namespace Qt::StringLiterals;
using namespace replog;
using namespace replog::test;

namespace {

constexpr int limitMs = 30000;
constexpr auto OnItsBus = "REPLOG_TEST_KEYRING";

struct Answer
{
    bool isThere = false;
    QByteArray token;
    QString problem;
};

Answer read(const QUrl &place)
{
    Answer answer;
    QObject context;
    Keyring::read(place, &context, [&](const QByteArray &token, const QString &problem) {
        answer = {true, token, problem};
    });
    static_cast<void>(QTest::qWaitFor([&] { return answer.isThere; }, limitMs));
    return answer;
}

Answer write(const QUrl &place, const QByteArray &token)
{
    Answer answer;
    QObject context;
    Keyring::write(place, token, &context, [&](const QString &problem) { answer = {true, {}, problem}; });
    static_cast<void>(QTest::qWaitFor([&] { return answer.isThere; }, limitMs));
    return answer;
}

// Runs a program to its end; returns whether it succeeded.
bool run(const QString &program, const QStringList &arguments, const QByteArray &input = {})
{
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(program, arguments);
    process.write(input);
    process.closeWriteChannel();
    return process.waitForFinished(limitMs) && process.exitStatus() == QProcess::NormalExit &&
           process.exitCode() == 0;
}

} // namespace

// Tokens in a real secret service, with its own bus and home folder (see main()).
class KeyringTest : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        if (!Keyring::isThere())
            QSKIP("built without QtKeychain");
        if (!qEnvironmentVariableIsSet(OnItsBus))
            QSKIP("needs dbus-run-session and gnome-keyring-daemon");
        QVERIFY(run(u"gnome-keyring-daemon"_s, {u"--unlock"_s, u"--components=secrets"_s}, "password\n"));
    }

    void keepsATokenForItsPlaceAlone()
    {
        const QUrl place(u"https://10.0.0.1:30000"_s);
        const QUrl other(u"https://10.0.0.1:30001"_s);
        QCOMPARE(write(place, "opensesame").problem, QString());
        Answer answer = read(place);
        QVERIFY(answer.isThere);
        QCOMPARE(answer.problem, QString());
        QCOMPARE(answer.token, QByteArray("opensesame"));
        answer = read(other);
        QVERIFY(answer.isThere);
        QCOMPARE(answer.problem, QString());
        QCOMPARE(answer.token, QByteArray());
        QCOMPARE(write(place, "another").problem, QString());
        QCOMPARE(read(place).token, QByteArray("another"));
        QCOMPARE(write(place, {}).problem, QString());
        answer = read(place);
        QVERIFY(answer.isThere);
        QCOMPARE(answer.problem, QString());
        QCOMPARE(answer.token, QByteArray());
        const Answer again = write(place, {}); // removes the token
        QVERIFY(again.isThere);
        QCOMPARE(again.problem, QString());
    }

    // The keyring is locked, and nobody can type its password.
    void aLockedKeyringGivesAndTakesNothing()
    {
        const QUrl place(u"https://10.0.0.2:30000"_s);
        QCOMPARE(write(place, "opensesame").problem, QString());
        QVERIFY(run(u"gdbus"_s,
                    {u"call"_s, u"--session"_s, u"--dest"_s, u"org.freedesktop.secrets"_s, u"--object-path"_s,
                     u"/org/freedesktop/secrets"_s, u"--method"_s, u"org.freedesktop.Secret.Service.Lock"_s,
                     u"[objectpath '/org/freedesktop/secrets/collection/login']"_s}));
        const Answer answer = read(place);
        QVERIFY(answer.isThere);
        QCOMPARE(answer.token, QByteArray());
        // QtKeychain reports this like a missing token: the dashboard asks the user for it.
        const Answer written = write(place, "another");
        QVERIFY(written.isThere);
        QVERIFY2(!written.problem.isEmpty(), "as if it were kept");
    }
};

int main(int argc, char **argv)
{
    const QString bus = QStandardPaths::findExecutable(u"dbus-run-session"_s);
    if (qEnvironmentVariableIsSet(OnItsBus) || bus.isEmpty() ||
        QStandardPaths::findExecutable(u"gnome-keyring-daemon"_s).isEmpty())
        return runGuiSuite<KeyringTest>(argc, argv);

    const QTemporaryDir home;
    qputenv("HOME", home.path().toLocal8Bit());
    qputenv("XDG_DATA_HOME", home.filePath(u"data"_s).toLocal8Bit());
    qputenv("XDG_RUNTIME_DIR", home.path().toLocal8Bit());
    qputenv(OnItsBus, "1");
    QStringList arguments{u"--"_s};
    for (int i = 0; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    return QProcess::execute(bus, arguments);
}

#include "tst_keyring.moc"
