// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/clusterfile.h"
#include "gui/control/commandcontrol.h"
#include "gui/control/connectdialog.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace replog;

class ClusterFileTest : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void readsTheExample();
    void namesTheBadField_data();
    void namesTheBadField();
    void namesAreMadeFitToBeShown();
    void anEndlessFileIsNotRead();
    void runsACommandAndShowsItsOutput();
    void outputGoesOutFewLinesATurn();
    void tellsWhyACommandFailed();
    void runsOneCommandAtATimeForANode();
    void nodesWithoutCommandsSayWhy();
    void commandsGoWithTheirNode();
    void understandsAddresses_data();
    void understandsAddresses();
};

void ClusterFileTest::readsTheExample()
{
    const Result<ClusterFile> file =
        ClusterFile::read(QStringLiteral(REPLOG_RESOURCES "/cluster-example.json"));
    QVERIFY2(file, qPrintable(file ? QString() : file.error().text));
    QCOMPARE(file->description.nodes.size(), 3);
    QCOMPARE(file->description.nodes[0].role, NodeRole::Master);
    QVERIFY(file->commands.value(u"secondary-1"_s).contains(NodeControl::Action::Kill));
    QVERIFY(!file->description.title.isEmpty());
}

void ClusterFileTest::namesTheBadField_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("named");
    QTest::newRow("no json") << QByteArray("{\n\n nodes") << u"Line 3"_s;
    QTest::newRow("no nodes") << QByteArray(R"({"title":"x"})") << u"nodes"_s;
    QTest::newRow("no name") << QByteArray(R"({"nodes":[{"url":"http://a:1"}]})") << u"nodes[0].name"_s;
    QTest::newRow("long name") << QByteArray(R"({"nodes":[{"name":")" + QByteArray(200, 'w') +
                                             R"(","url":"http://a:1"}]})")
                               << u"nodes[0].name"_s;
    QTest::newRow("many nodes") << QByteArray(R"({"nodes":[)" + QByteArray("{},").repeated(1000) + "{}]}")
                                << u"nodes: "_s;
    QTest::newRow("no url") << QByteArray(R"({"nodes":[{"name":"a"}]})") << u"nodes[0].url"_s;
    QTest::newRow("bad url") << QByteArray(R"({"nodes":[{"name":"a","url":"ftp://a"}]})")
                             << u"nodes[0].url"_s;
    QTest::newRow("user in url") << QByteArray(R"({"nodes":[{"name":"a","url":"http://u:p@a:1"}]})")
                                 << u"nodes[0].url"_s;
    QTest::newRow("bad role") << QByteArray(R"({"nodes":[{"name":"a","url":"http://a:1","role":"boss"}]})")
                              << u"nodes[0].role"_s;
    QTest::newRow("twice")
        << QByteArray(R"({"nodes":[{"name":"a","url":"http://a:1"},{"name":"a","url":"http://a:2"}]})")
        << u"nodes[1].name"_s;
    QTest::newRow("empty command") << QByteArray(R"({"nodes":[{"name":"a","url":"http://a:1","stop":""}]})")
                                   << u"nodes[0].stop"_s;
    QTest::newRow("number command") << QByteArray(R"({"nodes":[{"name":"a","url":"http://a:1","stop":[1]}]})")
                                    << u"nodes[0].stop"_s;
    QTest::newRow("unknown field") << QByteArray(
                                          R"({"nodes":[{"name":"a","url":"http://a:1","restart":"x"}]})")
                                   << u"nodes[0].restart"_s;
}

void ClusterFileTest::namesTheBadField()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, named);
    const Result<ClusterFile> file = ClusterFile::parse(json);
    QVERIFY(!file);
    QVERIFY2(file.error().text.contains(named), qPrintable(file.error().text));
}

void ClusterFileTest::namesAreMadeFitToBeShown()
{
    const auto file = ClusterFile::parse("{\"nodes\":[{\"name\":\"\u202Eevil\\nname\",\"url\":\"http://a:1\","
                                         "\"stop\":\"x\"}]}");
    QVERIFY(file);
    QCOMPARE(file->description.nodes[0].name, u"\uFFFDevil\u23CEname"_s);
    QVERIFY(file->commands.contains(file->description.nodes[0].name));
    const auto path = ClusterFile::parse(R"({"nodes":[{"name":"a","url":"http://a:1/%E2%80%AEx?y#z"}]})");
    QVERIFY(path);
    QCOMPARE(path->description.nodes[0].url.toString(), u"http://a:1"_s);
    const auto twice = ClusterFile::parse("{\"nodes\":[{\"name\":\"a\u202E\",\"url\":\"http://a:1\"},"
                                          "{\"name\":\"a\u202D\",\"url\":\"http://a:2\"}]}");
    QVERIFY(!twice);
    QCOMPARE(twice.error().field, u"nodes[1].name"_s);
    const auto field = ClusterFile::parse(QByteArray(R"({"nodes":[{"name":"a","url":"http://a:1",")") +
                                          QByteArray(5000, 'w') + R"(":1}]})");
    QVERIFY(!field);
    QVERIFY(field.error().text.size() < 200);
}

void ClusterFileTest::anEndlessFileIsNotRead()
{
    const Result<ClusterFile> file = ClusterFile::read(u"/dev/zero"_s);
    QVERIFY(!file);
    QCOMPARE(file.error().field, u"file"_s);
}

namespace {

ClusterFile withCommands(const QHash<NodeControl::Action, ClusterFile::Command> &commands)
{
    ClusterFile file;
    file.description.nodes.append({u"a"_s, NodeRole::Master, QUrl(u"http://127.0.0.1:1"_s)});
    file.commands.insert(u"a"_s, commands);
    return file;
}

} // namespace

void ClusterFileTest::runsACommandAndShowsItsOutput()
{
    CommandControl control(
        withCommands({{NodeControl::Action::Start, {u"/bin/sh"_s, u"-c"_s, u"echo one; printf two"_s}}}));
    QSignalSpy lines(&control, &NodeControl::outputLine);
    QSignalSpy failed(&control, &NodeControl::failed);
    control.perform(u"a"_s, NodeControl::Action::Start);
    QTRY_COMPARE_WITH_TIMEOUT(lines.count(), 4, 30000);
    QCOMPARE(lines[0][1].toString(), u"$ /bin/sh -c \"echo one; printf two\""_s);
    QCOMPARE(lines[1][1].toString(), u"one"_s);
    QCOMPARE(lines[2][1].toString(), u"two"_s);
    QCOMPARE(failed.count(), 0);
    QVERIFY(control.can(u"a"_s, NodeControl::Action::Start));
}

// Whoever shows a line takes time for it: a command that prints much must not block the window.
void ClusterFileTest::outputGoesOutFewLinesATurn()
{
    CommandControl control(withCommands(
        {{NodeControl::Action::Start,
          {u"/bin/sh"_s, u"-c"_s, u"head -c 2000000 /dev/zero | tr '\\0' W; echo; seq 1 20000"_s}}}));
    qint64 bytesInTurn = 0, mostBytes = 0;
    int linesInTurn = 0, mostLines = 0;
    qint64 longest = 0, numbers = 0, leftOut = 0;
    QString last;
    bool isDone = false;
    connect(&control, &NodeControl::outputLine, this, [&](const QString &, const QString &line) {
        if (linesInTurn == 0) {
            QMetaObject::invokeMethod(
                this, [&] { linesInTurn = 0, bytesInTurn = 0; }, Qt::QueuedConnection);
        }
        mostLines = std::max(mostLines, ++linesInTurn);
        mostBytes = std::max(mostBytes, bytesInTurn += line.size());
        longest = std::max<qint64>(longest, line.size());
        static const QRegularExpression out(u"^… ([\\d,]+) line"_s);
        if (const auto match = out.match(line); match.hasMatch())
            leftOut += match.captured(1).remove(u',').toLongLong();
        else if (!line.startsWith(u'$') && line != u"done")
            ++numbers, last = line;
        isDone = isDone || line == u"done"_s;
    });
    control.perform(u"a"_s, NodeControl::Action::Start);
    QTRY_VERIFY_WITH_TIMEOUT(isDone, 30000);
    QVERIFY2(mostLines <= CommandControl::TurnLines + 3, qPrintable(QString::number(mostLines)));
    QVERIFY(mostBytes <= CommandControl::TurnBytes + 2 * CommandControl::LineBytes);
    QVERIFY(longest <= CommandControl::LineBytes);
    QCOMPARE(last, u"20000"_s);
    // Of the long line there are pieces, and the end of the last one stands on a line of its own.
    QCOMPARE(numbers + leftOut,
             20000 + (2'000'000 + CommandControl::LineBytes - 1) / CommandControl::LineBytes);
    QVERIFY(control.can(u"a"_s, NodeControl::Action::Start));
}

void ClusterFileTest::tellsWhyACommandFailed()
{
    CommandControl control(
        withCommands({{NodeControl::Action::Stop, {u"/bin/sh"_s, u"-c"_s, u"echo no such unit; exit 5"_s}},
                      {NodeControl::Action::Kill, {u"/no/such/program"_s}}}));
    QSignalSpy failed(&control, &NodeControl::failed);
    control.perform(u"a"_s, NodeControl::Action::Stop);
    QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, 30000);
    QVERIFY(failed[0][1].toString().contains(u"exit code 5"_s));
    QVERIFY(failed[0][1].toString().contains(u"no such unit"_s));
    control.perform(u"a"_s, NodeControl::Action::Kill);
    QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 2, 30000);
    QVERIFY(failed[1][1].toString().contains(u"/no/such/program"_s));
}

void ClusterFileTest::runsOneCommandAtATimeForANode()
{
    CommandControl control(withCommands({{NodeControl::Action::Stop, {u"/bin/sh"_s, u"-c"_s, u"read line"_s}},
                                         {NodeControl::Action::Start, {u"/bin/sleep"_s, u"1000"_s}}}),
                           300);
    QSignalSpy failed(&control, &NodeControl::failed);
    control.perform(u"a"_s, NodeControl::Action::Start);
    QVERIFY(control.whyNot(u"a"_s, NodeControl::Action::Stop).contains(u"sleep 1000"_s));
    QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, 30000); // the command exceeded its time limit
    QVERIFY(control.can(u"a"_s, NodeControl::Action::Stop));
}

