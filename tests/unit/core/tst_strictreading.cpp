// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/cbordocument.h"
#include "shared/log/jsondocument.h"
#include "shared/log/registration.h"
#include "shared/log/replicatecodec.h"
#include "tests/support/documents.h"

#include <QRegularExpression>
#include <QTest>

using namespace replog::test;
using namespace Qt::StringLiterals;

namespace replog {

// Each field of each document between nodes, missing, of another type, and out of range, in JSON and CBOR:
// the document is refused and the field is named.
class TestStrictReading : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void everyField_data()
    {
        QTest::addColumn<QString>("document");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("cbor");
        QTest::addColumn<QString>("named");
        const QJsonArray numbers{-1, 1.5, 9007199254740992.0, u"1"_s, true, QJsonValue::Null, QJsonArray()};
        const QJsonArray texts{7, true, QJsonValue::Null, QJsonObject(), u""_s, u"a b"_s, QString(300, u'x')};
        const QJsonArray ids{7,           u""_s, u"xyz"_s, hexId(10).toUpper(), hexId(0), hexId(1).chopped(1),
                             QJsonArray()};
        const QJsonArray starts{7, u""_s, hexStart(10).toUpper(), hexStart(0), hexId(1), true};
        const QJsonArray notArrays{7, u"x"_s, QJsonObject(), QJsonValue::Null};
        const QJsonArray notObjects{7, u"x"_s, QJsonArray(), QJsonValue::Null};
        const auto with = [](QJsonArray values, std::initializer_list<QJsonValue> more) {
            for (const QJsonValue &value : more)
                values.append(value);
            return values;
        };

        const QString delivery = u"delivery"_s;
        for (const char *const name : {"epoch", "first_id"})
            field(delivery, {}, name, with(numbers, {0}));
        field(delivery, {}, "wire", with(numbers, {0}));
        for (const char *const name : {"prev_id", "prev_epoch", "committed_id"})
            field(delivery, {}, name, numbers);
        for (const char *const name : {"log_id", "to"})
            field(delivery, {}, name, with(ids, {QJsonValue::Null}));
        field(delivery, {}, "master", texts);
        field(delivery, {}, "entries", notArrays);
        field(delivery, {}, "starts", notArrays, Optional);
        field(delivery, {}, "base", notObjects, Optional);
        for (const char *const name : {"id", "epoch", "w"})
            field(delivery, u"entries[0]"_s, name, with(numbers, {0}));
        field(delivery, u"entries[0]"_s, "w", {qint64(2147483648)});
        field(delivery, u"entries[0]"_s, "time", numbers);
        field(delivery, u"entries[0]"_s, "message", {7, true, QJsonValue::Null, QJsonArray()});
        field(delivery, u"entries[0]"_s, "key", {7, u""_s, u"ї"_s, QString(257, u'k'), QJsonValue::Null},
              Optional);
        field(delivery, u"entries[0]"_s, "asked", {7, u""_s, u"number"_s, u"All"_s, QJsonValue::Null},
              Optional);
        field(delivery, u"entries[0]"_s, "type", with(texts, {u"png"_s}), Optional);
        field(delivery, u"entries[0]"_s, "headers", with(notObjects, {QJsonObject()}), Optional);
        field(delivery, u"entries[0].headers"_s, "a-b",
              {7, QJsonValue::Null, u"a\nb"_s, QString(17000, u'x')}, Optional);
        field(delivery, u"starts[0]"_s, "epoch", with(numbers, {0}));
        field(delivery, u"starts[0]"_s, "start", with(starts, {QJsonValue::Null}));
        for (const char *const name : {"id", "epoch"})
            field(delivery, u"base"_s, name, with(numbers, {0}));
        field(delivery, u"base"_s, "time", numbers);
        field(delivery, u"base"_s, "start", with(starts, {QJsonValue::Null}));
        field(delivery, u"base"_s, "digest", {7, u""_s, QString(31, u'a'), QString(32, u'A')});
        for (const QString &place : {u""_s, u"entries[0]"_s, u"starts[0]"_s, u"base"_s})
            field(delivery, place, "frist_id", {1}, Unknown);
        field(delivery, u"entries[0].headers"_s, "Upper", {u"x"_s}, Unknown);

