// SPDX-License-Identifier: GPL-3.0-or-later
// The findings of --check in intact and damaged stores; it must change nothing.
#include "shared/store/record.h"
#include "shared/store/storecheck.h"
#include "shared/store/storekeys.h"
#include "tests/unit/store/storefixture.h"

#include <rocksdb/db.h>

#include <QCryptographicHash>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

struct Checked
{
    QStringList findings;
    std::optional<Error> error;
    StoreCheck::Report report;
};

Checked check(const QString &folder)
{
    Checked checked;
    StoreCheck check({[&checked](const QString &finding) { checked.findings.append(finding); }});
    const auto report = check.run(folder);
    if (report)
        checked.report = *report;
    else
        checked.error = report.error();
    return checked;
}

// Every file of the folder with its content and modification time.
QMap<QString, QByteArray> contentOf(const QString &folder)
{
    QMap<QString, QByteArray> content;
    QDirIterator it(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        QFile file(it.next());
        if (file.open(QIODevice::ReadOnly))
            content[file.fileName()] = QCryptographicHash::hash(file.readAll(), QCryptographicHash::Sha256) +
                                       it.fileInfo().lastModified().toString(Qt::ISODateWithMs).toUtf8();
    }
    return content;
}

bool edit(const QString &path, const std::function<void(QByteArray &)> &change)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return false;
    QByteArray content = file.readAll();
    file.close();
    change(content);
    return file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(content) == content.size();
}

QString largest(const StoreFixture &f, const QString &pattern)
{
    const QFileInfoList files = QDir(f.path(u"log"_s)).entryInfoList({pattern}, QDir::Files, QDir::Size);
    return files.isEmpty() ? QString() : files.front().filePath();
}

// The database of a closed store, opened directly.
class RawLog
{
public:
    explicit RawLog(const StoreFixture &f)
    {
        const std::vector<rocksdb::ColumnFamilyDescriptor> families = {
            {rocksdb::kDefaultColumnFamilyName, {}}, {"entries", {}}, {"keys", {}}};
        rocksdb::DB *db = nullptr;
        rocksdb::DB::Open({}, f.path(u"log"_s).toStdString(), families, &m_handles, &db)
            .PermitUncheckedError();
        m_db.reset(db);
    }
    ~RawLog()
    {
        m_db->Flush({}, m_handles).PermitUncheckedError();
        for (auto *handle : m_handles)
            m_db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    }
    Q_DISABLE_COPY_MOVE(RawLog)

    rocksdb::DB &db() { return *m_db; }
    rocksdb::ColumnFamilyHandle *meta() { return m_handles[0]; }
    rocksdb::ColumnFamilyHandle *entries() { return m_handles[1]; }
    rocksdb::ColumnFamilyHandle *keys() { return m_handles[2]; }

private:
    std::unique_ptr<rocksdb::DB> m_db;
    std::vector<rocksdb::ColumnFamilyHandle *> m_handles;
};

// 60 entries in 6 records, of two epochs, with keys.
bool fill(StoreFixture &f)
{
    if (f.open() || !f.putMeta("epoch/1", "1 17") || !f.putMeta("epoch/31", "2 18"))
        return false;
    for (quint64 group = 0; group < 6; ++group) {
        Entries entries;
        for (quint64 id = 10 * group + 1; id <= 10 * group + 10; ++id) {
            entries.push_back(StoreFixture::entry(
                id, QByteArray(200, char('a' + id % 26)), id <= 30 ? 1 : 2,
                id % 10 == 1 || id % 10 == 2 ? "key " + QByteArray::number(group) : QByteArray()));
            entries.back().timeMs = 1000 + qint64(id);
        }
        f.store->append(std::move(entries));
        if (!f.waitDurable(10 * group + 10)) // each group becomes a record
            return false;
    }
    f.store->setCommittedId(50);
    return true;
}

// Replaces the record that ends with `last` by one with another digest or content.
void replaceRecord(RawLog &raw, quint64 last, const std::function<void(Entries &, LogDigest &)> &change)
{
    const RecordKey key(last);
    std::string value;
    raw.db().Get({}, raw.entries(), toSlice(key.view()), &value).PermitUncheckedError();
    RecordReader record(last, value);
    LogDigest digest = record.digestBefore();
    Entries entries;
    for (EntryView e; record.next(e);)
        entries.push_back({e.id, e.epoch, e.w, e.key.toByteArray(), e.message.toByteArray(),
                           e.type.toByteArray(), e.headers.toByteArray(), e.timeMs, e.asked});
    change(entries, digest);
    RecordBuilder builder(digest);
    for (const Entry &entry : entries)
        builder.add(viewOf(entry));
    const std::string now(builder.finish());
    raw.db().Put({}, raw.entries(), toSlice(key.view()), now).PermitUncheckedError();
}

} // namespace