void ClusterFileTest::nodesWithoutCommandsSayWhy()
{
    const CommandControl control(withCommands({}));
    for (auto action : {NodeControl::Action::Start, NodeControl::Action::Stop, NodeControl::Action::Kill,
                        NodeControl::Action::Freeze, NodeControl::Action::Thaw}) {
        QVERIFY(!control.can(u"a"_s, action));
        QVERIFY(control.whyNot(u"a"_s, action).contains(u"cluster file"_s));
    }
    QCOMPARE(control.processState(u"a"_s), ProcessState::Unknown);
}

// The file's names are people's; a node may turn out to have another one, even while a command runs.
void ClusterFileTest::commandsGoWithTheirNode()
{
    ClusterFile file;
    for (const QString &name : {u"a"_s, u"b"_s, u"c"_s}) {
        file.description.nodes.append({name, NodeRole::Secondary, QUrl(u"http://127.0.0.1:1"_s)});
        file.commands.insert(
            name, {{NodeControl::Action::Start, {u"/bin/sh"_s, u"-c"_s, u"echo started "_s + name}}});
    }
    CommandControl control(file);
    using Action = NodeControl::Action;
    control.perform(u"a"_s, Action::Start);
    control.handleRenamed(u"a"_s, u"s1"_s);
    QVERIFY(!control.can(u"s1"_s, Action::Start)); // it still runs
    QVERIFY(control.whyNot(u"s1"_s, Action::Start).contains(u"still running"_s));
    QSignalSpy lines(&control, &NodeControl::outputLine);
    QTRY_COMPARE_WITH_TIMEOUT(lines.count(), 2, 30000);
    QCOMPARE(lines[0], QVariantList({u"s1"_s, u"started a"_s}));
    QCOMPARE(lines[1], QVariantList({u"s1"_s, u"done"_s}));
    QVERIFY(control.can(u"s1"_s, Action::Start));
    QVERIFY(!control.can(u"a"_s, Action::Start)); // that is another node's name now
    // Names change places, and the commands with them.
    control.handleRenamed(u"b"_s, u"127.0.0.1:1"_s);
    control.handleRenamed(u"c"_s, u"b"_s);
    control.handleRenamed(u"127.0.0.1:1"_s, u"c"_s);
    control.perform(u"c"_s, Action::Start);
    QTRY_COMPARE_WITH_TIMEOUT(lines.count(), 5, 30000);
    QCOMPARE(lines[3], QVariantList({u"c"_s, u"started b"_s}));
    // Two entries are one node.
    control.handleRenamed(u"s1"_s, u"b"_s);
    control.perform(u"b"_s, Action::Start);
    QTRY_COMPARE_WITH_TIMEOUT(lines.count(), 8, 30000);
    QCOMPARE(lines[6], QVariantList({u"b"_s, u"started c"_s}));
    QVERIFY(!control.can(u"s1"_s, Action::Start));
    control.handleRenamed(u"nobody"_s, u"x"_s);
    QVERIFY(!control.can(u"x"_s, Action::Start));
}

