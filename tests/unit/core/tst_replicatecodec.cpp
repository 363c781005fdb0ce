// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/jsontext.h"
#include "shared/log/replicatecodec.h"

#include <QCborArray>
#include <QCborMap>
#include <QCborValue>
#include <QRegularExpression>
#include <QTest>

#include <limits>
#include <random>

using namespace Qt::StringLiterals;

namespace replog {

class TestReplicateCodec : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void randomRequestsComeBack()
    {
        for (quint64 seed = 1; seed <= 300; ++seed) {
            m_random.seed(seed);
            const ReplicateRequest request = randomRequest();
            const QByteArray cbor = encodeDelivery(toDelivery(request));
            const auto decoded = decodeReplicateCbor(cbor);
            QVERIFY2(decoded,
                     qPrintable(u"seed %1: %2"_s.arg(seed).arg(decoded ? QString() : decoded.error().text)));
            compare(*decoded, request);
            const auto fromJson = decodeReplicateJson(toJson(request));
            QVERIFY2(fromJson, qPrintable(u"seed %1: %2"_s.arg(seed).arg(fromJson ? QString()
                                                                                  : fromJson.error().text)));
            compare(*fromJson, request);
        }
    }

    void isCborAsQtReadsIt()
    {
        ReplicateRequest request{"m1",
                                 {7, 70},
                                 {4, {6, 60}},
                                 3,
                                 {{5, 7, 300, "key", "Ї"}, {6, 7, 1, {}, ""}},
                                 0x1fffffffffffff,
                                 {{6, 60}, {7, 70}}};
        QCborParserError error;
        const QCborMap map = QCborValue::fromCbor(encodeDelivery(toDelivery(request)), &error).toMap();
        QCOMPARE(error.error.c, QCborError::NoError);
        QCOMPARE(map[u"master"_s].toString(), u"m1"_s);
        QCOMPARE(map[u"epoch"_s].toInteger(), 7);
        QCOMPARE(map[u"log"_s].toInteger(), 0x1fffffffffffff);
        QCOMPARE(map[u"prev_id"_s].toInteger(), 4);
        QCOMPARE(map[u"prev_epoch"_s].toInteger(), 6);
        QCOMPARE(map[u"committed_id"_s].toInteger(), 3);
        const QCborArray starts{QCborMap{{u"epoch"_s, 6}, {u"start"_s, 60}},
                                QCborMap{{u"epoch"_s, 7}, {u"start"_s, 70}}};
        QCOMPARE(map[u"starts"_s].toArray(), starts);
        const QCborArray entries = map[u"entries"_s].toArray();
        QCOMPARE(entries.size(), 2);
        QCOMPARE(entries[0].toMap()[u"message"_s].toString(), u"Ї"_s);
        QCOMPARE(entries[0].toMap()[u"key"_s].toString(), u"key"_s);
        QCOMPARE(entries[0].toMap()[u"w"_s].toInteger(), 300);
        QVERIFY(!entries[1].toMap().contains(u"key"_s));
    }

    // An epoch of which none is told, in a delivery that tells of others or of none, may be of any start.
    void startsThatAreNotTold()
    {
        QCborMap map = validMap();
        const auto without = decodeReplicateCbor(map.toCborValue().toCbor());
        QVERIFY(without);
        QCOMPARE(without->epoch, Epoch(3));
        QCOMPARE(without->prev, (Position{4, 2}));
        QVERIFY(without->epochs.isEmpty());
        map[u"starts"_s] = QCborArray{QCborMap{{u"epoch"_s, 3}, {u"start"_s, 30}}};
        const auto some = decodeReplicateCbor(map.toCborValue().toCbor());
        QVERIFY(some);
        QCOMPARE(some->epoch, Epoch(3, 30));
        QCOMPARE(some->prev.epoch, Epoch(2));
        QVERIFY(!encodeDelivery({"m", 3, {4, 2}, 0, {5, 4, {}}, 0}).contains("starts"));
    }