        for (const QString &document : {u"answer"_s, u"registration"_s}) {
            field(document, {}, "wire", with(numbers, {0, qint64(4294967296)}));
            for (const char *const name : {"epoch", "last_id", "last_epoch", "committed_id"})
                field(document, {}, name, numbers);
            for (const char *const name : {"node_id", "instance"})
                field(document, {}, name, with(ids, {QJsonValue::Null}));
            field(document, {}, "log_id", ids);
            for (const char *const name : {"start", "last_start"})
                field(document, {}, name, starts);
            field(document, {}, "name", texts);
            field(document, {}, "frist_id", {1}, Unknown);
        }
        field(u"registration"_s, {}, "url",
              {7, u""_s, u"127.0.0.1:9"_s, u"file:///etc"_s, u"ftp://h:1"_s, u"http://h"_s, u"http://:1"_s,
               u"http://u@h:1"_s, u"http://u:p@h:1"_s, u"http://h:1/x"_s, u"http://h:1?x"_s,
               u"http://h:1#x"_s, u"http://h:0"_s, u"http://h:1/../x"_s,
               QString(u"http://"_s + QString(600, u'h') + u":1"_s)});
        field(u"registration answer"_s, {}, "node_id", with(ids, {QJsonValue::Null}));
        field(u"registration answer"_s, {}, "log_id", with(ids, {QJsonValue::Null}));
        field(u"registration answer"_s, {}, "name", texts);
        field(u"registration answer"_s, {}, "wire", with(numbers, {0}));
        field(u"registration answer"_s, {}, "epoch", with(numbers, {0}));
        field(u"registration answer"_s, {}, "frist_id", {1}, Unknown);
    }

    void everyField()
    {
        QFETCH(QString, document);
        QFETCH(QByteArray, bytes);
        QFETCH(bool, cbor);
        QFETCH(QString, named);
        const auto error = read(document, bytes, cbor);
        QVERIFY2(error, "was taken");
        if (error->code == Errc::InvalidArgument)
            QCOMPARE(error->field, named);
        else
            QVERIFY2(error->text.contains(named + u": "_s), qPrintable(error->text));
    }

    // Without damage the documents are accepted.
    void wholeDocumentsAreTaken()
    {
        for (const QString &document :
             {u"delivery"_s, u"answer"_s, u"registration"_s, u"registration answer"_s}) {
            for (const bool cbor : {false, true}) {
                if (cbor && document.startsWith("registration"_L1))
                    continue;
                const QJsonObject whole = valid(document);
                const auto error = read(document, cbor ? toCbor(whole) : toJson(whole), cbor);
                QVERIFY2(!error, qPrintable(document + u": "_s + (error ? error->text : QString())));
            }
        }
    }

    void nothingIsGivenTwice()
    {
        const QByteArray json = toJson(valid(u"delivery"_s));
        const auto top = decodeReplicate(QByteArray("{\"wire\":1," + json.mid(1)), WireForm::Json);
        QVERIFY(!top);
        QCOMPARE(top.error().field, u"wire"_s);
        const auto entry =
            decodeReplicate(QByteArray(json).replace("\"w\":1", "\"w\":1,\"w\":1"), WireForm::Json);
        QVERIFY(!entry);
        QCOMPARE(entry.error().field, u"entries[0].w"_s);
        const auto header =
            decodeReplicate(QByteArray(json).replace("\"a-b\":", "\"a-b\":\"\",\"a-b\":"), WireForm::Json);
        QVERIFY(!header);
        QCOMPARE(header.error().field, u"entries[0].headers.a-b"_s);
    }

    void messageIsGivenInOneForm()
    {
        QJsonObject document = valid(u"delivery"_s);
        QJsonObject entry = document["entries"_L1].toArray()[0].toObject();
        const auto take = [&](bool cbor) {
            document["entries"_L1] = QJsonArray{entry};
            return decodeReplicate(cbor ? toCbor(document) : toJson(document),
                                   cbor ? WireForm::Cbor : WireForm::Json);
        };
        entry.insert("message_base64"_L1, u"AP8="_s);
        QCOMPARE(take(false).error().field, u"entries[0].message_base64"_s);
        entry.remove("message"_L1);
        const auto decoded = take(false);
        QVERIFY(decoded);
        QCOMPARE(decoded->entries[0].message, QByteArray("\0\xff", 2));
        QCOMPARE(take(true).error().field, u"entries[0].message_base64"_s);
        for (const QString &bad : {u"AP8"_s, u"A P8="_s, u"AP8=AP8="_s, u"$$$$"_s}) {
            entry["message_base64"_L1] = bad;
            QCOMPARE(take(false).error().field, u"entries[0].message_base64"_s);
        }
    }

