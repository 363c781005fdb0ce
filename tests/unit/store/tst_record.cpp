// SPDX-License-Identifier: GPL-3.0-or-later
// The form of a record: what was put in comes out, and what was damaged does not.
#include "shared/store/recordbuilder.h"
#include "shared/store/recordformat.h"
#include "shared/store/recordreader.h"

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

// What a record holds; empty if it is damaged.
Entries entriesOf(quint64 lastId, std::string_view value)
{
    Entries entries;
    RecordReader reader(lastId, value);
    for (EntryView e; reader.next(e);)
        entries.push_back({e.id, e.epoch, e.w, e.key.toByteArray(), e.message.toByteArray()});
    return reader.isIntact() ? entries : Entries();
}

const Entries Sample = {
    {7, 1, 1, {}, "first"}, {8, 1000, 3, "key", {}}, {9, Most, 0xffffffff, {}, QByteArray(300, 'x')}};

} // namespace

class TestRecord : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void keepsEntries()
    {
        const std::string value = valueOf(Sample);
        QCOMPARE(RecordReader(9, value).firstId(), 7U);
        QVERIFY(entriesOf(9, value) == Sample);
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
                QVERIFY2(!RecordReader(9, damaged).isIntact(),
                         qPrintable(u"byte %1, bit %2"_s.arg(at).arg(bit)));
            }
            QVERIFY(!RecordReader(9, std::string_view(value).substr(0, at)).isIntact());
            QVERIFY(!RecordReader(9, std::string_view(value).substr(at + 1)).isIntact());
        }
        QVERIFY(!RecordReader(9, value + 'x').isIntact());
        for (const quint64 id : {quint64(0), quint64(2), quint64(8), quint64(10)})
            QVERIFY(!RecordReader(id, value).isIntact());
    }

    // A checksum that fits does not make it whole.
    void entriesMustFillTheRecord()
    {
        for (const quint32 count : {2U, 4U}) {
            std::string value = valueOf(Sample);
            qToLittleEndian(count, value.data() + recordformat::ChecksumSize);
            const std::string_view body = std::string_view(value).substr(recordformat::ChecksumSize);
            qToLittleEndian(recordformat::checksum(9, body), value.data());
            QVERIFY(RecordReader(9, value).isIntact());
            QCOMPARE(entriesOf(9, value).size(), 0U);
        }
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestRecord)
#include "tst_record.moc"
