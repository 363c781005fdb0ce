// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/entryrules.h"
#include "shared/log/replicatecodec.h"
#include "tests/support/documents.h"

#include <QCborArray>
#include <QCborMap>
#include <QCborValue>
#include <QRegularExpression>
#include <QTest>

#include <limits>
#include <random>

using namespace replog::test;
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
            const auto decoded = decodeReplicate(cbor, WireForm::Cbor);
            QVERIFY2(decoded,
                     qPrintable(u"seed %1: %2"_s.arg(seed).arg(decoded ? QString() : decoded.error().text)));
            compare(*decoded, request);
            const auto fromJson = decodeReplicate(asJson(request), WireForm::Json);
            QVERIFY2(fromJson, qPrintable(u"seed %1: %2"_s.arg(seed).arg(fromJson ? QString()
                                                                                  : fromJson.error().text)));
            compare(*fromJson, request);
        }
    }

    void isCborAsQtReadsIt()
    {
        Entry whole{5, 7, 300, "key", "Ї\xff"};
        whole.timeMs = 1795699580072;
        whole.asked = Asked::Majority;
        whole.type = "image/png";
        HeaderPacker packer;
        QVERIFY(packer.add("b", "2"));
        QVERIFY(packer.add("a", "Ї"));
        whole.headers = packer.take();
        Entry least{6, 7, 1, {}, ""};
        least.timeMs = whole.timeMs;
        ReplicateRequest request{"m1",           {7, 70}, {4, {6, 60}},       3,
                                 {whole, least}, {1, 2},  {{6, 60}, {7, 70}}, {3, 4}};
        request.firstId = 3;
        request.base = LogBase{{2, {5, 50}}, 17, QByteArray(32, 'd')};
        QCborParserError error;
        const QCborMap map = QCborValue::fromCbor(encodeDelivery(toDelivery(request)), &error).toMap();
        QCOMPARE(error.error.c, QCborError::NoError);
        // Before all fields that another version may change.
        QCOMPARE(map.keys().first().toString(), u"wire"_s);
        QCOMPARE(map[u"wire"_s].toInteger(), 1);
        QCOMPARE(map[u"log_id"_s].toString(), u"00000000000000010000000000000002"_s);
        QCOMPARE(map[u"to"_s].toString(), u"00000000000000030000000000000004"_s);
        QCOMPARE(map[u"master"_s].toString(), u"m1"_s);
        QCOMPARE(map[u"epoch"_s].toInteger(), 7);
        QCOMPARE(map[u"prev_id"_s].toInteger(), 4);
        QCOMPARE(map[u"prev_epoch"_s].toInteger(), 6);
        QCOMPARE(map[u"committed_id"_s].toInteger(), 3);
        QCOMPARE(map[u"first_id"_s].toInteger(), 3);
        const QCborArray starts{QCborMap{{u"epoch"_s, 6}, {u"start"_s, u"000000000000003c"_s}},
                                QCborMap{{u"epoch"_s, 7}, {u"start"_s, u"0000000000000046"_s}}};
        QCOMPARE(map[u"starts"_s].toArray(), starts);
        const QCborMap base{{u"id"_s, 2},
                            {u"epoch"_s, 5},
                            {u"start"_s, u"0000000000000032"_s},
                            {u"time"_s, 17},
                            {u"digest"_s, QString(32, u'd')}};
        QCOMPARE(map[u"base"_s].toMap(), base);
        const QCborArray entries = map[u"entries"_s].toArray();
        QCOMPARE(entries.size(), 2);
        const QCborMap first{{u"id"_s, 5},
                             {u"epoch"_s, 7},
                             {u"w"_s, 300},
                             {u"time"_s, qint64(1795699580072)},
                             {u"message"_s, whole.message},
                             {u"key"_s, u"key"_s},
                             {u"asked"_s, u"majority"_s},
                             {u"type"_s, u"image/png"_s},
                             {u"headers"_s, QCborMap{{u"a"_s, u"Ї"_s}, {u"b"_s, u"2"_s}}}};
        QCOMPARE(entries[0].toMap(), first);
        QCOMPARE(entries[1].toMap().keys().size(), 5);
        const auto decoded = decodeReplicate(encodeDelivery(toDelivery(request)), WireForm::Cbor);
        QVERIFY2(decoded, qPrintable(decoded ? QString() : decoded.error().text));
        compare(*decoded, request);
    }

    // An epoch without a start matches any start, whether the delivery has starts of other epochs or not.
    void startsThatAreNotTold()
    {
        QJsonObject document = validDocument();
        document.remove("starts"_L1);
        const auto without = decodeReplicate(toCbor(document), WireForm::Cbor);
        QVERIFY(without);
        QCOMPARE(without->epoch, Epoch(3));
        QCOMPARE(without->prev, (Position{4, 2}));
        QVERIFY(without->epochs.isEmpty());
        document["starts"_L1] = QJsonArray{QJsonObject{{u"epoch"_s, 3}, {u"start"_s, hexStart(30)}}};
        const auto some = decodeReplicate(toCbor(document), WireForm::Cbor);
        QVERIFY(some);
        QCOMPARE(some->epoch, Epoch(3, 30));
        QCOMPARE(some->prev.epoch, Epoch(2));
        QVERIFY(!encodeDelivery({"m", 3, {4, 2}, 0, {5, 4, {}}}).contains("starts"));
    }

    void ownEpochIsToldOfWithoutEntries()
    {
        const auto decoded = decodeReplicate(
            encodeDelivery({"m", {3, 30}, {4, {2, 20}}, 0, {5, 4, {}}, {1, 1}, {{2, 20}}, {2, 2}}),
            WireForm::Cbor);
        QVERIFY(decoded);
        QCOMPARE(decoded->epoch, Epoch(3, 30));
        QCOMPARE(decoded->prev.epoch, Epoch(2, 20));
    }

    // Documents of any encoder: fields in another order, chunked texts, containers of indefinite length, a
    // message as text.
    void readsWhatOthersWrite()
    {
        QCborMap map;
        const QCborMap valid = QCborValue::fromCbor(toCbor(validDocument())).toMap();
        for (qsizetype i = valid.size() - 1; i >= 0; --i)
            map[valid.keys().at(i).toString()] = valid[valid.keys().at(i).toString()];
        const auto backwards = decodeReplicate(map.toCborValue().toCbor(), WireForm::Cbor);
        QVERIFY2(backwards, qPrintable(backwards ? QString() : backwards.error().text));
        QCOMPARE(backwards->entries.size(), 1u);
        QCOMPARE(backwards->entries[0].message, "m"_ba);

        // {_ "entries": [_ {_ "id": 5, "epoch": 3, "w": 1, "time": 0, "message": (_ "a", "", "bc")}], …}
        QByteArray pieces = QByteArray::fromHex("bf"
                                                "67656e7472696573"
                                                "9f"
                                                "bf"
                                                "626964"
                                                "05"
                                                "6565706f6368"
                                                "03"
                                                "6177"
                                                "01"
                                                "6474696d65"
                                                "00"
                                                "676d657373616765"
                                                "7f"
                                                "6161"
                                                "60"
                                                "626263"
                                                "ff"
                                                "ff"
                                                "ff");
        for (const QCborValue &key : valid.keys()) {
            if (key.toString() != "entries"_L1)
                pieces += key.toCbor() + valid[key.toString()].toCbor();
        }
        const auto inPieces = decodeReplicate(pieces.append('\xff'), WireForm::Cbor);
        QVERIFY2(inPieces, qPrintable(inPieces ? QString() : inPieces.error().text));
        QCOMPARE(inPieces->entries[0].message, "abc"_ba);
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
        QTest::newRow("something behind") << toCbor(validDocument()) + '\0';
        QTest::newRow("html") << "<html>"_ba;
    }

    void refusesGarbage()
    {
        QFETCH(QByteArray, cbor);
        const auto decoded = decodeReplicate(cbor, WireForm::Cbor);
        QVERIFY(!decoded);
        QCOMPARE(decoded.error().code, Errc::InvalidArgument);
        QVERIFY(!decoded.error().text.isEmpty());
        QVERIFY(!decodeReplicate(cbor, WireForm::Json));
    }

    // Damaged documents are refused or read as something valid, without a crash, a hang or a read beyond the
    // end.
    void fuzz()
    {
        bool given = false;
        const quint64 wanted = qEnvironmentVariable("REPLOG_SEED").toULongLong(&given);
        for (quint64 seed = given ? wanted : 1; seed <= (given ? wanted : 20000); ++seed) {
            m_random.seed(seed);
            const bool json = pick(0, 4) == 0;
            const ReplicateRequest request = randomRequest();
            QByteArray bytes = json ? asJson(request) : encodeDelivery(toDelivery(request));
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
            // A copy of exact size, so that AddressSanitizer sees a read beyond the end.
            const std::vector<char> exact(bytes.cbegin(), bytes.cend());
            const QByteArray raw =
                QByteArray::fromRawData(exact.data(), static_cast<qsizetype>(exact.size()));
            const auto decoded = decodeReplicate(raw, json ? WireForm::Json : WireForm::Cbor);
            if (!decoded) {
                QVERIFY2(!decoded.error().field.isEmpty(), qPrintable(u"REPLOG_SEED=%1"_s.arg(seed)));
                continue;
            }
            for (const Epoch &told : decoded->epochs)
                QVERIFY2(told.start > 0 && told.number <= decoded->epoch.number,
                         qPrintable(u"REPLOG_SEED=%1"_s.arg(seed)));
            quint64 id = decoded->prev.id;
            qint64 timeMs = 0;
            for (const Entry &entry : decoded->entries) {
                QVERIFY2(entry.id == ++id && entry.w > 0 &&
                             entry.timeMs >= std::exchange(timeMs, entry.timeMs) && entry.epoch > 0 &&
                             entry.epoch <= decoded->epoch.number,
                         qPrintable(u"REPLOG_SEED=%1"_s.arg(seed)));
            }
            if (!json) {
                QCborParserError error;
                (void)QCborValue::fromCbor(bytes, &error);
                // Qt must accept everything that we accept (it also checks values that we skip).
                QVERIFY2(error.error != QCborError::EndOfFile && error.error != QCborError::GarbageAtEnd,
                         qPrintable(u"REPLOG_SEED=%1"_s.arg(seed)));
            }
        }
    }

    void answersComeBack_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("status");
        using Kind = ReplicateAnswer::Kind;
        QTest::newRow("accepted") << int(Kind::Accepted) << 200;
        QTest::newRow("mismatch") << int(Kind::Mismatch) << 409;
        QTest::newRow("diverged") << int(Kind::Diverged) << 409;
        QTest::newRow("stale") << int(Kind::StaleEpoch) << 412;
        QTest::newRow("misdirected") << int(Kind::Misdirected) << 421;
        QTest::newRow("refused wire") << int(Kind::RefusedWire) << 400;
        QTest::newRow("bad request") << int(Kind::Rejected) << 400;
        QTest::newRow("too large") << int(Kind::Rejected) << 413;
        QTest::newRow("failed") << int(Kind::Unavailable) << 503;
        QTest::newRow("anything else") << int(Kind::Unavailable) << 500;
    }

    void answersComeBack()
    {
        QFETCH(int, kind);
        QFETCH(int, status);
        for (const Epoch &lastEpoch : {Epoch(7, ~quint64(0)), Epoch(7)}) {
            ReplicateAnswer answer;
            answer.kind = static_cast<ReplicateAnswer::Kind>(kind);
            answer.node = {{1, 2}, "s1", {3, 4}, {5, 6}, 1, {9, 90}, {quint64(1) << 40, lastEpoch}, 900};
            answer.text = "why \"so\" is Ї";
            if (answer.kind == ReplicateAnswer::Kind::RefusedWire)
                answer.field = u"wire"_s;
            for (const WireForm form : {WireForm::Cbor, WireForm::Json}) {
                const QByteArray type = form == WireForm::Cbor ? "application/cbor"
                                        : status == 200        ? "application/json"
                                                               : "application/problem+json; charset=utf-8";
                const auto decoded = decodeAnswer(status, type, encodeAnswer(answer, form, status, "Title"));
                QVERIFY2(decoded, qPrintable(decoded ? QString() : decoded.error().text));
                QCOMPARE(int(decoded->kind), kind);
                QVERIFY(decoded->node == answer.node);
                QCOMPARE(decoded->field, answer.field);
                if (status != 200)
                    QCOMPARE(decoded->text, "HTTP " + QByteArray::number(status) + ": " + answer.text);
            }
        }
        const QJsonObject json =
            QJsonDocument::fromJson(encodeAnswer({static_cast<ReplicateAnswer::Kind>(kind), {}, "why", {}},
                                                 WireForm::Json, status, "Title"))
                .object();
        QCOMPARE(json.contains("detail"_L1), status != 200);
        QCOMPARE(json["log_id"_L1], QJsonValue(QJsonValue::Null));
    }

    // Answers of a proxy or a wrong address must not be used.
    void answersOfStrangers_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("text");
        const QJsonObject ours = standingDocument(u"s1"_s, 22);
        QJsonObject short_ = ours;
        short_.remove("instance"_L1);
        short_["detail"_L1] = u"why"_s;
        QTest::newRow("200 in html") << 200 << "text/html"_ba
                                     << "<html>"_ba
                                     << ""_ba;
        QTest::newRow("200 of another service") << 200 << "application/json"_ba
                                                << "{}"_ba
                                                << ""_ba;
        QTest::newRow("200 with nothing") << 200 << "application/cbor"_ba
                                          << ""_ba
                                          << ""_ba;
        QTest::newRow("200 with half of it")
            << 200 << "application/cbor"_ba << toCbor(ours).chopped(1) << ""_ba;
        QTest::newRow("200 with a field too few") << 200 << "application/json"_ba << toJson(short_) << ""_ba;
        QTest::newRow("200 as text") << 200 << "text/plain"_ba << toJson(ours) << ""_ba;
        QTest::newRow("409 in html") << 409 << "text/html"_ba
                                     << "<html>conflict</html>"_ba
                                     << "HTTP 409"_ba;
        QTest::newRow("412 with nothing") << 412 << ""_ba
                                          << ""_ba
                                          << "HTTP 412"_ba;
        QTest::newRow("412 of another service") << 412 << "application/json"_ba
                                                << "{}"_ba
                                                << "HTTP 412"_ba;
        QTest::newRow("412 with a field too few")
            << 412 << "application/problem+json"_ba << toJson(short_) << "HTTP 412: why"_ba;
        QTest::newRow("421 without a node") << 421 << "application/problem+json"_ba
                                            << "{\"detail\":\"not this host\"}"_ba
                                            << "HTTP 421: not this host"_ba;
        QTest::newRow("302") << 302 << ""_ba
                             << ""_ba
                             << "HTTP 302"_ba;
        QTest::newRow("a long story") << 503 << "application/problem+json"_ba
                                      << "{\"detail\":\"" + QByteArray(100000, 'x') + "\"}"
                                      << "HTTP 503: " + QByteArray(499, 'x') + "…";
        QTest::newRow("what moves a cursor") << 503 << "application/problem+json"_ba
                                             << "{\"detail\":\"a\\n\\u001b[2J\\u202eb\"}"_ba
                                             << "HTTP 503: a  [2J b"_ba;
    }

    void answersOfStrangers()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, text);
        const auto decoded = decodeAnswer(status, type, body);
        if (status == 200) {
            QVERIFY(!decoded);
            QCOMPARE(decoded.error().code, Errc::Protocol);
            return;
        }
        QVERIFY(decoded);
        QCOMPARE(decoded->kind, ReplicateAnswer::Kind::Unavailable);
        QVERIFY(decoded->node.nodeId.isNull());
        QCOMPARE(decoded->text, text);
    }