void ClusterFileTest::understandsAddresses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("url"); // empty: refused
    QTest::newRow("host and port") << u"localhost:30000"_s << u"http://localhost:30000"_s;
    QTest::newRow("url") << u" http://10.0.0.1:30000/ "_s << u"http://10.0.0.1:30000"_s;
    QTest::newRow("path goes") << u"https://a.example:1/api/v1/status?x=1"_s << u"https://a.example:1"_s;
    QTest::newRow("ipv6") << u"[::1]:30000"_s << u"http://[::1]:30000"_s;
    QTest::newRow("empty") << u"  "_s << QString();
    QTest::newRow("no port") << u"localhost"_s << QString();
    QTest::newRow("bad port") << u"localhost:99999"_s << QString();
    QTest::newRow("scheme") << u"ftp://localhost:1"_s << QString();
    QTest::newRow("user") << u"http://user:secret@localhost:1"_s << QString();
    QTest::newRow("spaces") << u"local host:1"_s << QString();
}

void ClusterFileTest::understandsAddresses()
{
    QFETCH(QString, text);
    QFETCH(QString, url);
    const Result<QUrl> parsed = ConnectDialog::parseAddress(text);
    QCOMPARE(bool(parsed), !url.isEmpty());
    if (parsed)
        QCOMPARE(parsed->toString(), url);
    else
        QCOMPARE(parsed.error().field, u"address"_s);
}

QTEST_GUILESS_MAIN(ClusterFileTest)
#include "tst_clusterfile.moc"
