// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/exitcode.h"
#include "shared/base/options.h"

#include <QTemporaryDir>
#include <QTest>

using namespace replog;
using namespace Qt::StringLiterals;

namespace {

Options sample()
{
    Options options(u"replog-sample"_s, u"A sample of a program that shows what options can do."_s);
    options.beginGroup(u"Listening"_s);
    options.add({.name = u"port"_s,
                 .shortName = u"p"_s,
                 .placeholder = u"PORT"_s,
                 .defaultValue = u"30000"_s,
                 .help = u"TCP port to listen on; 0 takes a free one."_s,
                 .parse = Options::integer(0, 65535)});
    options.add({.name = u"master"_s,
                 .shortName = u"m"_s,
                 .placeholder = u"HOST:PORT"_s,
                 .help = u"The master."_s,
                 .parse = Options::hostPort()});
    options.add({.name = u"advertise"_s,
                 .placeholder = u"URL"_s,
                 .help = u"Own address."_s,
                 .parse = Options::httpUrl()});
    options.beginGroup(u"Retry"_s);
    options.add({.name = u"retry-base"_s,
                 .placeholder = u"DURATION"_s,
                 .defaultValue = u"50ms"_s,
                 .help = u"First pause."_s,
                 .parse = Options::duration(1, 3600000)});
    options.add({.name = u"max-message"_s,
                 .placeholder = u"SIZE"_s,
                 .defaultValue = u"1MiB"_s,
                 .help = u"Largest message."_s,
                 .parse = Options::size(1, 1 << 30)});
    options.add({.name = u"quorum-append"_s, .help = u"Accept appends only with a majority."_s});
    options.add({.name = u"log-format"_s,
                 .placeholder = u"FORMAT"_s,
                 .defaultValue = u"text"_s,
                 .help = u"How."_s,
                 .parse = Options::oneOf({u"text"_s, u"json"_s})});
    options.add(
        {.name = u"name"_s, .placeholder = u"NAME"_s, .help = u"Name."_s, .parse = Options::nodeName()});
    options.add({.name = u"fail-before"_s,
                 .placeholder = u"P"_s,
                 .defaultValue = u"0"_s,
                 .help = u"Probability."_s,
                 .parse = Options::realNumber(0, 1)});
    options.addExample(u"replog-sample --port 0"_s, u"listens somewhere"_s);
    return options;
}

Result<Options::Action> parse(Options &options, const QStringList &arguments,
                              const QList<QPair<QString, QString>> &environment = {})
{
    QProcessEnvironment variables;
    for (const auto &[name, value] : environment)
        variables.insert(name, value);
    return options.parse(QStringList{u"replog-sample"_s} + arguments, variables);
}

} // namespace

class TestOptions : public QObject
{
    Q_OBJECT
private slots:
    void sizesMayBeLarge()
    {
        const auto size = Options::size(1, std::numeric_limits<qint64>::max());
        QCOMPARE(size(u"2TiB"_s)->toLongLong(), 2LL << 40);
        QCOMPARE(size(u"3tb"_s)->toLongLong(), 3000000000000LL);
    }

    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void givesDefaults()
    {
        Options options = sample();
        QVERIFY(parse(options, {}));
        QCOMPARE(options.number(u"port"_s), 30000);
        QCOMPARE(options.number(u"retry-base"_s), 50);
        QCOMPARE(options.number(u"max-message"_s), 1048576);
        QCOMPARE(options.flag(u"quorum-append"_s), false);
        QVERIFY(!options.isSet(u"port"_s));
        QVERIFY(options.url(u"master"_s).isEmpty());
    }

    void takesValues()
    {
        Options options = sample();
        const auto action =
            parse(options, {u"-p"_s, u"7"_s, u"--master=localhost:30000"_s, u"--retry-base"_s, u"2s"_s,
                            u"--max-message"_s, u"64KiB"_s, u"--quorum-append"_s, u"--advertise"_s,
                            u"http://10.0.0.1:20000"_s, u"--fail-before=0.25"_s});
        QVERIFY(action);
        QCOMPARE(options.number(u"port"_s), 7);
        QCOMPARE(options.source(u"port"_s), u"--port"_s);
        QCOMPARE(options.url(u"master"_s), QUrl(u"http://localhost:30000"_s));
        QCOMPARE(options.url(u"advertise"_s), QUrl(u"http://10.0.0.1:20000"_s));
        QCOMPARE(options.number(u"retry-base"_s), 2000);
        QCOMPARE(options.number(u"max-message"_s), 65536);
        QCOMPARE(options.real(u"fail-before"_s), 0.25);
        QVERIFY(options.flag(u"quorum-append"_s));
    }