    void partsMustFitTogether_data()
    {
        QTest::addColumn<QString>("place");
        QTest::addColumn<QJsonObject>("changes");
        QTest::addColumn<QString>("named");
        const auto row = [](const char *title, const QString &place, const QJsonObject &changes,
                            const QString &named) { QTest::newRow(title) << place << changes << named; };
        row("prev_epoch of nothing", {}, {{u"prev_id"_s, 0}}, u"prev_epoch"_s);
        row("no prev_epoch of something", {}, {{u"prev_epoch"_s, 0}}, u"prev_epoch"_s);
        row("prev_epoch above epoch", {}, {{u"prev_epoch"_s, 4}}, u"prev_epoch"_s);
        row("id does not follow prev_id", {}, {{u"prev_id"_s, 3}}, u"entries[0].id"_s);
        row("epoch below prev_epoch", u"entries[0]"_s, {{u"epoch"_s, 1}}, u"entries[0].epoch"_s);
        row("epoch above the delivery's", u"entries[1]"_s, {{u"epoch"_s, 4}}, u"entries"_s);
        row("ids with a hole", u"entries[1]"_s, {{u"id"_s, 7}}, u"entries[1].id"_s);
        row("epoch goes back", u"entries[1]"_s, {{u"epoch"_s, 2}}, u"entries[1].epoch"_s);
        row("time goes back", u"entries[1]"_s, {{u"time"_s, 99}}, u"entries[1].time"_s);
        row("start of a higher epoch", u"starts[1]"_s, {{u"epoch"_s, 4}}, u"starts"_s);
        row("two starts of an epoch", u"starts[1]"_s, {{u"epoch"_s, 2}}, u"starts[1].epoch"_s);
        row("base behind first_id", u"base"_s, {{u"id"_s, 2}}, u"base"_s);
    }

    void partsMustFitTogether()
    {
        QFETCH(QString, place);
        QFETCH(QJsonObject, changes);
        QFETCH(QString, named);
        QJsonObject document = valid(u"delivery"_s);
        for (auto it = changes.begin(); it != changes.end(); ++it)
            change(document, place, it.key(), it.value());
        for (const bool cbor : {false, true}) {
            const auto error = read(u"delivery"_s, cbor ? toCbor(document) : toJson(document), cbor);
            QVERIFY(error);
            QCOMPARE(error->field, named);
        }
    }