    void ownEpochIsToldOfWithoutEntries()
    {
        const auto decoded =
            decodeReplicateCbor(encodeDelivery({"m", {3, 30}, {4, {2, 20}}, 0, {5, 4, {}}, 0, {{2, 20}}}));
        QVERIFY(decoded);
        QCOMPARE(decoded->epoch, Epoch(3, 30));
        QCOMPARE(decoded->prev.epoch, Epoch(2, 20));
    }

    // Any encoder may have made it: other order, unknown fields, however nested, text in pieces, containers
    // without a count.
    void readsWhatOthersWrite()
    {
        QCborMap map = validMap();
        map[u"later"_s] =
            QCborMap{{1, QCborArray{1.5, true, QCborValue(), QByteArray("x"), -7}}, {u"a"_s, QCborMap()}};
        const auto decoded = decodeReplicateCbor(map.toCborValue().toCbor());
        QVERIFY(decoded);
        QCOMPARE(decoded->entries.size(), 1u);

        QByteArray pieces = QByteArray::fromHex("bf"
                                                "6565706f6368"
                                                "01"
                                                "67707265765f6964"
                                                "00"
                                                "6a707265765f65706f6368"
                                                "00"
                                                "67656e7472696573"
                                                "9f"
                                                "bf"
                                                "626964"
                                                "01"
                                                "6565706f6368"
                                                "01"
                                                "6177"
                                                "01"
                                                "676d657373616765"
                                                "7f"
                                                "6161"
                                                "60"
                                                "6262 63"
                                                "ff"
                                                "ff"
                                                "ff"
                                                "ff");
        const auto inPieces = decodeReplicateCbor(pieces);
        QVERIFY2(inPieces, qPrintable(inPieces ? QString() : inPieces.error().text));
        QCOMPARE(inPieces->entries[0].message, "abc"_ba);
    }

