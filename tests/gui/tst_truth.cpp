// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/gui/breakingfixture.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QScopeGuard>
#include <QThread>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <deque>
#include <memory>

#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace replog;
using namespace replog::test;

namespace {

constexpr int AskMs = 50;
constexpr int TickMs = 5;
constexpr double MostTickMs = 100;  // a longer tick means that the whole program was stopped
constexpr qint64 MayBeOldMs = 1000; // the most that the window may be behind a node's status

// Reads the status of every node in a thread of its own and records when. Its clock runs while the window is
// busy, but not while the whole program is stopped or the machine has no CPU for the window's thread.
class Witness : public QObject
{
    Q_OBJECT
public:
    struct Word
    {
        QString node;
        qint64 askedMs = 0; // by nowMs()
        qint64 toldMs = 0;
        quint64 lastId = 0;
        quint64 committedId = 0;
        QHash<QString, quint64> attempts; // of a master's status, by member
    };

    // `watched`: the thread of the window.
    explicit Witness(pid_t watched) : m_schedule(u"/proc/self/task/%1/schedstat"_s.arg(watched)) {}

    qint64 nowMs() const { return qint64(m_nowMs.load()); } // in any thread

    void begin(const QHash<QString, QUrl> &nodes)
    {
        m_network = new QNetworkAccessManager(this);
        m_nodes = nodes;
        m_lastTick.start();
        auto *const tick = new QTimer(this);
        tick->setTimerType(Qt::PreciseTimer);
        tick->setInterval(TickMs);
        m_waitedMs = waitedMs();
        connect(tick, &QTimer::timeout, this, [this] {
            const double waited = waitedMs();
            const double passed = double(m_lastTick.nsecsElapsed()) / 1e6;
            m_lastTick.restart();
            m_nowMs =
                m_nowMs + std::clamp(passed - (waited - std::exchange(m_waitedMs, waited)), 0.0, MostTickMs);
        });
        tick->start();
        auto *const timer = new QTimer(this);
        timer->setInterval(AskMs);
        connect(timer, &QTimer::timeout, this, &Witness::ask);
        timer->start();
    }

signals:
    void told(const Witness::Word &word);

private:
    // How long the window's thread was ready without running; null if the kernel does not tell.
    double waitedMs() const
    {
        QFile file(m_schedule);
        if (!file.open(QIODevice::ReadOnly))
            return 0;
        const QList<QByteArray> fields = file.readAll().split(' ');
        return fields.size() > 1 ? fields[1].toDouble() / 1e6 : 0;
    }

    void ask()
    {
        for (auto it = m_nodes.cbegin(); it != m_nodes.cend(); ++it) {
            if (m_open.contains(it.key()))
                continue;
            m_open.insert(it.key());
            QUrl url = it.value();
            url.setPath(u"/api/v1/status"_s);
            const qint64 asked = nowMs();
            QNetworkReply *const reply = m_network->get(QNetworkRequest(url));
            connect(reply, &QNetworkReply::finished, this, [this, reply, asked, node = it.key()] {
                m_open.remove(node);
                reply->deleteLater();
                if (reply->error() != QNetworkReply::NoError)
                    return;
                const QJsonObject document = QJsonDocument::fromJson(reply->readAll()).object();
                Word word{node,
                          asked,
                          nowMs(),
                          quint64(document.value("last_id"_L1).toInteger()),
                          quint64(document.value("committed_id"_L1).toInteger()),
                          {}};
                const QJsonArray members = document.value("nodes"_L1).toArray();
                for (const QJsonValue &member : members)
                    word.attempts.insert(member[u"name"_s].toString(),
                                         quint64(member[u"attempts"_s].toInteger()));
                emit told(word);
            });
        }
    }

    const QString m_schedule;
    std::atomic<double> m_nowMs = 0;
    double m_waitedMs = 0;
    QElapsedTimer m_lastTick;
    QNetworkAccessManager *m_network = nullptr;
    QHash<QString, QUrl> m_nodes;
    QSet<QString> m_open;
};

// Checks a figure that only grows: how long the window is behind each reported value, and whether it is ever
// ahead.
class Figure
{
public:
    using Shown = std::function<std::optional<quint64>()>; // null: the window shows the figure as unknown

    Figure(const QString &name, Shown shown) : m_name(name), m_shown(std::move(shown)) {}

