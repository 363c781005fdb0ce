// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/admission.h"
#include "tests/support/manualscheduler.h"
#include "tests/support/memorylogstore.h"
#include "tests/unit/core/scriptedlog.h"
#include "tests/unit/core/scriptedrandom.h"
#include "tests/unit/core/scriptedtransport.h"

#include <QPointer>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;

namespace replog {

// Admission of members. If a registration conflicts with a member, the member's address is asked first.
class TestAdmission : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_log.m_flushedId = 3;
        m_transports.clear();
        m_store = std::make_unique<MemoryLogStore>("master"_ba, "m"_ba);
        begin({});
    }
    void cleanup()
    {
        m_admission.reset();
        m_members.reset();
        QCOMPARE(m_scheduler.timers(), 0);
    }

    void newNodeIsTakenInWithoutAsking()
    {
        registerNode("s1", A, 1, u"p1"_s);
        QVERIFY(m_outcome);
        QCOMPARE(m_members->size(), 1);
        QCOMPARE(m_transports.size(), 1u); // its own transport
        QCOMPARE(m_members->byId(A)->name, "s1"_ba);
    }

    void sameProcessAgain()
    {
        registerNode("s1", A, 1, u"p1"_s);
        registerNode("s1", A, 1, u"p1"_s);
        QVERIFY(m_outcome);
        QCOMPARE(m_transports.size(), 1u);
        registerNode("s1", A, 1, u"p2"_s); // from the node itself: no conflict
        QVERIFY(m_outcome);
        QCOMPARE(m_transports.size(), 1u);
        QCOMPARE(m_members->byId(A)->url, url(u"p2"_s));
    }

    // A held node id with another process, and a held name with another node: answers from the held address.
    void heldPlaces_data()
    {
        QTest::addColumn<bool>("sameNode"); // else: the same name
        QTest::addColumn<int>("there");
        QTest::addColumn<bool>("taken");
        QTest::newRow("restarted, moved: nobody there") << true << int(Nobody) << true;
        QTest::newRow("restarted: it is there itself") << true << int(Itself) << true;
        QTest::newRow("swapped: another node there") << true << int(AnotherNode) << true;
        QTest::newRow("doubled: the held one there") << true << int(HeldNode) << false;
        QTest::newRow("same node: no node there") << true << int(NoNode) << false;
        QTest::newRow("same node: no HTTP there") << true << int(NoHttp) << false;
        QTest::newRow("replaced: nobody there") << false << int(Nobody) << true;
        QTest::newRow("replaced: it is there itself") << false << int(Itself) << true;
        QTest::newRow("same name: another node there") << false << int(AnotherNode) << false;
        QTest::newRow("name given twice: the held one there") << false << int(HeldNode) << false;
        QTest::newRow("same name: no node there") << false << int(NoNode) << false;
        QTest::newRow("same name: no HTTP there") << false << int(NoHttp) << false;
    }

    void heldPlaces()
    {
        QFETCH(bool, sameNode);
        QFETCH(int, there);
        QFETCH(bool, taken);
        QSignalSpy dropped(m_members.get(), &Membership::dropped);
        registerNode("s1", A, 1, u"p1"_s);
        m_outcome.reset();
        const Id128 newcomer = sameNode ? A : B;
        registerNode("s1", newcomer, 2, u"p2"_s);
        QVERIFY(!m_outcome); // no decision before the held address answers
        QCOMPARE(asked().url, url(u"p1"_s));
        QCOMPARE(asked().last().to, A);
        QCOMPARE(asked().last().logId, ScriptedLogId);
        QCOMPARE(asked().last().batch.count(), 0u);
        QCOMPARE(m_members->byId(A)->url, url(u"p1"_s));
        tell(static_cast<There>(there), newcomer, 2);
        QVERIFY(m_outcome);
        QCOMPARE(bool(*m_outcome), taken);
        QCOMPARE(m_members->size(), 1);
        if (!taken) {
            QCOMPARE(m_outcome->error().code, Errc::Conflict);
            QCOMPARE(m_outcome->error().field, sameNode ? u"node_id"_s : u"name"_s);
            QCOMPARE(m_members->byName("s1")->nodeId, A);
            QCOMPARE(m_members->byName("s1")->url, url(u"p1"_s));
            QCOMPARE(dropped.size(), 0);
            QCOMPARE(m_admission->refused().size(), 1u);
            const Refusal &refusal = m_admission->refused().front();
            QCOMPARE(refusal.nodeId, newcomer);
            QCOMPARE(refusal.url, url(u"p2"_s));
            QCOMPARE(refusal.atMs, m_scheduler.utcMs());
            return;
        }
        QCOMPARE(m_members->byName("s1")->nodeId, newcomer);
        QCOMPARE(m_members->byName("s1")->url, url(u"p2"_s));
        QCOMPARE(dropped.size(), sameNode ? 0 : 1);
        QVERIFY(m_admission->refused().empty());
    }

    // The member and the newcomer have the same address; the node there answers only errors so far.
    void restartedAtItsAddressAndNotReadyYet()
    {
        registerNode("s1", A, 1, u"p1"_s);
        registerNode("s1", A, 2, u"p1"_s);
        tell(NoNode, A, 2);
        QVERIFY(m_outcome && *m_outcome);
    }

    // A copied folder whose node also advertises the address of the original.
    void doubledUnderOneAddress()
    {
        registerNode("s1", A, 1, u"p1"_s);
        registerNode("s1", A, 2, u"p1"_s);
        tell(HeldNode, A, 2);
        QVERIFY(m_outcome && !*m_outcome);
    }

    void renamed()
    {
        QSignalSpy renamed(m_members.get(), &Membership::memberRenamed);
        registerNode("s1", A, 1, u"p1"_s);
        registerNode("t1", A, 2, u"p1"_s);
        tell(Itself, A, 2);
        QVERIFY(m_outcome && *m_outcome);
        QCOMPARE(renamed.size(), 1);
        QCOMPARE(m_members->size(), 1);
        QCOMPARE(m_members->byName("t1")->nodeId, A);
        QVERIFY(!m_members->byName("s1"));
    }

    // Both its old address and the holder of the new name are asked.
    void takesOverTheNameOfOneThatIsGone()
    {
        QSignalSpy dropped(m_members.get(), &Membership::dropped);
        registerNode("s1", A, 1, u"p1"_s);
        registerNode("s2", B, 1, u"p2"_s);
        registerNode("s2", A, 2, u"p1"_s);
        tell(Itself, A, 2);
        QCOMPARE(asked().url, url(u"p2"_s));
        QCOMPARE(asked().last().to, B);
        tell(Nobody, A, 2);
        QVERIFY(m_outcome && *m_outcome);
        QCOMPARE(m_members->size(), 1);
        QCOMPARE(m_members->byName("s2")->nodeId, A);
        QCOMPARE(dropped.size(), 1);
        QCOMPARE(dropped[0][0].value<Id128>(), B);
    }

    void namesSwappedAmongTheLivingAreRefused()
    {
        registerNode("s1", A, 1, u"p1"_s);
        registerNode("s2", B, 1, u"p2"_s);
        registerNode("s2", A, 2, u"p1"_s);
        tell(Itself, A, 2);
        tellAs(B, 1);
        QVERIFY(m_outcome && !*m_outcome);
        QCOMPARE(m_members->byName("s1")->nodeId, A);
        QCOMPARE(m_members->byName("s2")->nodeId, B);
    }

    // The answer counts for the address that was asked, not for one to which the member moved meanwhile.
    void asksAnewWhereTheMemberMovedMeanwhile()
    {
        registerNode("s1", A, 1, u"p1"_s);
        registerNode("s1", B, 2, u"p2"_s);
        const QPointer<ScriptedTransport> first = &asked();
        m_members->admit({standing("s1", A, 3), url(u"p3"_s)}, {});
        first->fail();
        QVERIFY(!m_outcome);
        QCOMPARE(asked().url, url(u"p3"_s));
        tellAs(A, 3);
        QVERIFY(m_outcome && !*m_outcome);
    }

    void whoAsksAgainWaitsForTheSameOutcome()
    {
        registerNode("s1", A, 1, u"p1"_s);
        int outcomes = 0;
        for (int i = 0; i < 3; ++i)
            m_admission->handleRegistration({standing("s1", A, 2), url(u"p2"_s)},
                                            [&outcomes](const Result<void> &) { ++outcomes; });
        QCOMPARE(m_transports.size(), 2u);
        tell(Nobody, A, 2);
        m_store->syncAll();
        QCOMPARE(outcomes, 3);
    }

    void theMastersOwn_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<bool>("ownId");
        QTest::addColumn<QString>("field");
        QTest::newRow("name") << "m"_ba << false << u"name"_s;
        QTest::newRow("node id") << "s1"_ba << true << u"node_id"_s;
    }

    void theMastersOwn()
    {
        QFETCH(QByteArray, name);
        QFETCH(bool, ownId);
        registerNode(name, ownId ? Self : A, 1, u"p1"_s);
        QVERIFY(m_outcome && !*m_outcome);
        QCOMPARE(m_outcome->error().code, Errc::Conflict);
        QTEST(m_outcome->error().field, "field");
        QCOMPARE(m_members->size(), 0);
    }

    void divergenceThatTheNodeDoesNotKnow_data()
    {
        QTest::addColumn<bool>("saysSo");
        QTest::addColumn<bool>("taken");
        QTest::newRow("known to the master alone") << false << false;
        QTest::newRow("known to the node") << true << true; // its own status has it
    }
    // The answer to its registration is the one place where the node can learn of it.
    void divergenceThatTheNodeDoesNotKnow()
    {
        QFETCH(bool, saysSo);
        QFETCH(bool, taken);
        NodeStanding node = standing("s1", A, 1);
        node.logId = ScriptedLogId;
        node.last = {2, 9};
        registerNode({node, url(u"p1"_s)});
        QVERIFY(*m_outcome);
        node.committedId = asked().last().prev.id;
        asked().answer({saysSo ? ReplicateAnswer::Kind::Diverged : ReplicateAnswer::Kind::Mismatch,
                        node,
                        "HTTP 409: another entry",
                        {}});
        QCOMPARE(m_members->byId(A)->replicator->state(), Replicator::State::Diverged);
        registerNode({node, url(u"p1"_s)});
        QCOMPARE(bool(*m_outcome), taken);
        if (!taken) {
            QCOMPARE(m_outcome->error().code, Errc::Conflict);
            QCOMPARE(m_outcome->error().field, u"log_id"_s);
            QVERIFY(m_outcome->error().text.contains(u"--reset"_s));
        }
        // It remains a member, which is shown as such, and what it says anew is taken.
        QVERIFY(m_admission->refused().empty());
        QCOMPARE(m_members->size(), 1);
        registerNode({node, url(u"p2"_s)});
        QVERIFY(*m_outcome);
        QCOMPARE(m_members->byId(A)->url, url(u"p2"_s));
        node.last = {1, 9};
        registerNode({node, url(u"p2"_s)});
        QVERIFY(*m_outcome);
        QVERIFY(m_members->byId(A)->replicator->state() != Replicator::State::Diverged);
    }

    void noMoreThanMaxNodes()
    {
        begin({"m", Self, 2, false});
        registerNode("s1", A, 1, u"p1"_s);
        registerNode("s2", B, 1, u"p2"_s);
        registerNode("s3", C, 1, u"p3"_s);
        QVERIFY(m_outcome && !*m_outcome);
        QCOMPARE(m_outcome->error().code, Errc::Conflict); // which the node takes for a refusal, and shows
        QCOMPARE(m_outcome->error().field, u"node_id"_s);
        registerNode("s1", C, 1, u"p3"_s); // replaces a dead node
        tell(Nobody, C, 1);
        QVERIFY(m_outcome && *m_outcome);
        QCOMPARE(m_members->size(), 2);
    }

    // Nodes of other logs are shown in `refused` and change nothing.
    void nodeOfAnotherLogIsRefused()
    {
        m_members->noteAcked();
        QSignalSpy fenced(m_admission.get(), &Admission::fencedBy);
        NodeStanding stranger = standing("t1", A, 1);
        stranger.logId = Other;
        stranger.epoch = 900;
        stranger.last = {1000, 9};
        stranger.committedId = 1000;
        registerNode({stranger, url(u"p1"_s)});
        QVERIFY(m_outcome && !*m_outcome);
        QCOMPARE(m_outcome->error().field, u"log_id"_s);
        QCOMPARE(fenced.size(), 0);
        QCOMPARE(m_members->size(), 0);
        QVERIFY(m_transports.empty());
    }

    // A master whose folder was emptied: no node has acked its log, and another log has more committed
    // entries.
    void emptiedFolder_data()
    {
        QTest::addColumn<quint64>("says");    // committed_id in the registration
        QTest::addColumn<quint64>("answers"); // committed_id in its answer
        QTest::addColumn<bool>("acked");
        QTest::addColumn<bool>("newLog");
        QTest::addColumn<int>("there");
        QTest::addColumn<bool>("fences");
        QTest::newRow("more") << quint64(4) << quint64(4) << false << false << int(Itself) << true;
        QTest::newRow("no more") << quint64(3) << quint64(3) << false << false << int(Itself) << false;
        QTest::newRow("says so and has not")
            << quint64(900) << quint64(3) << false << false << int(Itself) << false;
        QTest::newRow("acked") << quint64(4) << quint64(4) << true << false << int(Itself) << false;
        QTest::newRow("--new-log") << quint64(4) << quint64(4) << false << true << int(Itself) << false;
        QTest::newRow("nobody there") << quint64(4) << quint64(4) << false << false << int(Nobody) << false;
        QTest::newRow("another node there")
            << quint64(4) << quint64(4) << false << false << int(AnotherNode) << false;
        QTest::newRow("no node there") << quint64(4) << quint64(4) << false << false << int(NoNode) << false;
    }

    void emptiedFolder()
    {
        QFETCH(quint64, says);
        QFETCH(quint64, answers);
        QFETCH(bool, acked);
        QFETCH(bool, newLog);
        QFETCH(int, there);
        begin({"m", Self, 64, newLog});
        if (acked)
            m_members->noteAcked();
        QSignalSpy fenced(m_admission.get(), &Admission::fencedBy);
        NodeStanding stranger = standing("s1", A, 1);
        stranger.logId = Other;
        stranger.epoch = 9;
        stranger.last = {says, 9};
        stranger.committedId = says;
        registerNode({stranger, url(u"p1"_s)});
        QCOMPARE(fenced.size(), 0); // a registration must not fence
        if (!m_transports.empty()) {
            QCOMPARE(asked().last().to, A);
            if (there == Itself) {
                stranger.last = {answers, 9};
                stranger.committedId = answers;
                asked().answer({ReplicateAnswer::Kind::Mismatch, stranger, "another log", {}});
            } else {
                tell(static_cast<There>(there), A, 1);
            }
        }
        QVERIFY(m_outcome && !*m_outcome);
        QCOMPARE(m_outcome->error().field, u"log_id"_s);
        QTEST(fenced.size() == 1, "fences");
        if (!fenced.isEmpty())
            QVERIFY(fenced[0][0].toString().contains(u"--new-log"_s));
        QCOMPARE(m_members->size(), 0);
    }

    void refusedAreBoundedAndEachStandsThereOnce()
    {
        m_members->noteAcked();
        QSignalSpy told(m_admission.get(), &Admission::refusedNode);
        for (quint64 round = 1; round <= 3; ++round) {
            for (quint64 i = 1; i <= 20; ++i) {
                NodeStanding stranger = standing("t" + QByteArray::number(i), {50, i}, 1);
                stranger.logId = Other;
                registerNode({stranger, url(u"p1"_s)});
            }
            QCOMPARE(m_admission->refused().size(), size_t(Admission::MaxRefused));
        }
        QCOMPARE(m_admission->refusals(), 60u);
        QCOMPARE(told.size(), 60);
        QCOMPARE(m_admission->refused().back().name, "t20"_ba);
        m_scheduler.advance(10);
        registerNode({standing("t20", {50, 20}, 1), url(u"p1"_s)}); // after a reset it belongs to this log
        QVERIFY(*m_outcome);
        QCOMPARE(m_admission->refused().size(), size_t(Admission::MaxRefused - 1));
    }

    void sameRefusalIsCounted()
    {
        m_members->noteAcked();
        NodeStanding stranger = standing("t1", A, 1);
        stranger.logId = Other;
        for (quint64 times = 1; times <= 3; ++times) {
            registerNode({stranger, url(u"p1"_s)});
            QCOMPARE(m_admission->refused().size(), 1u);
            QCOMPARE(m_admission->refused().front().times, times);
            m_scheduler.advance(2000);
        }
    }