private:
    int pick(int from, int to) { return std::uniform_int_distribution(from, to)(m_random); }
    quint64 anyNumber()
    {
        return std::uniform_int_distribution<quint64>(1, quint64(1) << pick(1, 52))(m_random);
    }
    Id128 anyId() { return {m_random(), m_random() | 1}; }
    QByteArray anyName()
    {
        QByteArray name(pick(1, 12), 'a');
        for (char &c : name)
            c = "abcXYZ019._-"[pick(0, &c == name.constData() ? 8 : 11)];
        return name;
    }
    QByteArray anyText(int most)
    {
        QString text;
        for (int n = pick(0, most); n > 0; --n)
            text.append(pick(0, 9) ? QChar(char16_t(pick(1, 127))) : QChar(char16_t(pick(0x400, 0x4ff))));
        return text.toUtf8();
    }
    QByteArray anyBytes(int most)
    {
        QByteArray bytes(pick(0, most), '\0');
        for (char &c : bytes)
            c = static_cast<char>(pick(0, 255));
        return bytes;
    }
    QByteArray anyHeaders()
    {
        HeaderPacker packer;
        for (int n = pick(1, 4); n > 0; --n)
            (void)packer.add(QByteArray::number(pick(0, 99)), anyName());
        return packer.take();
    }
    ReplicateRequest randomRequest()
    {
        ReplicateRequest request;
        request.master = anyName();
        request.prev.id = pick(0, 3) ? anyNumber() / 2 : 0;
        request.prev.epoch = request.prev.id ? anyNumber() / 2 + 1 : 0;
        request.epoch = request.prev.epoch.number + anyNumber() / 2 + 1;
        request.committedId = anyNumber();
        request.logId = anyId();
        request.to = anyId();
        request.firstId = anyNumber();
        if (request.firstId > 1 && pick(0, 1))
            request.base = LogBase{{request.firstId - 1, {anyNumber(), m_random() | 1}},
                                   static_cast<qint64>(anyNumber()),
                                   QByteArray(32, "0123456789abcdef"[pick(0, 15)])};
        qint64 timeMs = pick(0, 1) ? 1795699580072 : 0;
        quint64 epoch = std::max<quint64>(request.prev.epoch.number, 1);
        for (int i = 1, n = pick(0, 6); i <= n; ++i) {
            epoch = pick(0, 4) ? epoch : std::min(epoch + anyNumber(), request.epoch.number);
            Entry entry;
            entry.id = request.prev.id + static_cast<quint64>(i);
            entry.epoch = epoch;
            entry.w = static_cast<quint32>(std::min<quint64>(anyNumber(), MaxW));
            entry.key = pick(0, 2) ? QByteArray() : anyName();
            entry.message = pick(0, 1) ? anyText(300) : anyBytes(300);
            entry.timeMs = timeMs += pick(0, 1);
            entry.asked = static_cast<Asked>(pick(0, 3));
            entry.type = pick(0, 2) ? QByteArray() : "text/" + anyName();
            entry.headers = pick(0, 2) ? QByteArray() : anyHeaders();
            request.entries.push_back(std::move(entry));
        }
        // With and without a start for each epoch.
        const auto tell = [this, &request](const Epoch &each) {
            if (each.number > 0 && pick(0, 2) &&
                (request.epochs.isEmpty() || request.epochs.back().number < each.number))
                request.epochs.append(Epoch(each.number, m_random() | 1));
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
                          request.epochs,
                          request.to,
                          request.firstId,
                          request.base};
        for (const Entry &entry : request.entries) {
            appendWireEntry(delivery.batch.bytes, viewOf(entry));
            ++delivery.batch.last;
        }
        return delivery;
    }
    static QByteArray asJson(const ReplicateRequest &request)
    {
        QJsonArray entries;
        for (const Entry &entry : request.entries) {
            QJsonObject object = entryDocument(0, 0, {});
            object["id"_L1] = static_cast<qint64>(entry.id);
            object["epoch"_L1] = static_cast<qint64>(entry.epoch);
            object["w"_L1] = static_cast<qint64>(entry.w);
            object["time"_L1] = entry.timeMs;
            object["message"_L1] = QString::fromUtf8(entry.message);
            if (object["message"_L1].toString().toUtf8() != entry.message) {
                object.remove("message"_L1);
                object["message_base64"_L1] = QString::fromLatin1(entry.message.toBase64());
            }
            if (!entry.key.isEmpty())
                object["key"_L1] = QString::fromUtf8(entry.key);
            if (entry.asked != Asked::Number)
                object["asked"_L1] = entry.asked == Asked::Default    ? u"default"_s
                                     : entry.asked == Asked::Majority ? u"majority"_s
                                                                      : u"all"_s;
            if (!entry.type.isEmpty())
                object["type"_L1] = QString::fromUtf8(entry.type);
            QJsonObject headers;
            HeaderReader reader(entry.headers);
            QByteArrayView name, value;
            while (reader.next(name, value))
                headers[QString::fromUtf8(name)] = QString::fromUtf8(value);
            if (!headers.isEmpty())
                object["headers"_L1] = headers;
            entries.append(object);
        }
        QJsonArray starts;
        for (const Epoch &epoch : request.epochs)
            starts.append(QJsonObject{{u"epoch"_s, static_cast<qint64>(epoch.number)},
                                      {u"start"_s, QString::fromLatin1(startDigits(epoch.start))}});
        QJsonObject document{{u"wire"_s, 1},
                             {u"log_id"_s, QString::fromLatin1(request.logId.toHex())},
                             {u"to"_s, QString::fromLatin1(request.to.toHex())},
                             {u"master"_s, QString::fromUtf8(request.master)},
                             {u"epoch"_s, static_cast<qint64>(request.epoch.number)},
                             {u"prev_id"_s, static_cast<qint64>(request.prev.id)},
                             {u"prev_epoch"_s, static_cast<qint64>(request.prev.epoch.number)},
                             {u"committed_id"_s, static_cast<qint64>(request.committedId)},
                             {u"first_id"_s, static_cast<qint64>(request.firstId)},
                             {u"starts"_s, starts},
                             {u"entries"_s, entries}};
        if (const auto &base = request.base)
            document["base"_L1] =
                QJsonObject{{u"id"_s, static_cast<qint64>(base->at.id)},
                            {u"epoch"_s, static_cast<qint64>(base->at.epoch.number)},
                            {u"start"_s, QString::fromLatin1(startDigits(base->at.epoch.start))},
                            {u"time"_s, base->timeMs},
                            {u"digest"_s, QString::fromLatin1(base->digest)}};
        return toJson(document);
    }
    static QJsonObject validDocument()
    {
        QJsonObject document = deliveryDocument();
        document["epoch"_L1] = 3;
        document["prev_id"_L1] = 4;
        document["prev_epoch"_L1] = 2;
        document["starts"_L1] = QJsonArray{QJsonObject{{u"epoch"_s, 2}, {u"start"_s, hexStart(20)}}};
        document["entries"_L1] = QJsonArray{entryDocument(5, 3, u"m"_s)};
        return document;
    }
    static void compare(const ReplicateRequest &a, const ReplicateRequest &b)
    {
        QCOMPARE(a.master, b.master);
        QCOMPARE(a.epoch, b.epoch);
        QVERIFY(a.logId == b.logId);
        QCOMPARE(a.prev, b.prev);
        QCOMPARE(a.committedId, b.committedId);
        QVERIFY(a.to == b.to);
        QCOMPARE(a.firstId, b.firstId);
        QVERIFY(a.base == b.base);
        QVERIFY(a.entries == b.entries);
        QVERIFY(a.epochs == b.epochs);
    }

    std::mt19937_64 m_random;
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestReplicateCodec)
#include "tst_replicatecodec.moc"