    void look(qint64 now)
    {
        const std::optional<quint64> shown = m_shown();
        if (!shown) {
            m_open.clear(); // the window shows since when the node is silent, instead
            m_shows.clear();
            return;
        }
        m_shows.push_back({now, *shown});
        while (!m_open.empty() && m_open.front().second <= *shown) {
            m_oldest = std::max(m_oldest, now - m_open.front().first);
            m_open.pop_front();
        }
        if (!m_open.empty())
            m_oldest = std::max(m_oldest, now - m_open.front().first);
        while (m_shows.size() > 1 && now - m_shows.front().first > 10 * MayBeOldMs)
            m_shows.pop_front();
    }
    // A value shown before the request must be <= the value in its answer.
    void tell(qint64 asked, qint64 told, quint64 value)
    {
        while (!m_open.empty() && m_open.back().second >= value)
            m_open.pop_back(); // the node was restarted
        m_open.push_back({told, value});
        for (const auto &[at, shown] : m_shows) {
            if (!m_mayShrink && at < asked && shown > value)
                m_ahead = std::max(m_ahead, shown - value);
        }
    }
    // When a new master begins, nodes lose what only the old one had told them, and attempts count from 0.
    void setMayShrink(bool may)
    {
        m_mayShrink = may;
        m_open.clear();
        m_shows.clear();
    }
    QString report() const
    {
        return u"%1: at most %2 ms old, at most %3 ahead"_s.arg(m_name).arg(m_oldest).arg(m_ahead);
    }
    bool isTrue() const { return m_oldest <= MayBeOldMs && m_ahead == 0; }

private:
    QString m_name;
    Shown m_shown;
    std::deque<std::pair<qint64, quint64>> m_open; // time and value of reports not shown yet; both ascend
    std::deque<std::pair<qint64, quint64>> m_shows;
    bool m_mayShrink = false;
    qint64 m_oldest = 0;
    quint64 m_ahead = 0;
};

// CPU time of this thread.
double cpuMs()
{
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}

// Appends so many messages in batches.
void fill(const QUrl &master, int messages)
{
    constexpr int Batch = 5'000;
    QNetworkAccessManager network;
    QUrl url = master;
    url.setPath(u"/api/v1/messages"_s);
    for (int i = 0; i < messages; i += Batch) {
        QJsonArray texts;
        for (int j = 0; j < Batch; ++j)
            texts.append(u"message %1 of the log before"_s.arg(i + j + 1));
        QNetworkRequest request(url);
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        const std::unique_ptr<QNetworkReply> reply(network.post(
            request, QJsonDocument(QJsonObject{{u"messages"_s, texts}}).toJson(QJsonDocument::Compact)));
        QSignalSpy finished(reply.get(), &QNetworkReply::finished);
        QVERIFY(reply->isFinished() || finished.wait(limitMs));
        QCOMPARE(reply->error(), QNetworkReply::NoError);
    }
}

} // namespace

Q_DECLARE_METATYPE(Witness::Word)

// Compares the window with every node's status under load, while nodes are killed, frozen and started. It
// measures time, so it runs alone (label load).
class TruthTest : public QObject
{
    Q_OBJECT
private slots:
    void noFigureIsWrongForLong_data();
    void noFigureIsWrongForLong();
};

void TruthTest::noFigureIsWrongForLong_data()
{
    QTest::addColumn<int>("secondaries");
    QTest::addColumn<int>("messages");
    QTest::newRow("two secondaries, an empty log") << 2 << 0;
    QTest::newRow("ten secondaries, 300,000 messages") << 10 << 300'000;
}