    void refusesAndNamesTheField_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QVariant>("value");
        QTest::addColumn<QString>("named");
        const auto row = [](const char *name, const QString &field, const QVariant &value,
                            const QString &named) { QTest::newRow(name) << field << value << named; };
        row("epoch 0", u"epoch"_s, 0, u"epoch"_s);
        row("epoch is text", u"epoch"_s, u"1"_s, u"epoch"_s);
        row("negative epoch", u"epoch"_s, -1, u"epoch"_s);
        row("no epoch", u"epoch"_s, {}, u"epoch"_s);
        row("no prev_id", u"prev_id"_s, {}, u"prev_id"_s);
        row("prev_id beyond all", u"prev_id"_s, std::numeric_limits<qint64>::max(), u"entries"_s);
        row("no prev_epoch", u"prev_epoch"_s, {}, u"prev_epoch"_s);
        row("prev_epoch 0", u"prev_epoch"_s, 0, u"prev_epoch"_s);
        row("prev_epoch above epoch", u"prev_epoch"_s, 9, u"prev_epoch"_s);
        row("no entries", u"entries"_s, {}, u"entries"_s);
        row("entries are a number", u"entries"_s, 4, u"entries"_s);
        row("committed_id is text", u"committed_id"_s, u"x"_s, u"committed_id"_s);
        row("id does not follow", u"entries.id"_s, 6, u"entries"_s);
        row("id 0", u"entries.id"_s, 0, u"entries"_s);
        row("entry's epoch 0", u"entries.epoch"_s, 0, u"entries"_s);
        row("entry's epoch below prev_epoch", u"entries.epoch"_s, 1, u"entries"_s);
        row("entry's epoch above epoch", u"entries.epoch"_s, 4, u"entries"_s);
        row("w 0", u"entries.w"_s, 0, u"entries"_s);
        row("w too large", u"entries.w"_s, qint64(1) << 32, u"w"_s);
        row("no w", u"entries.w"_s, {}, u"entries"_s);
        row("starts are a number", u"starts"_s, 4, u"starts"_s);
        row("a start without an epoch", u"starts"_s, starts({{{u"start"_s, 5}}}), u"starts"_s);
        row("a start without a number", u"starts"_s, starts({{{u"epoch"_s, 2}}}), u"starts"_s);
        row("a start of a higher epoch", u"starts"_s, starts({{{u"epoch"_s, 4}, {u"start"_s, 5}}}),
            u"starts"_s);
        row("two starts of one epoch", u"starts"_s,
            starts({{{u"epoch"_s, 2}, {u"start"_s, 5}}, {{u"epoch"_s, 2}, {u"start"_s, 6}}}), u"starts"_s);
        row("starts out of order", u"starts"_s,
            starts({{{u"epoch"_s, 3}, {u"start"_s, 5}}, {{u"epoch"_s, 2}, {u"start"_s, 6}}}), u"starts"_s);
        row("a start that is text", u"starts"_s, starts({{{u"epoch"_s, 2}, {u"start"_s, u"5"_s}}}),
            u"starts"_s);
        row("message is a number", u"entries.message"_s, 5, u"message"_s);
    }

    void refusesAndNamesTheField()
    {
        QFETCH(QString, field);
        QFETCH(QVariant, value);
        QFETCH(QString, named);
        QCborMap map = validMap();
        QCborMap entry = map[u"entries"_s].toArray()[0].toMap();
        const bool inEntry = field.startsWith("entries."_L1);
        QCborMap &at = inEntry ? entry : map;
        const QString name = inEntry ? field.mid(8) : field;
        if (value.isValid())
            at[name] = QCborValue::fromVariant(value);
        else
            at.remove(name);
        if (inEntry)
            map[u"entries"_s] = QCborArray{entry};
        const auto decoded = decodeReplicateCbor(map.toCborValue().toCbor());
        QVERIFY(!decoded);
        QCOMPARE(decoded.error().code, Errc::InvalidArgument);
        QCOMPARE(decoded.error().field, named);
    }

    void refusesTextThatIsNotUtf8()
    {
        ReplicateRequest request{"m", 1, {0, 0}, 0, {{1, 1, 1, {}, "\xff\xfe"}}, 0};
        const auto decoded = decodeReplicateCbor(encodeDelivery(toDelivery(request)));
        QVERIFY(!decoded);
        QCOMPARE(decoded.error().field, u"entries"_s);
    }

    void refusesGarbage_data()
    {
        QTest::addColumn<QByteArray>("cbor");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("a number") << QByteArray::fromHex("01");
        QTest::newRow("an array") << QByteArray::fromHex("80");
        QTest::newRow("an empty map") << QByteArray::fromHex("a0");
        QTest::newRow("a map cut short") << QByteArray::fromHex("a1");
        QTest::newRow("a map of 2^64 - 1") << QByteArray::fromHex("bbffffffffffffffff");
        QTest::newRow("text of 2^63 bytes") << QByteArray::fromHex("a17b8000000000000000");
        QTest::newRow("a key that is a number") << QByteArray::fromHex("a10101");
        QTest::newRow("deep nesting") << QByteArray::fromHex("a16178") + QByteArray(100000, '\x81');
        QTest::newRow("deep nesting without end")
            << QByteArray::fromHex("a16178") + QByteArray(100000, '\x9f');
        QTest::newRow("reserved head") << QByteArray::fromHex("a1617c1c");
        QTest::newRow("something behind") << validCbor() + '\0';
        QTest::newRow("html") << "<html>"_ba;
    }

    void refusesGarbage()
    {
        QFETCH(QByteArray, cbor);
        const auto decoded = decodeReplicateCbor(cbor);
        QVERIFY(!decoded);
        QCOMPARE(decoded.error().code, Errc::InvalidArgument);
        QVERIFY(!decoded.error().text.isEmpty());
        QVERIFY(!decodeReplicateJson(cbor));
    }

    void refusesJson_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("named");
        QTest::newRow("cut short") << "{\"epoch\":1"_ba << u"body"_s;
        QTest::newRow("an array") << "[]"_ba << u"body"_s;
        QTest::newRow("no epoch") << "{\"prev_id\":0,\"prev_epoch\":0,\"entries\":[]}"_ba << u"epoch"_s;
        QTest::newRow("epoch is text")
            << "{\"epoch\":\"1\",\"prev_id\":0,\"prev_epoch\":0,\"entries\":[]}"_ba << u"epoch"_s;
        QTest::newRow("epoch is broken")
            << "{\"epoch\":1.5,\"prev_id\":0,\"prev_epoch\":0,\"entries\":[]}"_ba << u"epoch"_s;
        QTest::newRow("no entries") << "{\"epoch\":1,\"prev_id\":0,\"prev_epoch\":0}"_ba << u"entries"_s;
        QTest::newRow("entries of numbers")
            << "{\"epoch\":1,\"prev_id\":0,\"prev_epoch\":0,\"entries\":[1]}"_ba << u"entries"_s;
        QTest::newRow("no message")
            << "{\"epoch\":1,\"prev_id\":0,\"prev_epoch\":0,\"entries\":[{\"id\":1,\"epoch\":1,\"w\":1}]}"_ba
            << u"message"_s;
        QTest::newRow("starts of numbers")
            << "{\"epoch\":1,\"prev_id\":0,\"prev_epoch\":0,\"starts\":[1],\"entries\":[]}"_ba << u"starts"_s;
        QTest::newRow("starts are an object")
            << "{\"epoch\":1,\"prev_id\":0,\"prev_epoch\":0,\"starts\":{},\"entries\":[]}"_ba << u"starts"_s;
        QTest::newRow("no start")
            << "{\"epoch\":1,\"prev_id\":0,\"prev_epoch\":0,\"starts\":[{\"epoch\":1}],\"entries\":[]}"_ba
            << u"start"_s;
        QTest::newRow("start 0")
            << "{\"epoch\":1,\"prev_id\":0,\"prev_epoch\":0,\"starts\":[{\"epoch\":1,\"start\":0}],\"entries\":[]}"_ba
            << u"starts"_s;
        QTest::newRow("w too large")
            << "{\"epoch\":1,\"prev_id\":0,\"prev_epoch\":0,\"entries\":[{\"id\":1,\"epoch\":1,\"w\":4294967296,\"message\":\"\"}]}"_ba
            << u"w"_s;
        QTest::newRow("id does not follow")
            << "{\"epoch\":1,\"prev_id\":0,\"prev_epoch\":0,\"entries\":[{\"id\":2,\"epoch\":1,\"w\":1,\"message\":\"\"}]}"_ba
            << u"entries"_s;
    }

    void refusesJson()
    {
        QFETCH(QByteArray, json);
        const auto decoded = decodeReplicateJson(json);
        QVERIFY(!decoded);
        QTEST(decoded.error().field, "named");
    }

    // Damaged documents are refused or read as something valid; never a crash, a hang or a read beyond the
    // end.
    void fuzz()
    {
        bool given = false;
        const quint64 wanted = qEnvironmentVariable("REPLOG_SEED").toULongLong(&given);
        for (quint64 seed = given ? wanted : 1; seed <= (given ? wanted : 20000); ++seed) {
            m_random.seed(seed);
            const bool json = pick(0, 4) == 0;
            const ReplicateRequest request = randomRequest();
            QByteArray bytes = json ? toJson(request) : encodeDelivery(toDelivery(request));
            for (int i = pick(1, 4); i > 0 && !bytes.isEmpty(); --i) {
                const int at = pick(0, static_cast<int>(bytes.size()) - 1);
                switch (pick(0, 4)) {
                case 0:
                    bytes[at] = static_cast<char>(pick(0, 255));
                    break;
                case 1:
                    bytes[at] = static_cast<char>(bytes[at] ^ (1 << pick(0, 7)));
                    break;
                case 2:
                    bytes.truncate(at);
                    break;
                case 3:
                    bytes.insert(at, static_cast<char>(pick(0, 255)));
                    break;
                default:
                    bytes.remove(at, pick(1, 8));
                    break;
                }
            }
            // A copy of exact size, so that AddressSanitizer sees a step over the end.
            const std::vector<char> exact(bytes.cbegin(), bytes.cend());
            const QByteArray raw =
                QByteArray::fromRawData(exact.data(), static_cast<qsizetype>(exact.size()));
            const auto decoded = json ? decodeReplicateJson(bytes) : decodeReplicateCbor(raw);
            if (!decoded) {
                QVERIFY2(!decoded.error().field.isEmpty(), qPrintable(u"REPLOG_SEED=%1"_s.arg(seed)));
                continue;
            }
            for (const Epoch &told : decoded->epochs)
                QVERIFY2(told.start > 0 && told.number <= decoded->epoch.number,
                         qPrintable(u"REPLOG_SEED=%1"_s.arg(seed)));
            quint64 id = decoded->prev.id;
            for (const Entry &entry : decoded->entries) {
                QVERIFY2(entry.id == ++id && entry.w > 0 && entry.epoch > 0 &&
                             entry.epoch <= decoded->epoch.number,
                         qPrintable(u"REPLOG_SEED=%1"_s.arg(seed)));
            }
            if (!json) {
                QCborParserError error;
                (void)QCborValue::fromCbor(bytes, &error);
                // What we read, Qt reads (it also looks into what we step over).
                QVERIFY2(error.error != QCborError::EndOfFile && error.error != QCborError::GarbageAtEnd,
                         qPrintable(u"REPLOG_SEED=%1"_s.arg(seed)));
            }
        }
    }

    void acceptedAnswerComesBack()
    {
        const ReplicateAnswer answer{ReplicateAnswer::Kind::Accepted, {1ull << 40, 7}, 900, 7, {}};
        const auto decoded = decodeAnswer(200, "application/cbor", encodeAnswerCbor(answer));
        QVERIFY(decoded);
        QCOMPARE(decoded->kind, ReplicateAnswer::Kind::Accepted);
        QCOMPARE(decoded->last, answer.last);
        QCOMPARE(decoded->committedId, 900u);
        QCOMPARE(encodeAnswerJson(answer),
                 "{\"last_id\":1099511627776,\"last_epoch\":7,\"committed_id\":900}"_ba);
    }

    void startOfTheLastEpochComesBack()
    {
        const quint64 most = std::numeric_limits<quint64>::max();
        const ReplicateAnswer answer{ReplicateAnswer::Kind::Mismatch, {4, {7, most}}, 3, 7, {}};
        const auto accepted = decodeAnswer(200, "application/cbor", encodeAnswerCbor(answer));
        QVERIFY(accepted);
        QCOMPARE(accepted->last, answer.last);
        const auto refused = decodeAnswer(409, "application/problem+json", "{" + answerMembers(answer) + "}");
        QVERIFY(refused);
        QCOMPARE(refused->last, answer.last);
        QCOMPARE(encodeAnswerJson({ReplicateAnswer::Kind::Accepted, {4, {7, 70}}, 3, 7, {}}),
                 "{\"last_id\":4,\"last_epoch\":7,\"last_start\":70,\"committed_id\":3}"_ba);
    }

    void refusalsComeBack_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("expected");
        using Kind = ReplicateAnswer::Kind;
        QTest::newRow("mismatch") << 409 << int(Kind::Mismatch) << int(Kind::Mismatch);
        QTest::newRow("diverged") << 409 << int(Kind::Diverged) << int(Kind::Diverged);
        QTest::newRow("stale") << 412 << int(Kind::StaleEpoch) << int(Kind::StaleEpoch);
        QTest::newRow("bad request") << 400 << int(Kind::Rejected) << int(Kind::Rejected);
        QTest::newRow("too large") << 413 << int(Kind::Rejected) << int(Kind::Rejected);
        QTest::newRow("failed") << 503 << int(Kind::Unavailable) << int(Kind::Unavailable);
        QTest::newRow("anything else") << 404 << int(Kind::Unavailable) << int(Kind::Unavailable);
    }

    void refusalsComeBack()
    {
        QFETCH(int, status);
        QFETCH(int, kind);
        QFETCH(int, expected);
        const ReplicateAnswer answer{static_cast<ReplicateAnswer::Kind>(kind), {12, 3}, 9, 5, {}};
        const auto decoded = decodeAnswer(status, "application/problem+json",
                                          "{\"detail\":\"why\"," + answerMembers(answer) + "}");
        QVERIFY(decoded);
        QCOMPARE(int(decoded->kind), expected);
        QCOMPARE(decoded->last, answer.last);
        QCOMPARE(decoded->committedId, 9u);
        QCOMPARE(decoded->epoch, 5u);
        QVERIFY(decoded->text.contains("why") && decoded->text.contains(QByteArray::number(status)));
    }

    // A proxy or a wrong address answers: nothing must be believed of it.
    void answersOfStrangers_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("200 in html") << 200 << "text/html"_ba
                                     << "<html>"_ba;
        QTest::newRow("200 in json") << 200 << "application/json"_ba
                                     << "{\"last_id\":9,\"last_epoch\":1,\"committed_id\":9}"_ba;
        QTest::newRow("200 with nothing") << 200 << "application/cbor"_ba
                                          << ""_ba;
        QTest::newRow("200 with half of it")
            << 200 << "application/cbor"_ba << encodeAnswerCbor({}).chopped(1);
        QTest::newRow("200 with a field too few") << 200 << "application/cbor"_ba
                                                  << QByteArray::fromHex("a2676c6173745f696401") +
                                                         QByteArray::fromHex("6c636f6d6d69747465645f696401");
        QTest::newRow("200 with a start for an id")
            << 200 << "application/cbor"_ba
            << QCborMap{{u"last_epoch"_s, 1}, {u"last_start"_s, 1}, {u"committed_id"_s, 1}}
                   .toCborValue()
                   .toCbor();
        QTest::newRow("409 in html") << 409 << "text/html"_ba
                                     << "<html>conflict</html>"_ba;
        QTest::newRow("412 with nothing") << 412 << ""_ba
                                          << ""_ba;
        QTest::newRow("302") << 302 << ""_ba
                             << ""_ba;
    }

    void answersOfStrangers()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, body);
        const auto decoded = decodeAnswer(status, type, body);
        if (decoded)
            QCOMPARE(decoded->kind, ReplicateAnswer::Kind::Unavailable);
        else
            QCOMPARE(decoded.error().code, Errc::Protocol);
    }