private:
    enum There { Nobody, Itself, HeldNode, AnotherNode, NoNode, NoHttp };

    static constexpr Id128 Self{10, 0};
    static constexpr Id128 A{11, 0};
    static constexpr Id128 B{12, 0};
    static constexpr Id128 C{13, 0};
    static constexpr Id128 Other{99, 99}; // another log

    static QUrl url(const QString &host) { return QUrl(u"http://%1:1"_s.arg(host)); }
    static NodeStanding standing(const QByteArray &name, const Id128 &node, quint64 instance)
    {
        return {node, name, {70, instance}, {}, WireVersion, {}, {}, 0};
    }

    void begin(Admission::Config config)
    {
        if (config.name.isEmpty()) {
            config.name = "m";
            config.nodeId = Self;
        }
        m_admission.reset();
        m_members.reset();
        const auto makeTransport = [this]() -> std::unique_ptr<PeerTransport> {
            auto transport = std::make_unique<ScriptedTransport>();
            m_transports.push_back(transport.get());
            return transport;
        };
        m_members = std::make_unique<Membership>("m", Replicator::Config{}, m_log, *m_store, makeTransport,
                                                 m_scheduler, m_random);
        m_members->start({});
        m_admission = std::make_unique<Admission>(config, m_log, *m_members, makeTransport, m_scheduler);
    }

    void registerNode(const QByteArray &name, const Id128 &node, quint64 instance, const QString &host)
    {
        registerNode({standing(name, node, instance), url(host)});
    }
    void registerNode(const Registration &registration)
    {
        m_outcome.reset();
        m_admission->handleRegistration(registration,
                                        [this](const Result<void> &outcome) { m_outcome = outcome; });
        m_store->syncAll();
    }

    // The transport made last: that of the open question.
    ScriptedTransport &asked() { return *m_transports.back(); }
    void tell(There there, const Id128 &newcomer, quint64 instance)
    {
        switch (there) {
        case Nobody:
            asked().fail();
            break;
        case NoHttp:
            asked().fail(Errc::Protocol);
            break;
        case NoNode:
            asked().answer({ReplicateAnswer::Kind::Unavailable, {}, "HTTP 404", {}});
            break;
        case Itself:
            tellAs(newcomer, instance);
            break;
        case HeldNode:
            tellAs(A, 1);
            break;
        case AnotherNode:
            tellAs(C, 5);
            break;
        }
        m_store->syncAll();
    }
    void tellAs(const Id128 &node, quint64 instance)
    {
        asked().answer(
            {ReplicateAnswer::Kind::Misdirected, standing("x", node, instance), "this is another node", {}});
    }

    ManualScheduler m_scheduler;
    ScriptedRandom m_random;
    ScriptedLog m_log;
    std::unique_ptr<MemoryLogStore> m_store;
    std::unique_ptr<Membership> m_members;
    std::unique_ptr<Admission> m_admission;
    std::vector<ScriptedTransport *> m_transports;
    std::optional<Result<void>> m_outcome;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestAdmission)
#include "tst_admission.moc"
