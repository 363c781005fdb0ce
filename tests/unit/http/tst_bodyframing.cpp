// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/bodyframing.h"
#include "shared/http/inputbuffer.h"
#include "tests/unit/http/memorychannel.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;

namespace replog {

// Where a body ends, whatever pieces it comes in, and that what is behind it stays in the input.
class TestBodyFraming : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void bodies_data()
    {
        QTest::addColumn<bool>("isChunked");
        QTest::addColumn<qint64>("length");
        QTest::addColumn<QByteArray>("sent");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("behind");
        QTest::addColumn<bool>("isWhole");
        const auto row = [](const char *name, qint64 length, const QByteArray &sent, const QByteArray &body,
                            const QByteArray &behind, bool isWhole) {
            QTest::newRow(name) << (length == Chunked) << length << sent << body << behind << isWhole;
        };
        row("none", -1, "GET", "", "GET", true);
        row("empty", 0, "GET", "", "GET", true);
        row("whole", 4, "bodyGET", "body", "GET", true);
        row("a byte is missing", 4, "bod", "bod", "", false);
        row("chunks", Chunked, "2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\nGET", "body", "GET", true);
        row("extension and trailer", Chunked, "4;a=b\r\nbody\r\n0\r\nT: x\r\n\r\nGET", "body", "GET", true);
        row("no chunk", Chunked, "0\r\n\r\nGET", "", "GET", true);
        row("the last line is missing", Chunked, "4\r\nbody\r\n0\r\n", "body", "", false);
        row("the last byte is missing", Chunked, "4\r\nbody\r\n0\r\n\r", "body", "", false);
    }
    void bodies()
    {
        QFETCH(bool, isChunked);
        QFETCH(qint64, length);
        QFETCH(QByteArray, sent);
        // At once, byte by byte, and in pieces that end anywhere.
        for (qsizetype piece = 1; piece <= sent.size(); ++piece) {
            MemoryChannel channel;
            QByteArray shared(64, '\0');
            InputBuffer input(channel, shared);
            BodyFraming framing(isChunked, isChunked ? -1 : length);
            QByteArray body;
            QByteArray rest = sent;
            while (!rest.isEmpty()) {
                channel.incoming += rest.first(std::min(piece, rest.size()));
                rest = rest.sliced(std::min(piece, rest.size()));
                input.beginTurn();
                while (!framing.isWhole() && framing.take(input, body))
                    QVERIFY(!framing.isBroken());
                input.endTurn();
            }
            QTEST(body, "body");
            QTEST(input.bytes().toByteArray(), "behind");
            QTEST(framing.isWhole(), "isWhole");
        }
    }

    void broken_data()
    {
        QTest::addColumn<QByteArray>("sent");
        QTest::newRow("no size") << QByteArray("\r\nbody");
        QTest::newRow("no hex") << QByteArray("g\r\nbody");
        QTest::newRow("signed") << QByteArray("+4\r\nbody");
        QTest::newRow("longer than it said") << QByteArray("3\r\nbody\r\n");
        QTest::newRow("bare LF") << QByteArray("4\nbody\r\n");
        QTest::newRow("bare LF behind it") << QByteArray("4\r\nbody\n0\r\n\r\n");
        QTest::newRow("13 digits") << QByteArray("0000000000004\r\nbody");
    }
    void broken()
    {
        QFETCH(QByteArray, sent);
        MemoryChannel channel;
        channel.incoming = sent;
        QByteArray shared(64, '\0');
        InputBuffer input(channel, shared);
        BodyFraming framing(true, -1);
        QByteArray body;
        while (!framing.isBroken() && framing.take(input, body))
            ;
        QVERIFY(framing.isBroken() && !framing.isWhole());
    }

    void takesNoMoreThanItIsTold()
    {
        MemoryChannel channel;
        channel.incoming = "bodyGET";
        QByteArray shared(64, '\0');
        InputBuffer input(channel, shared);
        input.fill();
        BodyFraming framing(false, 4);
        QByteArray body;
        framing.takeFrom(input, 3, body);
        QVERIFY(body == "bod" && framing.announced() == 1 && !framing.isWhole());
        framing.takeFrom(input, 3, body);
        QVERIFY(body == "body" && framing.announced() == 0 && framing.isWhole());
        QCOMPARE(input.bytes().toByteArray(), "GET"_ba);
    }

    void announcesWhatAChunkSays()
    {
        MemoryChannel channel;
        channel.incoming = "ffffffffffff\r\nbo";
        QByteArray shared(64, '\0');
        InputBuffer input(channel, shared);
        BodyFraming framing(true, -1);
        QByteArray body;
        QVERIFY(framing.take(input, body));
        QCOMPARE(framing.announced(), (quint64(1) << 48) - 1 - 2);
    }

    // 4096 chunks may be of any size; of more than that a chunk must have 16 bytes on average.
    void smallChunks_data()
    {
        QTest::addColumn<QByteArray>("chunk");
        QTest::addColumn<int>("count");
        QTest::addColumn<bool>("isPetty");
        QTest::newRow("as many as may be small") << QByteArray("1\r\nx\r\n") << 4096 + 273 << false;
        QTest::newRow("one more") << QByteArray("1\r\nx\r\n") << 4096 + 274 << true;
        QTest::newRow("16 bytes each") << "10\r\n" + QByteArray(16, 'x') + "\r\n" << 20000 << false;
    }
    void smallChunks()
    {
        QFETCH(QByteArray, chunk);
        QFETCH(int, count);
        MemoryChannel channel;
        channel.incoming = chunk.repeated(count);
        QByteArray shared(64 * 1024, '\0');
        InputBuffer input(channel, shared);
        BodyFraming framing(true, -1);
        QByteArray body;
        while (!channel.incoming.isEmpty()) {
            input.beginTurn();
            while (framing.take(input, body))
                QVERIFY(!framing.isBroken());
        }
        QTEST(framing.isPetty(), "isPetty");
    }

private:
    static constexpr qint64 Chunked = -2;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestBodyFraming)
#include "tst_bodyframing.moc"
