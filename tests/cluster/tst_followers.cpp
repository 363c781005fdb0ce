// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/rudeclient.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <sys/resource.h>

using namespace replog::test;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 UnreadBytes = 256 * 1024; // of a connection, at most
constexpr int PatienceMs = 60'000;

// A reader of an event stream, which says what it was pushed.
class Follower
{
public:
    Follower(const QUrl &url, quint64 from) : m_url(url), m_next(from) { connect(); }

    // Takes what has come; false if that was nothing.
    bool read(int patienceMs)
    {
        const QByteArray piece = m_client->receive(patienceMs);
        m_rest += piece;
        qsizetype end = 0;
        for (qsizetype at = find(0); at >= 0; at = find(end)) {
            end = m_rest.indexOf('\n', at);
            if (m_rest.mid(at, end - at).toULongLong() != m_next)
                m_isInOrder = false;
            ++m_next;
        }
        m_rest = m_rest.mid(std::max<qsizetype>(m_rest.lastIndexOf('\n'), 0));
        return !piece.isEmpty();
    }
    // Reads until it has the entry. A node cuts a reader off that took nothing for half a minute; it goes on
    // from where it was, which a reader that reads needs once at most.
    bool readTo(quint64 id)
    {
        while (m_next <= id) {
            if (read(PatienceMs))
                continue;
            if (m_wasCut)
                return false;
            m_wasCut = true;
            connect();
        }
        return m_isInOrder;
    }
    quint64 next() const { return m_next; }
    bool isInOrder() const { return m_isInOrder; }
    bool wasCut() const { return m_wasCut; }

private:
    void connect()
    {
        m_rest.clear();
        m_client = std::make_unique<RudeClient>(m_url);
        // Nothing else stands between the events of an answer in HTTP/1.0: no chunks.
        m_client->send(
            "GET /api/v1/messages?from=1 HTTP/1.0\r\nAccept: text/event-stream\r\nLast-Event-ID: " +
            QByteArray::number(m_next - 1) + "\r\n\r\n");
    }
    // The number of the next event, whose line is whole.
    qsizetype find(qsizetype from) const
    {
        const qsizetype at = m_rest.indexOf("\nid: ", from);
        return at < 0 || m_rest.indexOf('\n', at + 1) < 0 ? -1 : at + 5;
    }

    QUrl m_url;
    std::unique_ptr<RudeClient> m_client;
    QByteArray m_rest;
    quint64 m_next;
    bool m_isInOrder = true;
    bool m_wasCut = false;
};

} // namespace

// A thousand followers of a busy log, and one of them that does not read.
class TestFollowers : public QObject
{
    Q_OBJECT

    static void append(const NodeProcess &master, int count, int bytes)
    {
        QByteArray batch = R"({"w": 1, "messages": [)";
        for (int i = 0; i < count; ++i)
            batch.append(i == 0 ? "\"" : ",\"").append(QByteArray(bytes, 'x')).append('"');
        const auto call = master.http().call("POST", "/api/v1/messages", batch + "]}");
        QVERIFY(call->wait());
        QCOMPARE(call->answer().status, 201);
    }

    // So that the peak is what it has from now on.
    static void forgetPeak(const NodeProcess &node)
    {
        QFile file(u"/proc/%1/clear_refs"_s.arg(node.pid()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write("5"), 1);
    }

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void oneOfAThousandStalls()
    {
        constexpr int Count = 1000;
        constexpr int Before = 640; // of 100 kB: what the stalled one is behind with
        constexpr int Busy = 1000;
        rlimit limit{};
        QCOMPARE(::getrlimit(RLIMIT_NOFILE, &limit), 0);
        limit.rlim_cur = limit.rlim_max;
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &limit), 0);
        const QTemporaryDir folder;
        NodeProcess master(NodeProcess::Role::Master, u"m"_s, folder.filePath(u"m"_s), {});
        QVERIFY(master.start());
        for (int i = 0; i < Before; i += 40) {
            append(master, 40, 100'000);
            if (QTest::currentTestFailed())
                return;
        }
        // What reading costs, whoever reads.
        QVERIFY(Follower(master.url(), 1).readTo(Before));
        forgetPeak(master);
        if (QTest::currentTestFailed())
            return;
        const qint64 alone = peakBytes(master);
        Follower stalled(master.url(), 1);
        // It had its turns as often as this one.
        QVERIFY(Follower(master.url(), 1).readTo(Before));
        const qint64 ofStalled = peakBytes(master) - alone;

        std::vector<std::unique_ptr<Follower>> followers;
        for (int i = 1; i < Count; ++i)
            followers.push_back(std::make_unique<Follower>(master.url(), Before + 1));
        std::atomic<bool> isOver = false;
        std::jthread reader([&followers, &isOver](const std::stop_token &stop) {
            const auto isBehind = [](const auto &each) { return each->next() <= Before + Busy; };
            bool hasCome = true;
            while (!stop.stop_requested()) {
                const auto behind = std::find_if(followers.begin(), followers.end(), isBehind);
                if (behind == followers.end())
                    break;
                if (!hasCome)
                    (*behind)->read(100);
                hasCome = false;
                for (const auto &follower : followers)
                    hasCome = follower->read(0) || hasCome;
            }
            isOver = true;
        });
        for (int i = 0; i < Busy; i += 10) {
            append(master, 10, 1000);
            if (QTest::currentTestFailed())
                return;
        }
        QCOMPARE(master.http().getNow("/health").status, 200);
        QTRY_VERIFY_WITH_TIMEOUT(isOver, 300'000);
        reader.join();
        for (const auto &follower : followers)
            QVERIFY(follower->isInOrder() && follower->next() == Before + Busy + 1);
        const qint64 grown = peakBytes(master) - alone;
        // It gets all, as soon as it reads.
        QVERIFY(stalled.readTo(Before + Busy));
        qInfo("%lld MiB without followers, at most %lld MiB for one that stalls, %lld MiB for %d; it was %s",
              (long long)(alone / MiB), (long long)(ofStalled / MiB), (long long)(grown / MiB), Count,
              stalled.wasCut() ? "cut off, and went on" : "left alone");
        QVERIFY2(ofStalled < 16 * MiB, QByteArray::number(ofStalled).constData());
        QVERIFY2(grown < Count * UnreadBytes, QByteArray::number(grown).constData());
        QVERIFY2(master.sanitizerReport().isEmpty(), master.sanitizerReport().constData());
    }
};

QTEST_GUILESS_MAIN(TestFollowers)
#include "tst_followers.moc"