private:
    int pick(int from, int to) { return std::uniform_int_distribution(from, to)(m_random); }
    quint64 anyNumber()
    {
        return std::uniform_int_distribution<quint64>(1, quint64(1) << pick(1, 52))(m_random);
    }
    QByteArray anyText(int most)
    {
        QString text;
        for (int n = pick(0, most); n > 0; --n)
            text.append(pick(0, 9) ? QChar(char16_t(pick(1, 127))) : QChar(char16_t(pick(0x400, 0x4ff))));
        return text.toUtf8();
    }
    ReplicateRequest randomRequest()
    {
        ReplicateRequest request;
        request.master = anyText(10);
        request.prev.id = pick(0, 3) ? anyNumber() : 0;
        request.prev.epoch = request.prev.id ? anyNumber() : 0;
        request.epoch = request.prev.epoch.number + anyNumber();
        request.committedId = anyNumber();
        request.logId = pick(0, 1) ? anyNumber() : 0;
        quint64 epoch = std::max<quint64>(request.prev.epoch.number, 1);
        for (int i = 1, n = pick(0, 6); i <= n; ++i) {
            epoch = pick(0, 4) ? epoch : std::min(epoch + anyNumber(), request.epoch.number);
            const auto w =
                static_cast<quint32>(std::min<quint64>(anyNumber(), std::numeric_limits<quint32>::max()));
            request.entries.push_back({request.prev.id + static_cast<quint64>(i), epoch, w,
                                       pick(0, 2) ? QByteArray() : anyText(20), anyText(300)});
        }
        // Each epoch is told of or not.
        const auto tell = [this, &request](const Epoch &each) {
            if (each.number > 0 && pick(0, 2) &&
                (request.epochs.isEmpty() || request.epochs.back().number < each.number))
                request.epochs.append(Epoch(each.number, anyNumber()));
        };
        tell(request.prev.epoch);
        for (const Entry &entry : request.entries)
            tell(entry.epoch);
        tell(request.epoch);
        request.prev.epoch = epochOf(request.epochs, request.prev.epoch.number);
        request.epoch = epochOf(request.epochs, request.epoch.number);
        return request;
    }
    static Delivery toDelivery(const ReplicateRequest &request)
    {
        Delivery delivery{request.master,
                          request.epoch,
                          request.prev,
                          request.committedId,
                          {request.prev.id + 1, request.prev.id, {}},
                          request.logId,
                          request.epochs};
        for (const Entry &entry : request.entries) {
            appendWireEntry(delivery.batch.bytes, viewOf(entry));
            ++delivery.batch.last;
        }
        return delivery;
    }
    static QByteArray toJson(const ReplicateRequest &request)
    {
        QByteArray out;
        const auto number = [&out](const char *name, quint64 value) {
            appendJsonName(out, name);
            appendNumber(out, value);
            out.append(',');
        };
        out.append('{');
        number("epoch", request.epoch.number);
        number("log", request.logId);
        number("prev_id", request.prev.id);
        number("prev_epoch", request.prev.epoch.number);
        number("committed_id", request.committedId);
        appendJsonName(out, "master");
        appendJsonString(out, request.master);
        out.append(",\"starts\":[");
        for (const Epoch &epoch : request.epochs) {
            out.append('{');
            number("epoch", epoch.number);
            number("start", epoch.start);
            out.back() = '}';
            out.append(',');
        }
        if (!request.epochs.isEmpty())
            out.chop(1);
        out.append("],\"entries\":[");
        for (const Entry &entry : request.entries) {
            out.append(entry.id > request.prev.id + 1 ? ",{" : "{");
            number("id", entry.id);
            number("epoch", entry.epoch);
            number("w", entry.w);
            if (!entry.key.isEmpty()) {
                appendJsonName(out, "key");
                appendJsonString(out, entry.key);
                out.append(',');
            }
            appendJsonName(out, "message");
            appendJsonString(out, entry.message);
            out.append('}');
        }
        return out + "]}";
    }
    static QCborMap validMap()
    {
        return {{u"epoch"_s, 3},
                {u"prev_id"_s, 4},
                {u"prev_epoch"_s, 2},
                {u"committed_id"_s, 4},
                {u"entries"_s,
                 QCborArray{QCborMap{{u"id"_s, 5}, {u"epoch"_s, 3}, {u"w"_s, 1}, {u"message"_s, u"m"_s}}}}};
    }
    static QVariant starts(const QList<QVariantMap> &list)
    {
        return QVariant::fromValue(QVariantList(list.cbegin(), list.cend()));
    }
    static QByteArray validCbor() { return validMap().toCborValue().toCbor(); }
    static void compare(const ReplicateRequest &a, const ReplicateRequest &b)
    {
        QCOMPARE(a.master, b.master);
        QCOMPARE(a.epoch, b.epoch);
        QCOMPARE(a.logId, b.logId);
        QCOMPARE(a.prev, b.prev);
        QCOMPARE(a.committedId, b.committedId);
        QVERIFY(a.entries == b.entries);
        QVERIFY(a.epochs == b.epochs);
    }

    std::mt19937_64 m_random;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestReplicateCodec)
#include "tst_replicatecodec.moc"
