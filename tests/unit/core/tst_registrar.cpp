// SPDX-License-Identifier: GPL-3.0-or-later
#include "secondary/registrar.h"
#include "secondary/registrationrefusal.h"
#include "tests/support/manualscheduler.h"
#include "tests/unit/core/scriptedrandom.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;

namespace replog {

class TestRegistrar : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_scheduler = std::make_unique<ManualScheduler>();
        m_random = std::make_unique<ScriptedRandom>(std::deque<double>{}, 0.0);
        startAgain({});
    }

    void cleanup()
    {
        m_wanted.reset();
        m_registrar.reset();
    }

    void asksAtOnceButNotFromInside()
    {
        QCOMPARE(m_wanted->size(), 0);
        m_scheduler->advance(0);
        QCOMPARE(m_wanted->size(), 1);
    }

    void asksOnceAtATime()
    {
        m_scheduler->advance(100000);
        QCOMPARE(m_wanted->size(), 1);
    }

    void pausesGrowUpToTheMaximum()
    {
        m_scheduler->advance(0);
        for (const qint64 pause : {50, 100, 200, 400, 800, 1000, 1000}) {
            m_registrar->handleFailure();
            const auto before = m_wanted->size();
            m_scheduler->advance(pause - 1);
            QCOMPARE(m_wanted->size(), before);
            m_scheduler->advance(1);
            QCOMPARE(m_wanted->size(), before + 1);
        }
        QCOMPARE(m_registrar->failures(), 7);
        QVERIFY(!m_registrar->isRegistered());
    }

    void asksAgainAfterSilence()
    {
        m_scheduler->advance(0);
        m_registrar->handleRegistered();
        QVERIFY(m_registrar->isRegistered());
        m_scheduler->advance(1500);
        m_registrar->handleHeardFromMaster();
        m_scheduler->advance(1999);
        QCOMPARE(m_wanted->size(), 1);
        m_scheduler->advance(1);
        QCOMPARE(m_wanted->size(), 2);
    }

    void isQuietWhileTheMasterIsHeard()
    {
        m_scheduler->advance(0);
        m_registrar->handleRegistered();
        hearFor(19500);
        QCOMPARE(m_wanted->size(), 1);
    }

    // The master's address may lead to another master than the one that delivers.
    void registersFromTimeToTimeWhateverItHears()
    {
        m_scheduler->advance(0);
        m_registrar->handleRegistered();
        hearFor(20000);
        QCOMPARE(m_wanted->size(), 2);
        m_registrar->handleFailure(); // nobody there: with growing pauses
        hearFor(500);
        QCOMPARE(m_wanted->size(), 3);
        m_registrar->handleRegistered();
        hearFor(19500);
        QCOMPARE(m_wanted->size(), 3);
        hearFor(500);
        QCOMPARE(m_wanted->size(), 4);
    }

    // A master that has much to deliver always has a delivery under way.
    void registersFromTimeToTimeWhateverIsUnderWay()
    {
        m_scheduler->advance(0);
        m_registrar->handleRegistered();
        m_registrar->handleDeliveryBegun();
        m_scheduler->advance(19999);
        m_registrar->handleDeliveryHead();
        QCOMPARE(m_wanted->size(), 1);
        m_scheduler->advance(1);
        QCOMPARE(m_wanted->size(), 2);
        m_registrar->handleDeliveryEnded();
        m_registrar->handleRegistered();
        m_scheduler->advance(1999);
        QCOMPARE(m_wanted->size(), 2);
    }

    void nodesThatRegisteredTogetherDoNotStayTogether()
    {
        ScriptedRandom random({}, 0.5);
        Registrar registrar({}, *m_scheduler, random);
        QSignalSpy wanted(&registrar, &Registrar::registerWanted);
        registrar.start();
        m_scheduler->advance(0);
        registrar.handleRegistered();
        registrar.handleDeliveryBegun();
        m_scheduler->advance(24999);
        QCOMPARE(wanted.size(), 1);
        m_scheduler->advance(1);
        QCOMPARE(wanted.size(), 2);
    }

    // The master may know the node from an earlier run, but it must learn where the node's log ends now.
    void heardButNeverRegisteredGoesOnAsking()
    {
        m_scheduler->advance(0);
        m_registrar->handleHeardFromMaster();
        m_registrar->handleFailure();
        m_scheduler->advance(50);
        QCOMPARE(m_wanted->size(), 2);
    }

    // However long a delivery takes to arrive and to be stored, the node does not register meanwhile.
    void deliveryUnderWayIsHearingFromTheMaster()
    {
        m_scheduler->advance(0);
        m_registrar->handleRegistered();
        m_registrar->handleDeliveryBegun();
        m_scheduler->advance(8000);
        QCOMPARE(m_wanted->size(), 1);
        m_registrar->handleDeliveryBegun(); // another delivery behind it
        m_registrar->handleHeardFromMaster();
        m_registrar->handleDeliveryEnded();
        m_scheduler->advance(8000);
        QCOMPARE(m_wanted->size(), 1);
        m_registrar->handleHeardFromMaster();
        m_registrar->handleDeliveryEnded();
        m_scheduler->advance(1999);
        QCOMPARE(m_wanted->size(), 1);
        m_scheduler->advance(1);
        QCOMPARE(m_wanted->size(), 2);
    }

    void deliveryThatIsComingIsHearingFromTheMaster()
    {
        Registrar::Config config;
        config.comingMs = 10000;
        startAgain(config);
        m_scheduler->advance(0);
        m_registrar->handleRegistered();
        m_registrar->handleDeliveryHead();
        m_scheduler->advance(9000);
        QCOMPARE(m_wanted->size(), 1);
        m_registrar->handleDeliveryBegun();
        m_registrar->handleHeardFromMaster();
        m_registrar->handleDeliveryEnded();
        m_scheduler->advance(1999);
        QCOMPARE(m_wanted->size(), 1);
        m_registrar->handleDeliveryHead();
        m_scheduler->advance(12000); // the delivery never became complete
        QCOMPARE(m_wanted->size(), 2);
    }

    // Deliveries of a stale master, or to another node id, must not keep it from finding its master.
    void deliveriesThatAreRefusedAreNotHearingFromIt()
    {
        m_scheduler->advance(0);
        m_registrar->handleRegistered();
        for (int i = 0; i < 8; ++i) {
            m_registrar->handleDeliveryBegun();
            m_scheduler->advance(1);
            m_registrar->handleDeliveryEnded();
            m_scheduler->advance(249);
        }
        QCOMPARE(m_wanted->size(), 2);
    }

    void deliveryThatBreaksOffAfterALongSilence()
    {
        m_scheduler->advance(0);
        m_registrar->handleRegistered();
        m_registrar->handleDeliveryBegun();
        m_scheduler->advance(5000);
        m_registrar->handleDeliveryEnded();
        m_scheduler->advance(0);
        QCOMPARE(m_wanted->size(), 2);
    }

    // A node must register even if its master delivers to it because of a stored list of members.
    void deliveryUnderWayDoesNotKeepItFromRegisteringOnce()
    {
        m_registrar->handleDeliveryBegun();
        m_scheduler->advance(0);
        QCOMPARE(m_wanted->size(), 1);
    }

    void refusedAsksAgainWhateverItHears()
    {
        QSignalSpy changes(m_registrar.get(), &Registrar::refusalChanged);
        m_scheduler->advance(0);
        m_registrar->handleRefused(u"name: s1 is held"_s);
        QCOMPARE(m_registrar->refusal(), u"name: s1 is held"_s);
        QVERIFY(!m_registrar->isRegistered());
        for (int i = 1; i <= 3; ++i) {
            m_scheduler->advance(1999);
            m_registrar->handleHeardFromMaster();
            QCOMPARE(m_wanted->size(), i);
            m_scheduler->advance(1);
            QCOMPARE(m_wanted->size(), i + 1);
            m_registrar->handleRefused(u"name: s1 is held"_s);
        }
        QCOMPARE(changes.size(), 1);
        m_scheduler->advance(2000);
        m_registrar->handleFailure(); // a failure is no different answer
        QCOMPARE(m_registrar->refusal(), u"name: s1 is held"_s);
        m_scheduler->advance(50);
        m_registrar->handleRegistered();
        QVERIFY(m_registrar->refusal().isEmpty());
        QCOMPARE(changes.size(), 2);
    }

    // What else answers 409 at the master's address does not refuse this node.
    void refusals_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("why");
        const QByteArray problem = "application/problem+json";
        const QByteArray ours = R"({"detail":"name: s1 is taken","field":"name","status":409,)"
                                R"("title":"Conflict","type":"about:blank"})";
        const auto changed = [&ours](const char *before, const QByteArray &after) {
            return QByteArray(ours).replace(before, after);
        };
        QTest::newRow("ours") << problem << ours << u"name: s1 is taken"_s;
        QTest::newRow("with more members")
            << problem << changed("{", "{\"later\":[1],") << u"name: s1 is taken"_s;
        QTest::newRow("as JSON") << "application/json"_ba << ours << QString();
        QTest::newRow("of another status") << problem << changed("409", "503") << QString();
        QTest::newRow("of another field") << problem << changed("\"name\"", "\"colour\"") << QString();
        QTest::newRow("detail alone") << problem << R"({"detail":"name: go away"})"_ba << QString();
        QTest::newRow("detail of something else") << problem << changed("name: ", "") << QString();
        QTest::newRow("no document") << problem << "409"_ba << QString();
        QTest::newRow("not plain") << problem << changed("taken", "\\u001b[31m\\r\\n\\u202etaken")
                                   << u"name: s1 is  [31m   taken"_s;
        QTest::newRow("long") << problem << changed("taken", QByteArray(2000, 'x'))
                              << u"name: s1 is "_s + QString(487, u'x') + u'…';
    }
    void refusals()
    {
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, body);
        QFETCH(QString, why);
        QCOMPARE(decodeRegistrationRefusal(type, body).value_or(QString()), why);
    }

    void leavesNoTimerBehind()
    {
        m_wanted.reset();
        m_registrar.reset();
        QCOMPARE(m_scheduler->timers(), 0);
    }

private:
    void startAgain(const Registrar::Config &config)
    {
        m_wanted.reset();
        m_registrar = std::make_unique<Registrar>(config, *m_scheduler, *m_random);
        m_wanted = std::make_unique<QSignalSpy>(m_registrar.get(), &Registrar::registerWanted);
        m_registrar->start();
    }

    void hearFor(qint64 ms)
    {
        for (qint64 past = 0; past < ms; past += 500) {
            m_registrar->handleHeardFromMaster();
            m_scheduler->advance(500);
        }
    }

    std::unique_ptr<ManualScheduler> m_scheduler;
    std::unique_ptr<ScriptedRandom> m_random;
    std::unique_ptr<Registrar> m_registrar;
    std::unique_ptr<QSignalSpy> m_wanted;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestRegistrar)
#include "tst_registrar.moc"
