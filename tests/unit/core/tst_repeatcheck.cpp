// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/repeatcheck.h"
#include "tests/support/memorylogstore.h"

#include <QRegularExpression>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;

namespace replog {

class TestRepeatCheck : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_told.clear();
        m_isWanted = true;
        m_store = std::make_unique<MemoryLogStore>("master"_ba, "m"_ba);
        m_check = std::make_unique<RepeatCheck>(*m_store);
    }

    void comparesAllOfAMessage_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("headers");
        QTest::addColumn<bool>("isSame");
        const auto row = [](const char *name, const QByteArray &body, const QByteArray &type,
                            const QByteArray &headers,
                            bool isSame) { QTest::newRow(name) << body << type << headers << isSame; };
        row("the same", "B", "text/plain", "h", true);
        row("other text", "C", "text/plain", "h", false);
        row("longer", "BB", "text/plain", "h", false);
        row("empty", "", "text/plain", "h", false);
        row("other type", "B", "text/csv", "h", false);
        row("no type", "B", "", "h", false);
        row("other headers", "B", "text/plain", "i", false);
        row("no headers", "B", "text/plain", "", false);
    }
    void comparesAllOfAMessage()
    {
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, headers);
        QFETCH(bool, isSame);
        const Message stored("B", "text/plain", "h");
        store({"A", stored, "C"});
        compare(1, {"A", {body, type, headers}, "C"});
        compare(2, {{body, type, headers}});
        m_store->answerReads();
        const QString word = isSame ? u"same, w 3 by 2"_s : u"other, w 3 by 2"_s;
        QCOMPARE(m_told, QStringList({word, word}));
        QCOMPARE(m_check->heldBytes(), 0);
    }

    // Ten messages of 100 kB are more than two pieces.
    void comparesPieceByPiece()
    {
        store(large(10));
        compare(1, large(10));
        int pieces = 0;
        while (m_store->answerReads())
            ++pieces;
        QCOMPARE(pieces, 4);
        QCOMPARE(m_told, QStringList({u"same, w 3 by 2"_s}));
    }

    void differenceEndsItWithItsPiece()
    {
        store(large(10));
        std::vector<Message> other = large(10);
        other[3].body += 'x';
        compare(1, other);
        QVERIFY(m_store->answerReads());
        QVERIFY(m_told.isEmpty());
        QVERIFY(m_store->answerReads());
        QCOMPARE(m_told, QStringList({u"other, w 3 by 2"_s}));
        QVERIFY(!m_store->hasReads());
        compare(1, std::vector<Message>(10));
        QVERIFY(m_store->answerReads());
        QCOMPARE(m_told.size(), 2);
        QVERIFY(!m_store->hasReads());
        other = large(10);
        other[9].body.chop(1);
        compare(1, other);
        while (m_store->answerReads())
            ;
        QCOMPARE(m_told.last(), u"other, w 3 by 2"_s);
    }

    // A small one waits for a piece of each large one, and for no more.
    void allTakeTurns()
    {
        store(large(10));
        for (int i = 0; i < 3; ++i)
            compare(1, large(10));
        compare(1, {large(1)});
        QVERIFY(m_store->answerReads()); // of the first two
        QVERIFY(m_told.isEmpty());
        QVERIFY(m_store->answerReads()); // of the third, and the small one
        QCOMPARE(m_told.size(), 1);
        while (m_store->answerReads())
            ;
        QCOMPARE(m_told.size(), 4);
    }

    void bytesAreHeldUntilItIsAnswered()
    {
        store(large(10));
        compare(1, large(10));
        compare(1, {large(1)});
        QCOMPARE(m_check->heldBytes(), 1'000'000 + 100'000);
        m_store->answerReads();
        QCOMPARE(m_check->heldBytes(), 1'000'000);
        m_isWanted = false; // between two pieces
        m_store->answerReads();
        QCOMPARE(m_check->heldBytes(), 0);
        QVERIFY(!m_store->hasReads());
        QCOMPARE(m_told.size(), 1);
    }

    void errorsOfTheStoreAreTold()
    {
        store(large(10));
        std::vector<Message> longer = large(10);
        longer.emplace_back("behind the end");
        compare(1, longer);
        while (m_store->answerReads())
            ;
        QCOMPARE(m_told, QStringList({u"error: entry 11 is missing in the store"_s}));
        m_store->setCommittedId(5);
        m_store->trimTo(3, {});
        m_store->syncAll();
        compare(2, {"A"});
        m_store->answerReads();
        QVERIFY(m_told.last().startsWith(u"error: entry 2 was given up"_s));
        QCOMPARE(m_check->heldBytes(), 0);
    }

    void mayGoWhileItCompares()
    {
        store(large(1));
        compare(1, large(1));
        m_check.reset();
        m_store->answerReads();
        QVERIFY(m_told.isEmpty());
    }

private:
    static std::vector<Message> large(int count)
    {
        std::vector<Message> messages;
        for (int i = 0; i < count; ++i)
            messages.emplace_back(QByteArray(100'000, char('a' + i)));
        return messages;
    }
    void store(const std::vector<Message> &messages)
    {
        Entries entries;
        for (const Message &message : messages)
            entries.push_back({.id = entries.size() + 1,
                               .epoch = 1,
                               .w = 3,
                               .key = "K",
                               .message = message.body,
                               .type = message.type,
                               .headers = message.headers,
                               .asked = Asked::Majority});
        m_store->append(std::move(entries));
        m_store->syncAll();
    }
    void compare(quint64 first, std::vector<Message> messages)
    {
        qsizetype bytes = 0;
        for (const Message &message : messages)
            bytes += message.body.size();
        m_check->compare(
            first, std::move(messages), bytes, [this] { return m_isWanted; },
            [this](const Result<RepeatCheck::Found> &found) {
                m_told.append(found ? u"%1, w %2 by %3"_s.arg(found->isSame ? u"same"_s : u"other"_s)
                                          .arg(found->w)
                                          .arg(int(found->asked))
                                    : u"error: "_s + found.error().text);
            });
    }

    bool m_isWanted = true;
    QStringList m_told;
    std::unique_ptr<MemoryLogStore> m_store;
    std::unique_ptr<RepeatCheck> m_check;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestRepeatCheck)
#include "tst_repeatcheck.moc"