    void prefersCommandLineThenEnvironmentThenFile()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(u"replog.ini"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(
            "# a comment\nport = 1\nretry-base=1s\n\n[replog-secondary]\nunheard-of=1\n[replog-sample]\n"
            "quorum-append = yes\nname = \"from-file\"\nmax-message = 2KiB\n");
        file.close();
        Options options = sample();
        const auto action = parse(options, {u"--config"_s, file.fileName(), u"--port"_s, u"3"_s},
                                  {{u"REPLOG_PORT"_s, u"2"_s},
                                   {u"REPLOG_RETRY_BASE"_s, u"2s"_s},
                                   {u"REPLOG_QUORUM_APPEND"_s, u"false"_s},
                                   {u"HOME"_s, u"/"_s}});
        QVERIFY2(action, action ? "" : qPrintable(action.error().text));
        QCOMPARE(options.number(u"port"_s), 3);
        QCOMPARE(options.number(u"retry-base"_s), 2000);
        QCOMPARE(options.flag(u"quorum-append"_s), false);
        QCOMPARE(options.text(u"name"_s), u"from-file"_s);
        QCOMPARE(options.number(u"max-message"_s), 2048);
        QCOMPARE(options.source(u"max-message"_s), u"replog.ini:10: max-message"_s);
    }

    // Variables that Kubernetes sets in a container beside services named replog, replog-master and replog-x.
    void leavesKubernetesAlone()
    {
        const QList<QPair<QString, QString>> kubernetes{
            {u"REPLOG_PORT"_s, u"tcp://10.0.0.1:30000"_s},
            {u"REPLOG_PORT_30000_TCP"_s, u"tcp://10.0.0.1:30000"_s},
            {u"REPLOG_PORT_30000_TCP_ADDR"_s, u"10.0.0.1"_s},
            {u"REPLOG_PORT_30000_TCP_PORT"_s, u"30000"_s},
            {u"REPLOG_PORT_30000_TCP_PROTO"_s, u"tcp"_s},
            {u"REPLOG_SERVICE_HOST"_s, u"10.0.0.1"_s},
            {u"REPLOG_SERVICE_PORT"_s, u"30000"_s},
            {u"REPLOG_SERVICE_PORT_HTTP"_s, u"30000"_s},
            {u"REPLOG_MASTER_PORT"_s, u"tcp://10.0.0.2:30000"_s},
            {u"REPLOG_MASTER_SERVICE_HOST"_s, u"10.0.0.2"_s},
            {u"REPLOG_X_PORT_53_UDP"_s, u"udp://10.0.0.3:53"_s},
        };
        Options options = sample();
        const auto action = parse(options, {}, kubernetes);
        QVERIFY2(action, action ? "" : qPrintable(action.error().text));
        QCOMPARE(options.number(u"port"_s), 30000);
        QVERIFY(!options.isSet(u"port"_s));
        QCOMPARE(options.warnings().size(), kubernetes.size());
        QVERIFY(options.warnings().join(u'\n').contains(u"REPLOG_SERVICE_HOST"_s));
        // Mistyped variables are not taken for these.
        QVERIFY(!parse(options, {}, {{u"REPLOG_MASTER_PORT"_s, u"30000"_s}}));
        QVERIFY(!parse(options, {}, {{u"REPLOG_PORT"_s, u"ftp://10.0.0.1"_s}}));
    }

    void leavesOtherProgramsAlone()
    {
        Options other(u"replog-other"_s, u"Another."_s);
        other.add({.name = u"lag"_s, .placeholder = u"DURATION"_s, .help = u"How late."_s});
        other.add({.name = u"port"_s, .placeholder = u"PORT"_s, .help = u"Where."_s});
        Options options = sample();
        options.leaveAlone(other);
        QVERIFY(parse(options, {}, {{u"REPLOG_LAG"_s, u"1s"_s}, {u"REPLOG_PORT"_s, u"7"_s}}));
        QCOMPARE(options.number(u"port"_s), 7);
        QCOMPARE(options.warnings(), QStringList{u"environment variable REPLOG_LAG is an option of "
                                                 u"replog-other; it is left alone"_s});
        QVERIFY(!parse(options, {}, {{u"REPLOG_LOG"_s, u"1s"_s}}));
    }