    void standingMustMakeSense_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QJsonValue>("value");
        QTest::addColumn<QString>("named");
        QTest::newRow("an entry of no epoch") << u"last_epoch"_s << QJsonValue(0) << u"last_epoch"_s;
        QTest::newRow("of an epoch never seen") << u"last_epoch"_s << QJsonValue(4) << u"last_epoch"_s;
        QTest::newRow("of no log") << u"log_id"_s << QJsonValue() << u"log_id"_s;
        QTest::newRow("committed beyond the end") << u"committed_id"_s << QJsonValue(5) << u"committed_id"_s;
    }

    void standingMustMakeSense()
    {
        QFETCH(QString, field);
        QFETCH(QJsonValue, value);
        QFETCH(QString, named);
        QJsonObject document = valid(u"registration"_s);
        document[field] = value;
        const auto decoded = decodeRegistration(toJson(document));
        QVERIFY(!decoded);
        QCOMPARE(decoded.error().field, named);
    }

    // A higher wire version is reported wherever its field is, and whatever else the document has.
    void higherWireOfADeliveryIsTold()
    {
        QJsonObject document = valid(u"delivery"_s);
        document["wire"_L1] = 2;
        document["aaa"_L1] = QJsonObject{{u"b"_s, QJsonArray{1, 2}}};
        document.remove("first_id"_L1);
        for (const bool cbor : {false, true}) {
            const auto error = read(u"delivery"_s, cbor ? toCbor(document) : toJson(document), cbor);
            QVERIFY(error);
            QCOMPARE(error->field, u"wire"_s);
            QVERIFY(error->text.contains(u"1"_s));
        }
    }

    // A later version may have more fields: the known ones are used.
    void higherWireMayHaveMoreFields()
    {
        for (const QString &document : {u"answer"_s, u"registration"_s, u"registration answer"_s}) {
            QJsonObject later = valid(document);
            later["wire"_L1] = 2;
            later["aaa"_L1] = QJsonObject{{u"b"_s, QJsonArray{1, u"]}"_s}}};
            later["zzz"_L1] = 1.5;
            QVERIFY(!read(document, toJson(later), false));
            if (document == "answer"_L1)
                QVERIFY(!read(document, toCbor(later), true));
            later["wire"_L1] = 1;
            QVERIFY(read(document, toJson(later), false));
        }
    }

    void nullIsWhatIsNotThereYet()
    {
        const auto decoded =
            decodeRegistration(toJson(registrationDocument(u"s1"_s, 22, u"https://node-1.example:20000"_s)));
        QVERIFY(decoded);
        QVERIFY(decoded->node.logId.isNull());
        QCOMPARE(decoded->node.last, Position());
        QCOMPARE(decoded->node.epoch, Epoch());
        QCOMPARE(decoded->url, QUrl(u"https://node-1.example:20000"_s));
    }

    // An invalid entry ends the parsing at once, however many entries are announced.
    void hostileEntriesAreNotGathered()
    {
        QByteArray claimed = QByteArray::fromHex("a167656e74726965739a00100000");
        claimed.append(QByteArray(1 << 20, '\xa0'));
        const auto many = decodeReplicate(claimed, WireForm::Cbor);
        QVERIFY(!many);
        QCOMPARE(many.error().field, u"entries[0].id"_s);
        QByteArray json = "{\"entries\":[";
        for (int i = 0; i < 1 << 18; ++i)
            json.append("{},");
        const auto inJson = decodeReplicate(json.append("{}]}"), WireForm::Json);
        QVERIFY(!inJson);
        QCOMPARE(inJson.error().field, u"entries[0].id"_s);
    }

    // Names from outside are cut where they are shown.
    void namesOfOthersAreShownPlain()
    {
        const QByteArray json = "{\"a\\nb<\\u202e>" + QByteArray(1000, 'x') + "\":1}";
        const auto decoded = decodeReplicate(json, WireForm::Json);
        QVERIFY(!decoded);
        QVERIFY(decoded.error().field.startsWith(u"a?b<?>xxx"_s));
        QVERIFY(decoded.error().field.size() <= 64);
    }

    void whatIsNoDocument_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("told");
        QTest::newRow("nothing") << ""_ba << u"is empty"_s;
        QTest::newRow("byte order mark") << "\xef\xbb\xbf{}"_ba << u"byte order mark"_s;
        QTest::newRow("an array") << "[]"_ba << u"must be an object"_s;
        QTest::newRow("a word") << "x"_ba << u"must be an object"_s;
        QTest::newRow("cut short") << "{\"wire\":1"_ba << u"is not valid JSON"_s;
        QTest::newRow("something behind") << "{} {}"_ba << u""_s;
        QTest::newRow("not UTF-8") << "{\"wire\xff\":1}"_ba << u"is not valid JSON"_s;
        QTest::newRow("a comma too many") << "{\"wire\":1,}"_ba << u"is not valid JSON"_s;
    }

    void whatIsNoDocument()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, told);
        const auto decoded = decodeReplicate(json, WireForm::Json);
        QVERIFY(!decoded);
        QVERIFY2(decoded.error().text.contains(told), qPrintable(decoded.error().text));
    }

