// SPDX-License-Identifier: GPL-3.0-or-later
// The format of a record: a round trip returns the entries, and damage is detected.
#include "shared/store/record.h"
#include "shared/store/xxh3.h"

#include <QRegularExpression>
#include <QTest>

#include <limits>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr quint64 Most = std::numeric_limits<quint64>::max();

std::string valueOf(const Entries &entries)
{
    RecordBuilder builder;
    for (const Entry &entry : entries)
        builder.add(viewOf(entry));
    return std::string(builder.finish());
}

// The entries of a record; empty if it is damaged.
Entries entriesOf(quint64 lastId, std::string_view value)
{
    Entries entries;
    RecordReader reader(lastId, value);
    for (EntryView e; reader.next(e);)
        entries.push_back({e.id, e.epoch, e.w, e.key.toByteArray(), e.message.toByteArray(),
                           e.type.toByteArray(), e.headers.toByteArray(), e.timeMs, e.asked});
    return reader.isIntact() ? entries : Entries();
}

const Entries Sample = {
    {7, 1, 1, {}, "first", {}, {}, 1795699580072, Asked::Default},
    {8, 1000, 3, "key", {}, "text/plain", {}, 1795699580072, Asked::Majority},
    {9, 1000, 3, "key", "second of a run", "text/plain", "packed", 1795699580079, Asked::Majority},
    {10, 1000, 3, {}, "x", "image/png", {}, 1795699580001, Asked::All},
    {11, 1000, 1, {}, "x", {}, {}, std::numeric_limits<qint64>::min(), Asked::Number},
    {12,
     Most,
     0xffffffff,
     {},
     QByteArray(300, 'x'),
     {},
     {},
     std::numeric_limits<qint64>::max(),
     Asked::Number}};
constexpr quint64 SampleEnd = 12;

} // namespace

class TestRecord : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void keepsEntries()
    {
        const std::string value = valueOf(Sample);
        QCOMPARE(RecordReader(SampleEnd, value).firstId(), 7U);
        QVERIFY(entriesOf(SampleEnd, value) == Sample);
        const Entries last = {{Most, 0, 0, {}, {}}};
        QVERIFY(entriesOf(Most, valueOf(last)) == last);
    }

    void isUsedAgain()
    {
        RecordBuilder builder;
        for (const Entry &entry : Sample)
            builder.add(viewOf(entry));
        builder.finish();
        builder.clear();
        QVERIFY(builder.isEmpty());
        builder.add(viewOf(Sample.front()));
        QCOMPARE(builder.lastId(), 7U);
        QVERIFY(entriesOf(7, builder.finish()) == Entries{Sample.front()});
    }

    void isFullOfSmallEntriesOrOfOneLarge()
    {
        const Entry small = {1, 1, 1, {}, QByteArray(1000, 's')};
        const Entry large = {2, 1, 1, {}, QByteArray(1000000, 'l')};
        RecordBuilder builder;
        QVERIFY(!builder.isFullFor(viewOf(large)));
        builder.add(viewOf(small));
        QVERIFY(!builder.isFullFor(viewOf(small)));
        QVERIFY(builder.isFullFor(viewOf(large)));
        int count = 1;
        for (; !builder.isFullFor(viewOf(small)); ++count)
            builder.add({small.id + quint64(count), 1, 1, {}, small.message});
        QCOMPARE(count, 16);
        builder.clear();
        builder.add(viewOf(large));
        QVERIFY(builder.isFullFor(viewOf(small)));
    }

    void damageIsNoticed()
    {
        const std::string value = valueOf(Sample);
        for (std::size_t at = 0; at < value.size(); ++at) {
            for (int bit = 0; bit < 8; ++bit) {
                std::string damaged = value;
                damaged[at] = char(damaged[at] ^ (1 << bit));
                QVERIFY2(!RecordReader(SampleEnd, damaged).isIntact(),
                         qPrintable(u"byte %1, bit %2"_s.arg(at).arg(bit)));
            }
            QVERIFY(!RecordReader(SampleEnd, std::string_view(value).substr(0, at)).isIntact());
            QVERIFY(!RecordReader(SampleEnd, std::string_view(value).substr(at + 1)).isIntact());
        }
        QVERIFY(!RecordReader(SampleEnd, value + 'x').isIntact());
        for (const quint64 id : {quint64(0), quint64(5), SampleEnd - 1, SampleEnd + 1})
            QVERIFY(!RecordReader(id, value).isIntact());
    }

    // A record with a valid checksum may still be malformed.
    void entriesMustFillTheRecord()
    {
        for (const quint32 count : {5U, 7U}) {
            std::string value = valueOf(Sample);
            constexpr std::size_t checksumSize = 4;
            qToLittleEndian(count, value.data() + checksumSize);
            qToLittleEndian(
                quint32(xxh3(value.data() + checksumSize, value.size() - checksumSize, SampleEnd)),
                value.data());
            QVERIFY(RecordReader(SampleEnd, value).isIntact());
            QCOMPARE(entriesOf(SampleEnd, value).size(), 0U);
        }
    }

    // Unused fields of an entry take no bytes, and a run of a key stores the key once.
    void sharesWhatEntriesHaveInCommon()
    {
        const auto bytesPerEntry = [](const Entry &like) {
            RecordBuilder builder;
            const auto sizeOf = [&](quint64 id) {
                Entry entry = like;
                entry.id = id;
                builder.add(viewOf(entry));
                return builder.size();
            };
            const std::size_t before = sizeOf(1);
            return sizeOf(2) - before;
        };
        QCOMPARE(bytesPerEntry({1, 7, 3, {}, "m", {}, {}, 1795699580072, Asked::Majority}), 3U);
        QCOMPARE(bytesPerEntry({1, 7, 3, QByteArray(256, 'k'), {}, "application/json", {}, 1795699580072}),
                 2U);
    }

    void chainsItsDigest()
    {
        LogDigest digest;
        RecordBuilder builder;
        Entries entries = Sample;
        for (Entry &entry : entries) {
            const LogDigest before = digest;
            digest = digest.with(viewOf(entry));
            builder.add(viewOf(entry));
            QCOMPARE(builder.digest(), digest);
            QVERIFY(digest != before);
            // The digest covers every field.
            const auto differs = [&](auto change) {
                Entry other = entry;
                change(other);
                return before.with(viewOf(other)) != digest;
            };
            QVERIFY(differs([](Entry &e) { ++e.id; }));
            QVERIFY(differs([](Entry &e) { ++e.epoch; }));
            QVERIFY(differs([](Entry &e) { e.w ^= 1; }));
            QVERIFY(differs([](Entry &e) { e.key += 'k'; }));
            QVERIFY(differs([](Entry &e) { e.message += 'm'; }));
            QVERIFY(differs([](Entry &e) { e.type += 't'; }));
            QVERIFY(differs([](Entry &e) { e.headers += 'h'; }));
            QVERIFY(differs([](Entry &e) { e.timeMs ^= 1; }));
            QVERIFY(differs([](Entry &e) { e.asked = Asked(quint8(e.asked) ^ 1); }));
        }
        QCOMPARE(RecordReader(SampleEnd, builder.finish()).digestBefore(), LogDigest());
        builder.clear();
        builder.add({SampleEnd + 1, 1, 1, {}, "next"});
        QCOMPARE(RecordReader(SampleEnd + 1, builder.finish()).digestBefore(), digest);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestRecord)
#include "tst_record.moc"