class TestStoreCheck : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void inOrder_data()
    {
        QTest::addColumn<bool>("trimmed");
        QTest::addColumn<bool>("truncated");
        QTest::newRow("whole") << false << false;
        QTest::newRow("trimmed") << true << false;
        QTest::newRow("truncated") << false << true;
    }

    void inOrder()
    {
        QFETCH(bool, trimmed);
        QFETCH(bool, truncated);
        StoreFixture f;
        QVERIFY(fill(f));
        if (trimmed)
            QVERIFY(StoreFixture::wait<void>([&](auto done) { f.store->trimTo(42, done); }));
        if (truncated)
            QVERIFY(f.truncateFrom(52)); // within a run of a key
        const quint64 last = truncated ? 51 : 60;
        const QByteArray digest = f.digest(last).value();
        QVERIFY(f.store->close());
        f.store.reset();
        const auto before = contentOf(f.options.dataDir);
        const Checked checked = check(f.options.dataDir);
        QVERIFY(!checked.error);
        QCOMPARE(checked.findings.join(u'\n'), QString());
        QCOMPARE(checked.report.findings, 0);
        QCOMPARE(checked.report.state.firstId, trimmed ? 42U : 1U);
        QCOMPARE(checked.report.state.last.id, last);
        QCOMPARE(checked.report.state.committedId, 50U);
        QCOMPARE(checked.report.digest.toHex(), digest);
        QCOMPARE(contentOf(f.options.dataDir), before);
        QCOMPARE(f.openError(), QString()); // and the folder is not locked
    }

    void whatCannotBeChecked()
    {
        StoreFixture f;
        QVERIFY(fill(f));
        QCOMPARE(check(f.options.dataDir).error.value().code, Errc::InUse);
        QCOMPARE(check(f.path(u"nothing"_s)).error.value().code, Errc::NotFound);
        QVERIFY(!QFileInfo::exists(f.path(u"nothing"_s)));
        QTemporaryDir empty;
        const Checked checked = check(empty.path());
        QCOMPARE(checked.findings.size(), 1);
        QVERIFY2(checked.findings.front().contains(u"holds no log"_s), qPrintable(checked.findings.front()));
        QVERIFY(QDir(empty.path()).isEmpty());
    }

    void damagedFile_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<bool>("flushed");
        QTest::addColumn<bool>("cut");
        for (const bool cut : {false, true}) {
            const char *how = cut ? "cut" : "flipped";
            QTest::addRow("write-ahead log %s", how) << u"*.log"_s << false << cut;
            QTest::addRow("table %s", how) << u"*.sst"_s << true << cut;
            QTest::addRow("list of files %s", how) << u"MANIFEST-*"_s << true << cut;
            QTest::addRow("name of the list %s", how) << u"CURRENT"_s << true << cut;
            QTest::addRow("position %s", how) << QString() << true << cut;
        }
    }

    // Each byte of a small file, and some of a large one.
    void damagedFile()
    {
        QFETCH(QString, pattern);
        QFETCH(bool, flushed);
        QFETCH(bool, cut);
        StoreFixture f;
        QVERIFY(fill(f));
        QVERIFY(f.store->close());
        f.store.reset();
        if (flushed) { // a start that finds the write-ahead log too long flushes it
            RawLog raw(f);
        }
        QCOMPARE(f.openError(), QString());
        QVERIFY(f.store->close());
        f.store.reset();
        const QString path = pattern.isEmpty() ? f.path(u"position"_s) : largest(f, pattern);
        QVERIFY(QFile::exists(path));
        QCOMPARE(check(f.options.dataDir).findings, QStringList());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray whole = file.readAll();
        file.close();
        // A position file has unused bytes between its fields, and a table has some before its footer.
        const qsizetype end = pattern.isEmpty() ? 40 : whole.size() - (pattern == "*.sst"_L1 ? 40 : 0);
        const qsizetype step = std::max<qsizetype>(1, end / 23);
        for (qsizetype at = 0; at < end; at += step) {
            QVERIFY(edit(path, [&](QByteArray &content) {
                content = whole;
                if (cut)
                    content.truncate(at);
                else
                    content[at] = char(content[at] ^ 0x10);
            }));
            const auto before = contentOf(f.options.dataDir);
            const Checked checked = check(f.options.dataDir);
            QVERIFY(!checked.error);
            QVERIFY2(!checked.findings.isEmpty(), qPrintable(u"%1 at %2 of %3"_s.arg(path).arg(at).arg(end)));
            QCOMPARE(contentOf(f.options.dataDir), before);
        }
    }

    void wrongContent_data()
    {
        using Change = std::function<void(RawLog &)>;
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("finding");
        const auto row = [](const char *name, const Change &change, const QString &finding) {
            QTest::newRow(name) << change << finding;
        };
        row(
            "gap",
            [](RawLog &raw) {
                raw.db().Delete({}, raw.entries(), toSlice(RecordKey(30).view())).PermitUncheckedError();
            },
            u"entries 21 to 30 are missing"_s);
        row(
            "chain",
            [](RawLog &raw) { replaceRecord(raw, 30, [](Entries &, LogDigest &digest) { ++digest.low; }); },
            u"the digest of the entries up to 20"_s);
        row(
            "other content",
            [](RawLog &raw) {
                replaceRecord(raw, 30, [](Entries &entries, LogDigest &) { entries[3].message = "other"; });
            },
            u"the digest of the entries up to 30"_s);
        row(
            "epoch goes back",
            [](RawLog &raw) {
                replaceRecord(raw, 50, [](Entries &entries, LogDigest &) { entries[3].epoch = 1; });
            },
            u"entry 44 is of epoch 1, the one before it of 2"_s);
        row(
            "epoch line is missing",
            [](RawLog &raw) { raw.db().Delete({}, raw.meta(), "m/epoch/31").PermitUncheckedError(); },
            u"entry 31 is of epoch 2, the list of epochs says 1"_s);
        row(
            "epoch line too many",
            [](RawLog &raw) { raw.db().Put({}, raw.meta(), "m/epoch/45", "3 1").PermitUncheckedError(); },
            u"begins epoch 3 with entry 45"_s);
        row(
            "time goes back",
            [](RawLog &raw) {
                replaceRecord(raw, 50, [](Entries &entries, LogDigest &) { entries[3].timeMs = 5; });
            },
            u"the time of entry 44"_s);
        row(
            "key is missing",
            [](RawLog &raw) { raw.db().Delete({}, raw.keys(), "key 3").PermitUncheckedError(); },
            u"idempotency key of entries 31 to 32"_s);
        row(
            "key leads elsewhere",
            [](RawLog &raw) {
                raw.db().Put({}, raw.keys(), "key 3", encodeRuns({{34, 35}})).PermitUncheckedError();
            },
            u"idempotency key of entries 31 to 32"_s);
        row(
            "key of nothing",
            [](RawLog &raw) {
                raw.db().Put({}, raw.keys(), "other", encodeRuns({{34, 35}})).PermitUncheckedError();
            },
            u"1 idempotency keys lead to entries that do not have them"_s);
        row(
            "key beyond the end",
            [](RawLog &raw) {
                raw.db().Put({}, raw.keys(), "other", encodeRuns({{61, 62}})).PermitUncheckedError();
            },
            u"beyond the end"_s);
        row(
            "other format",
            [](RawLog &raw) { raw.db().Put({}, raw.meta(), "format", "9").PermitUncheckedError(); },
            u"format version"_s);
    }

    void wrongContent()
    {
        using Change = std::function<void(RawLog &)>;
        QFETCH(Change, change);
        QFETCH(QString, finding);
        StoreFixture f;
        QVERIFY(fill(f));
        QVERIFY(f.store->close());
        f.store.reset();
        {
            RawLog raw(f);
            change(raw);
        }
        const Checked checked = check(f.options.dataDir);
        QVERIFY2(checked.findings.join(u'\n').contains(finding), qPrintable(checked.findings.join(u'\n')));
        for (const QString &line : checked.findings)
            QVERIFY(!line.contains(u'\n'));
    }

    void manyFindingsAreBounded()
    {
        StoreFixture f;
        QVERIFY(!f.open());
        QVERIFY(f.append(1, 1000)); // without an epoch line for it
        QVERIFY(f.truncateFrom(1));
        for (quint64 id = 1; id <= 300; ++id) {
            f.store->append({StoreFixture::entry(id, "m", 1 + id % 2)});
        }
        QVERIFY(f.waitDurable(300));
        QVERIFY(f.store->close());
        f.store.reset();
        const Checked checked = check(f.options.dataDir);
        QCOMPARE(checked.findings.size(), 101);
        QVERIFY(checked.report.findings > 101);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestStoreCheck)
#include "tst_storecheck.moc"