void TruthTest::noFigureIsWrongForLong()
{
    QFETCH(int, secondaries);
    QFETCH(int, messages);
    BreakingFixture fixture;
    QVERIFY(fixture.openLocal(secondaries));
    QStringList names;
    for (int i = 1; i <= secondaries; ++i)
        names.append(u"secondary-%1"_s.arg(i));
    const auto ready = [&] {
        return fixture.isState(Master, NodeState::Running) &&
               std::all_of(names.cbegin(), names.cend(),
                           [&](const QString &name) { return fixture.isState(name, NodeState::Healthy); });
    };
    QTRY_VERIFY_WITH_TIMEOUT(ready(), limitMs);
    fill(fixture.model().master()->url, messages);
    if (QTest::currentTestFailed())
        return;
    const auto isHeld = [&] {
        return std::all_of(names.cbegin(), names.cend(), [&](const QString &name) {
            return fixture.model().node(name)->committedId >= quint64(messages);
        });
    };
    QTRY_VERIFY_WITH_TIMEOUT(isHeld(), limitMs);

    const auto node = [&](const QString &name) { return fixture.model().node(name); };
    const auto heard = [&](const QString &name, quint64 NodeInfo::*member) {
        return [&fixture, name, member]() -> std::optional<quint64> {
            const NodeInfo *const info = fixture.model().node(name);
            return info && info->isHeard() ? std::optional(info->*member) : std::nullopt;
        };
    };
    QHash<QString, QUrl> urls;
    std::map<QString, std::unique_ptr<Figure>> figures;
    for (const QString &name : QStringList(Master) + names) {
        urls.insert(name, node(name)->url);
        figures[name + u" last_id"_s] =
            std::make_unique<Figure>(name + u" last_id"_s, heard(name, &NodeInfo::lastId));
        figures[name + u" committed_id"_s] =
            std::make_unique<Figure>(name + u" committed_id"_s, heard(name, &NodeInfo::committedId));
    }
    for (const QString &name : names) {
        // Figures from the master's status: unknown while the master is not heard.
        figures[name + u" attempts"_s] =
            std::make_unique<Figure>(name + u" attempts"_s, [&fixture, name]() -> std::optional<quint64> {
                const NodeInfo *const leader = fixture.model().master();
                const NodeInfo *const info = fixture.model().node(name);
                return leader && leader->isHeard() && info ? std::optional(info->attempts) : std::nullopt;
            });
    }

    const QObject here; // ends the connections before the figures are destroyed
    QThread thread;
    const auto end = qScopeGuard([&] {
        thread.quit();
        thread.wait();
    });
    auto *const witness = new Witness(gettid());
    witness->moveToThread(&thread);
    QObject::connect(&thread, &QThread::finished, witness, &QObject::deleteLater);
    qRegisterMetaType<Witness::Word>();
    QObject::connect(witness, &Witness::told, &here, [&](const Witness::Word &word) {
        figures[word.node + u" last_id"_s]->tell(word.askedMs, word.toldMs, word.lastId);
        figures[word.node + u" committed_id"_s]->tell(word.askedMs, word.toldMs, word.committedId);
        for (auto it = word.attempts.cbegin(); it != word.attempts.cend(); ++it) {
            if (const auto figure = figures.find(it.key() + u" attempts"_s); figure != figures.end())
                figure->second->tell(word.askedMs, word.toldMs, it.value());
        }
    });
    thread.start();
    QMetaObject::invokeMethod(witness, [witness, urls] { witness->begin(urls); });

    QTimer look;
    look.setInterval(5);
    // What the window's thread does between two looks is one turn of its event loop, or several.
    double mostCpuMs = 0;
    QObject::connect(&look, &QTimer::timeout, this, [&, before = cpuMs()]() mutable {
        const double now = cpuMs();
        mostCpuMs = std::max(mostCpuMs, now - std::exchange(before, now));
        for (const auto &[name, figure] : figures)
            figure->look(witness->nowMs());
    });
    look.start();
    QTimer load; // 500 a second
    load.setInterval(20);
    QObject::connect(&load, &QTimer::timeout, this, [&] {
        for (int i = 0; i < 10; ++i)
            fixture.session().append({"a message of the load", i % 2 == 0 ? u"1"_s : u"2"_s, 0});
    });
    load.start();

    NodeControl *const control = fixture.session().control();
    const auto grows = [&](quint64 by) {
        const quint64 from = fixture.model().committedId();
        return QTest::qWaitFor([&] { return fixture.model().committedId() >= from + by; }, limitMs);
    };
    QVERIFY(grows(1000));
    control->perform(S1, NodeControl::Action::Kill);
    QVERIFY(grows(500)); // w=2 is satisfied by S2
    control->perform(S1, NodeControl::Action::Start);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isState(S1, NodeState::Healthy), limitMs);
    QVERIFY(grows(500));
    control->perform(Master, NodeControl::Action::Kill);
    QTRY_VERIFY_WITH_TIMEOUT(fixture.isState(Master, NodeState::Stopped), limitMs);
    for (const auto &[name, figure] : figures)
        figure->setMayShrink(true);
    control->perform(Master, NodeControl::Action::Start);
    QTRY_VERIFY_WITH_TIMEOUT(ready(), limitMs);
    for (const auto &[name, figure] : figures)
        figure->setMayShrink(false);
    QVERIFY(grows(500));
    control->perform(Master, NodeControl::Action::Freeze);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.model().master()->contact, Contact::Silent, limitMs);
    control->perform(Master, NodeControl::Action::Thaw);
    QVERIFY(grows(1000));
    load.stop();
    QTRY_COMPARE_WITH_TIMEOUT(fixture.append()->requests()->waiting(), 0, limitMs);
    look.stop();
    qInfo("%d secondaries, %d messages before the load: no turn of the window took more than %.0f ms of CPU",
          secondaries, messages, mostCpuMs);
    for (const auto &[name, figure] : figures)
        qInfo("%s", qPrintable(figure->report()));
    for (const auto &[name, figure] : figures)
        QVERIFY2(figure->isTrue(), qPrintable(figure->report()));
}

int main(int argc, char **argv)
{
    return runGuiSuite<TruthTest>(argc, argv);
}

#include "tst_truth.moc"