private:
    enum Need { Required, Optional, Unknown };

    static QJsonObject valid(const QString &document)
    {
        if (document == "delivery"_L1) {
            QJsonObject delivery = deliveryDocument();
            delivery["epoch"_L1] = 3;
            delivery["prev_id"_L1] = 4;
            delivery["prev_epoch"_L1] = 2;
            delivery["first_id"_L1] = 2;
            delivery["starts"_L1] = QJsonArray{QJsonObject{{u"epoch"_s, 2}, {u"start"_s, hexStart(20)}},
                                               QJsonObject{{u"epoch"_s, 3}, {u"start"_s, hexStart(30)}}};
            delivery["base"_L1] = QJsonObject{{u"id"_s, 1},
                                              {u"epoch"_s, 1},
                                              {u"start"_s, hexStart(10)},
                                              {u"time"_s, 5},
                                              {u"digest"_s, QString(32, u'a')}};
            QJsonObject first = entryDocument(5, 3, u"m"_s);
            first["time"_L1] = 100;
            first["key"_L1] = u"k"_s;
            first["asked"_L1] = u"all"_s;
            first["type"_L1] = u"text/plain"_s;
            first["headers"_L1] = QJsonObject{{u"a-b"_s, u"v"_s}};
            QJsonObject second = entryDocument(6, 3, u""_s);
            second["time"_L1] = 100;
            delivery["entries"_L1] = QJsonArray{first, second};
            return delivery;
        }
        if (document == "registration answer"_L1) {
            return {{u"node_id"_s, hexId(33)},
                    {u"name"_s, u"m"_s},
                    {u"log_id"_s, hexId(11)},
                    {u"wire"_s, 1},
                    {u"epoch"_s, 3}};
        }
        QJsonObject standing = document == "answer"_L1
                                   ? standingDocument(u"s1"_s, 22)
                                   : registrationDocument(u"s1"_s, 22, u"http://127.0.0.1:9"_s);
        standing["log_id"_L1] = hexId(11);
        standing["epoch"_L1] = 3;
        standing["start"_L1] = hexStart(30);
        standing["last_id"_L1] = 4;
        standing["last_epoch"_L1] = 2;
        standing["last_start"_L1] = hexStart(20);
        standing["committed_id"_L1] = 4;
        return standing;
    }

    // Sets (or, undefined, removes) a field of the object at a place like "entries[0].headers".
    static void change(QJsonObject &object, const QString &place, const QString &name,
                       const QJsonValue &value)
    {
        if (place.isEmpty()) {
            if (value.isUndefined())
                object.remove(name);
            else
                object[name] = value;
            return;
        }
        const qsizetype dot = place.indexOf(u'.');
        const QString step = dot < 0 ? place : place.left(dot);
        const QString rest = dot < 0 ? QString() : place.mid(dot + 1);
        const qsizetype bracket = step.indexOf(u'[');
        const QString field = bracket < 0 ? step : step.left(bracket);
        if (bracket < 0) {
            QJsonObject inner = object[field].toObject();
            change(inner, rest, name, value);
            object[field] = inner;
            return;
        }
        const int index = step.mid(bracket + 1).chopped(1).toInt();
        QJsonArray array = object[field].toArray();
        QJsonObject inner = array[index].toObject();
        change(inner, rest, name, value);
        array[index] = inner;
        object[field] = array;
    }

    void field(const QString &document, const QString &place, const char *name, const QJsonArray &values,
               Need need = Required)
    {
        const QString field = QString::fromLatin1(name);
        const QString path = place.isEmpty() ? field : place + u'.' + field;
        const auto rows = [&](const QString &title, const QJsonValue &value) {
            QJsonObject damaged = valid(document);
            change(damaged, place, field, value);
            const QString row = document + u": "_s + path + u' ' + title;
            QTest::newRow(qPrintable(row + u" in JSON"_s)) << document << toJson(damaged) << false << path;
            if (!document.startsWith("registration"_L1))
                QTest::newRow(qPrintable(row + u" in CBOR"_s)) << document << toCbor(damaged) << true << path;
        };
        if (need == Required)
            rows(u"missing"_s, QJsonValue(QJsonValue::Undefined));
        for (const QJsonValue &value : values) {
            QString title =
                QString::fromUtf8(QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact));
            if (title.size() > 40)
                title = u"of %1 characters"_s.arg(title.size());
            rows(title, value);
        }
    }

    static std::optional<Error> read(const QString &document, const QByteArray &bytes, bool cbor)
    {
        const auto errorOf = [](const auto &result) -> std::optional<Error> {
            return result ? std::nullopt : std::optional(result.error());
        };
        if (document == "delivery"_L1)
            return errorOf(decodeReplicate(bytes, cbor ? WireForm::Cbor : WireForm::Json));
        if (document == "answer"_L1)
            return errorOf(decodeAnswer(200, cbor ? "application/cbor" : "application/json", bytes));
        if (document == "registration"_L1)
            return errorOf(decodeRegistration(bytes));
        return errorOf(decodeRegistrationAnswer(bytes));
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestStrictReading)
#include "tst_strictreading.moc"