    void judgesOnlyTheValueThatWins()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(u"x.ini"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("\xef\xbb\xbfretry-base = often\nport = x\n");
        file.close();
        Options options = sample();
        const auto action = parse(options, {u"--config"_s, file.fileName(), u"--port"_s, u"3"_s},
                                  {{u"REPLOG_RETRY_BASE"_s, u"2s"_s}, {u"REPLOG_PORT"_s, u"somewhere"_s}});
        QVERIFY2(action, action ? "" : qPrintable(action.error().text));
        QCOMPARE(options.number(u"port"_s), 3);
        QCOMPARE(options.number(u"retry-base"_s), 2000);
    }

    void takesTheFileFromTheEnvironment()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(u"x.ini"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("port=9\n");
        file.close();
        Options options = sample();
        QVERIFY(parse(options, {}, {{u"REPLOG_CONFIG"_s, file.fileName()}}));
        QCOMPARE(options.number(u"port"_s), 9);
    }

    void refuses_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("variable");
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *name, const QStringList &arguments, const QString &expected) {
            QTest::newRow(name) << arguments << QString() << QString() << expected;
        };
        row("unknown", {u"--prot"_s, u"1"_s}, u"unknown option --prot"_s);
        row("unknown letter", {u"-x"_s}, u"unknown option -x"_s);
        row("no value", {u"--port"_s}, u"missing value after '--port'"_s);
        row("value for a switch", {u"--quorum-append=1"_s}, u"unexpected value after '--quorum-append'"_s);
        row("argument", {u"stray"_s}, u"unexpected argument 'stray'"_s);
        row("not a number", {u"--port"_s, u"http"_s},
            u"--port: 'http' is no good value: expected a whole number from 0 to 65535"_s);
        row("too large", {u"-p"_s, u"65536"_s}, u"--port: '65536'"_s);
        row("negative", {u"--port=-1"_s}, u"--port: '-1'"_s);
        row("duration without unit", {u"--retry-base"_s, u"50"_s},
            u"--retry-base: '50' is no good value: expected a duration such as"_s);
        row("duration of zero", {u"--retry-base"_s, u"0"_s}, u"from 1ms to 60m"_s);
        row("size", {u"--max-message"_s, u"1 parsec"_s}, u"expected a size"_s);
        row("size above", {u"--max-message"_s, u"2GiB"_s}, u"from 1 to 1GiB"_s);
        row("choice", {u"--log-format"_s, u"xml"_s}, u"expected one of text, json"_s);
        row("host without port", {u"--master"_s, u"localhost"_s}, u"expected host:port"_s);
        row("port of a host", {u"--master"_s, u"localhost:99999"_s}, u"expected host:port"_s);
        row("scheme", {u"--advertise"_s, u"ftp://x/"_s}, u"expected an http URL"_s);
        row("url", {u"--advertise"_s, u"http://"_s}, u"expected an http URL"_s);
        row("user and password", {u"--advertise"_s, u"http://u:p@x:1"_s}, u"expected an http URL"_s);
        row("path", {u"--advertise"_s, u"http://x:1/y"_s}, u"expected an http URL"_s);
        row("user of a master", {u"--master"_s, u"u@x:1"_s}, u"expected host:port"_s);
        row("name", {u"--name"_s, u"a b"_s}, u"expected 1 to 64 letters"_s);
        row("name with a line end", {u"--name"_s, u"a\n"_s}, u"expected 1 to 64 letters"_s);
        row("name like an option", {u"--name=-a"_s}, u"expected 1 to 64 letters"_s);
        row("probability", {u"--fail-before"_s, u"1.5"_s}, u"expected a number from 0 to 1"_s);
        row("not a number at all", {u"--fail-before"_s, u"nan"_s}, u"expected a number from 0 to 1"_s);
        row("no file", {u"--config"_s, u"/nonexistent/x.ini"_s},
            u"--config: cannot read '/nonexistent/x.ini'"_s);
        QTest::newRow("unknown variable")
            << QStringList() << u"REPLOG_PROT"_s << QString() << u"environment variable REPLOG_PROT"_s;
        QTest::newRow("bad variable") << QStringList() << u"REPLOG_MAX_MESSAGE"_s << QString()
                                      << u"environment variable REPLOG_MAX_MESSAGE: 'x' is no good value"_s;
        const auto inFile = [](const char *name, const QString &text, const QString &expected) {
            QTest::newRow(name) << QStringList() << QString() << text << expected;
        };
        inFile("unknown key", u"port=1\nprot=2\n"_s, u"t.ini:2: unknown option 'prot'"_s);
        inFile("bad key", u"port=x\n"_s, u"t.ini:1: port: 'x' is no good value"_s);
        inFile("no key", u"port\n"_s, u"t.ini:1: 'port' is no 'name = value'"_s);
        inFile("section", u"[master]\n"_s, u"t.ini:1: unknown section 'master'"_s);
        inFile("section of no program", u"[replog-mastre]\nport = 1\n"_s,
               u"t.ini:1: unknown section 'replog-mastre'"_s);
        inFile("config in a file", u"config=y\n"_s, u"t.ini:1: unknown option 'config'"_s);
    }

    void refuses()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, variable);
        QFETCH(QString, file);
        QFETCH(QString, expected);
        QTemporaryDir folder;
        if (!file.isEmpty()) {
            QFile ini(folder.filePath(u"t.ini"_s));
            QVERIFY(ini.open(QIODevice::WriteOnly));
            ini.write(file.toUtf8());
            arguments << u"--config"_s << ini.fileName();
        }
        QList<QPair<QString, QString>> environment;
        if (!variable.isEmpty())
            environment.append({variable, u"x"_s});
        Options options = sample();
        const auto action = parse(options, arguments, environment);
        QVERIFY(!action);
        QCOMPARE(action.error().code, Errc::InvalidArgument);
        QVERIFY2(action.error().text.contains(expected, Qt::CaseInsensitive),
                 qPrintable(action.error().text));
        QVERIFY(!action.error().text.contains(u'\n'));
    }

    void takesDurations_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("ms");
        QTest::newRow("ms") << u"50ms"_s << qint64(50);
        QTest::newRow("s") << u"2s"_s << qint64(2000);
        QTest::newRow("half a minute") << u"0.5m"_s << qint64(30000);
        QTest::newRow("h") << u"1h"_s << qint64(3600000);
        QTest::newRow("nothing") << u"0"_s << qint64(0);
        QTest::newRow("space") << u"5 s"_s << qint64(5000);
    }

    void takesDurations()
    {
        QFETCH(QString, text);
        QFETCH(qint64, ms);
        const auto value = Options::duration(0)(text);
        QVERIFY(value);
        QCOMPARE(value->toLongLong(), ms);
    }

    void takesHostsOfAllKinds()
    {
        const auto parser = Options::hostPort();
        QCOMPARE(parser(u"[::1]:30000"_s)->toUrl(), QUrl(u"http://[::1]:30000"_s));
        QCOMPARE(parser(u"http://m.example:80/"_s)->toUrl(), QUrl(u"http://m.example:80"_s));
        QCOMPARE(parser(u"https://m.example"_s)->toUrl(), QUrl(u"https://m.example:443"_s));
        QVERIFY(!parser(u"http://m.example/path"_s));
    }

    void explainsItself()
    {
        Options options = sample();
        const auto action = parse(options, {u"--help"_s});
        QVERIFY(action);
        QCOMPARE(*action, Options::Action::Help);
        const QString help = options.helpText();
        for (const QString &part : {u"Usage: replog-sample"_s, u"A sample of a program"_s, u"Listening:"_s,
                                    u"-p, --port PORT"_s, u"[default: 30000]"_s, u"--quorum-append"_s,
                                    u"--config FILE"_s, u"Examples:"_s, u"REPLOG_RETRY_BASE"_s})
            QVERIFY2(help.contains(part), qPrintable(part + u"\n"_s + help));
        QCOMPARE(help.count(u"--config FILE"_s), 1);
        for (const QString &line : help.split(u'\n'))
            QVERIFY2(line.size() <= 104, qPrintable(line));
    }

    void tellsItsVersion()
    {
        Options options = sample();
        QCOMPARE(*parse(options, {u"--version"_s}), Options::Action::Version);
        QCOMPARE(options.versionText(), u"replog-sample %1\n"_s.arg(QStringLiteral(REPLOG_VERSION)));
    }

    void knowsExitCodes()
    {
        QCOMPARE(exitCode(Errc::InvalidArgument), 2);
        QCOMPARE(exitCode(Errc::InUse), 1);
        QCOMPARE(exitCode(Errc::Corrupt), 1);
    }
};

QTEST_GUILESS_MAIN(TestOptions)
#include "tst_options.moc"
