// SPDX-License-Identifier: GPL-3.0-or-later
// Opening folders of another owner, in use, or damaged: a clear error, never an empty or a shorter log.
#include "shared/store/record.h"
#include "shared/store/storekeys.h"
#include "tests/unit/store/heldtables.h"
#include "tests/unit/store/storefixture.h"

#include <rocksdb/db.h>

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTextStream>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr quint64 EntryCount = 200;
constexpr quint64 GroupSize = 10; // entries per commit: one record, stored under the id of its last entry

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

QString onlyFile(const StoreFixture &f, const QString &pattern)
{
    const QDir dir(f.path(u"log"_s));
    // The largest file: RocksDB has small ones of the same kind for other column families.
    const QFileInfoList files = dir.entryInfoList({pattern}, QDir::Files, QDir::Size);
    return files.isEmpty() ? QString() : files.front().filePath();
}

// Where one of the records in the middle of a write-ahead log of RocksDB ends.
qint64 middleOf(const QString &path)
{
    constexpr qint64 Block = 32768; // a record is in pieces, none of which crosses the end of a block
    constexpr qint64 Header = 7;    // checksum (4), size (2), kind
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QByteArray content = file.readAll();
    std::vector<qint64> ends;
    for (qint64 at = 0; at + Header <= content.size();) {
        const auto kind = content[at + 6];
        if (const qint64 left = Block - at % Block; left < Header) {
            at += left;
            continue;
        }
        if (kind == 0)
            break;
        at += Header + qFromLittleEndian<quint16>(content.constData() + at + 4);
        if (kind == 1 || kind == 4) // a whole record, or the last piece of one
            ends.push_back(at);
    }
    return ends.at(ends.size() / 2);
}

bool copyFolder(const QString &from, const QString &to)
{
    QDir().mkpath(to);
    const QDir dir(from);
    for (const QFileInfo &info : dir.entryInfoList(QDir::AllEntries | QDir::NoDotAndDotDot)) {
        const QString target = to + u'/' + info.fileName();
        if (info.isDir() ? !copyFolder(info.filePath(), target) : !QFile::copy(info.filePath(), target))
            return false;
    }
    return true;
}

// The database of a closed store, opened directly.
class RawLog
{
public:
    explicit RawLog(const StoreFixture &f)
    {
        const std::vector<rocksdb::ColumnFamilyDescriptor> families = {
            {"default", {}}, {"entries", {}}, {"keys", {}}};
        rocksdb::DB *db = nullptr;
        m_ok = rocksdb::DB::Open({}, f.path(u"log"_s).toStdString(), families, &handles, &db).ok();
        m_db.reset(db);
    }
    ~RawLog()
    {
        for (rocksdb::ColumnFamilyHandle *handle : handles)
            m_db->DestroyColumnFamilyHandle(handle);
    }
    bool ok() const { return m_ok; }
    rocksdb::DB *operator->() { return m_db.get(); }
    std::vector<rocksdb::ColumnFamilyHandle *> handles;

private:
    std::unique_ptr<rocksdb::DB> m_db;
    bool m_ok = false;
};

// Sets the value of a record; null removes the record.
bool overwrite(const StoreFixture &f, quint64 lastId, std::string_view value)
{
    RawLog raw(f);
    if (!raw.ok())
        return false;
    const RecordKey key(lastId);
    return (value.empty() ? raw->Delete({}, raw.handles[1], toSlice(key.view()))
                          : raw->Put({}, raw.handles[1], toSlice(key.view()), toSlice(value)))
        .ok();
}

} // namespace

class TestStoreDamage : public QObject
{
    Q_OBJECT

private:
    // A log of EntryCount entries, closed; in a table file if `flushed`, else in the write-ahead log.
    static bool fill(StoreFixture &f, bool flushed)
    {
        if (f.open())
            return false;
        for (quint64 id = 1; id <= EntryCount; id += GroupSize) {
            if (!f.append(id, GroupSize, "key" + QByteArray::number(id)))
                return false;
        }
        f.store->setCommittedId(EntryCount / 2);
        f.store.reset();
        if (flushed && f.open())
            return false;
        f.store.reset();
        return true;
    }

    // Opens the store and reads everything. Returns the error; empty if everything is as it was written.
    static std::optional<Error> openAndReadAll(StoreFixture &f)
    {
        if (auto error = f.open())
            return error;
        if (f.store->state().last.id != EntryCount)
            return Error{Errc::Protocol, u"last entry is %1"_s.arg(f.store->state().last.id)};
        const auto entries = f.read(1, EntryCount);
        if (!entries)
            return entries.error();
        if (entries->size() != EntryCount)
            return Error{Errc::Protocol, u"%1 entries"_s.arg(entries->size())};
        for (const Entry &e : *entries) {
            if (e.message != "message " + QByteArray::number(e.id))
                return Error{Errc::Protocol, u"entry %1 is wrong"_s.arg(e.id)};
        }
        return {};
    }

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void refusesAFolderInUse()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        const auto second = RocksLogStore::open(f.options);
        QVERIFY(!second);
        QCOMPARE(second.error().code, Errc::InUse);
        f.store.reset();

        QProcess other;
        other.start(QCoreApplication::applicationFilePath(), {u"--hold"_s, f.options.dataDir});
        QVERIFY(other.waitForReadyRead(StoreFixture::PatienceMs));
        const auto third = RocksLogStore::open(f.options);
        QVERIFY(!third);
        QCOMPARE(third.error().code, Errc::InUse);
        QVERIFY2(third.error().text.contains(f.options.dataDir), qPrintable(third.error().text));
        QVERIFY(!third.error().text.contains(u'\n'));
        // It must not be deleted while the other process uses it, either.
        StoreOptions reset = f.options;
        reset.reset = true;
        QCOMPARE(RocksLogStore::open(reset).error().code, Errc::InUse);
        other.kill();
        QVERIFY(other.waitForFinished(StoreFixture::PatienceMs));
        QCOMPARE(f.openError(), QString());
    }

    void refusesSomebodyElsesFolder()
    {
        StoreFixture f;
        f.options.role = "secondary";
        f.options.name = "s1";
        QVERIFY(fill(f, false));
        const StoreOptions own = f.options;

        // A secondary may be renamed, but deletes only what is under its name.
        f.options.name = "s2";
        f.options.reset = true;
        const auto error = f.open();
        QVERIFY(error);
        QCOMPARE(error->code, Errc::InUse);
        QVERIFY2(error->text.contains(u"\"s1\""_s) && error->text.contains(u"\"s2\""_s),
                 qPrintable(error->text));
        f.options.reset = false;
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().last.id, EntryCount);
        f.options = own;
        QCOMPARE(f.openError(), QString());
        f.store.reset();

        f.options = own;
        f.options.role = "master";
        QCOMPARE(f.open()->code, Errc::InUse);
        f.options.name = "m";
        f.options.promote = true;
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().role, "secondary"_ba);
        QCOMPARE(f.store->state().last.id, EntryCount);
        // When its first epoch is stored the folder belongs to a master.
        QVERIFY(StoreFixture::wait<void>([&](auto done) { f.store->setEpoch(1000, done); }));
        QVERIFY(f.putMeta("a", "b"));
        f.options.promote = false;
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().role, "master"_ba);

        f.options = own;
        QCOMPARE(f.open()->code, Errc::InUse);
    }

    // A mistyped folder must not become a new log.
    void thereIsNothingToPromote()
    {
        StoreFixture f;
        f.options.promote = true;
        for (const bool isThere : {false, true}) {
            QCOMPARE(isThere, QDir().exists(f.options.dataDir));
            const auto error = f.open();
            QVERIFY(error);
            QVERIFY2(error->text.contains(u"--promote"_s) && error->text.contains(f.options.dataDir),
                     qPrintable(error->text));
            QCOMPARE(error->field, u"promote"_s);
            QVERIFY(!isThere || QDir(f.options.dataDir).isEmpty());
            QCOMPARE(isThere, QDir().exists(f.options.dataDir));
            QDir().mkpath(f.options.dataDir);
        }
        // The first start of a node ended before it had stored anything.
        f.options.promote = false;
        QCOMPARE(f.openError(), QString());
        f.store.reset();
        {
            RawLog raw(f);
            QVERIFY(raw.ok());
            QVERIFY(raw->DeleteRange({}, raw.handles[0], "a", "z").ok());
        }
        f.options.promote = true;
        QVERIFY2(f.openError().contains(u"--promote"_s), qPrintable(f.openError()));
        // The option may stay on the command line of a master that has taken over.
        f.options.promote = false;
        QCOMPARE(f.openError(), QString());
        f.options.promote = true;
        QCOMPARE(f.openError(), QString());
    }

    void resetDropsEverything()
    {
        StoreFixture f;
        QVERIFY(fill(f, true));
        f.options.reset = true;
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().last.id, 0U);
        QCOMPARE(f.store->state().committedId, 0U);
        QVERIFY(f.append(1, 3));
        f.options.reset = false;
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().last.id, 3U);

        // Unreadable folders, too: that is the purpose of --reset.
        f.store.reset();
        QVERIFY(edit(f.path(u"log/CURRENT"_s), [](QByteArray &content) { content = "nonsense"; }));
        QVERIFY(f.open());
        f.options.reset = true;
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().last.id, 0U);
    }

    void resetsNoOtherNodesDamage_data()
    {
        QTest::addColumn<QByteArray>("role");
        QTest::addColumn<QString>("pattern");
        for (const char *const role : {"master", "secondary"}) {
            QTest::addRow("list of files, %s", role) << QByteArray(role) << u"log/MANIFEST-*"_s;
            QTest::addRow("CURRENT, %s", role) << QByteArray(role) << u"log/CURRENT"_s;
            QTest::addRow("notes, %s", role) << QByteArray(role) << u"position"_s;
        }
    }

    // Whose folder it is, its log cannot say then.
    void resetsNoOtherNodesDamage()
    {
        QFETCH(QByteArray, role);
        QFETCH(QString, pattern);
        StoreFixture f;
        f.options.role = role;
        f.options.name = "n16";
        QVERIFY(fill(f, false));
        const StoreOptions own = f.options;
        const QString path = pattern == u"position" ? f.path(pattern) : onlyFile(f, pattern.mid(4));
        QVERIFY(!path.isEmpty());
        QByteArray whole;
        QVERIFY(edit(path, [&whole](QByteArray &content) {
            whole = content;
            content.chop(1);
        }));
        QCOMPARE(f.open()->code, Errc::Corrupt);
        f.options.role = "secondary";
        f.options.name = "s9";
        f.options.reset = true;
        for (int i = 0; i < 2; ++i) {
            const auto error = f.open();
            QVERIFY(error);
            QCOMPARE(error->code, Errc::InUse);
            QVERIFY2(error->text.contains(u"belongs to the %1 \"n16\""_s.arg(QString::fromUtf8(role))),
                     qPrintable(error->text));
        }
        QVERIFY(edit(path, [&whole](QByteArray &content) { content = whole; }));
        f.options = own;
        QCOMPARE(f.openError(), QString());
        QCOMPARE(quint64(f.read(1, EntryCount).value().size()), EntryCount);
        // Its own.
        f.store.reset();
        if (role == "master")
            return;
        QVERIFY(edit(f.path(u"log/CURRENT"_s), [](QByteArray &content) { content = "nonsense"; }));
        f.options.reset = true;
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().last.id, 0U);
    }

    void resetsNothingThatMayBeAnothers_data()
    {
        QTest::addColumn<bool>("isThere");
        QTest::newRow("a folder of before there was the file") << false;
        QTest::newRow("a damaged file") << true;
    }

    void resetsNothingThatMayBeAnothers()
    {
        QFETCH(bool, isThere);
        StoreFixture f;
        f.options.role = "secondary";
        QVERIFY(fill(f, true));
        const auto spoil = [&] {
            return isThere ? edit(f.path(u"owner"_s), [](QByteArray &content) { content[6] = 'x'; })
                           : QFile::remove(f.path(u"owner"_s));
        };
        QVERIFY(spoil());
        QByteArray whole;
        QVERIFY(edit(f.path(u"log/CURRENT"_s), [&whole](QByteArray &content) {
            whole = content;
            content = "nonsense";
        }));
        for (const bool reset : {false, true, true}) {
            f.options.reset = reset;
            const auto error = f.open();
            QVERIFY(error);
            QCOMPARE(error->code, Errc::Corrupt);
            QVERIFY2(error->text.contains(u"by hand"_s) && error->text.contains(f.path(u"owner"_s)) &&
                         !error->text.contains(u"with --reset"_s),
                     qPrintable(error->text));
        }
        QVERIFY(edit(f.path(u"log/CURRENT"_s), [&whole](QByteArray &content) { content = whole; }));
        // A start that finds the log in order writes the file.
        f.options.reset = false;
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().last.id, EntryCount);
        f.store.reset();
        QVERIFY(edit(f.path(u"log/CURRENT"_s), [](QByteArray &content) { content = "nonsense"; }));
        QVERIFY2(f.openError().contains(u"with --reset"_s), qPrintable(f.openError()));
        f.options.reset = true;
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().last.id, 0U);
        // And if the log can be opened, that is enough.
        f.store.reset();
        QVERIFY(spoil());
        QCOMPARE(f.openError(), QString());
    }

    void refusesWhatItCannotWrite()
    {
        StoreFixture f;
        QFile file(f.options.dataDir);
        QVERIFY(file.open(QIODevice::WriteOnly));
        auto error = f.open();
        QVERIFY(error);
        QCOMPARE(error->code, Errc::Io);
        f.options.dataDir += u"/below"_s;
        error = f.open();
        QVERIFY(error);
        QCOMPARE(error->code, Errc::Io);
        f.options.dataDir = u"/proc/replog"_s; // even root cannot write there
        QCOMPARE(f.open()->code, Errc::Io);
    }

    void missingFilesAreNoticed_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<bool>("flushed");
        QTest::newRow("CURRENT") << u"CURRENT"_s << true;
        QTest::newRow("CURRENT, not flushed") << u"CURRENT"_s << false;
        QTest::newRow("manifest") << u"MANIFEST*"_s << true;
        QTest::newRow("table") << u"*.sst"_s << true;
        QTest::newRow("write-ahead log") << u"*.log"_s << false;
        QTest::newRow("position") << u"../position"_s << true;
        QTest::newRow("whole log") << u"*"_s << true;
    }

    void missingFilesAreNoticed()
    {
        QFETCH(QString, pattern);
        QFETCH(bool, flushed);
        StoreFixture f;
        QVERIFY(fill(f, flushed));
        if (pattern == u"../position")
            QVERIFY(QFile::remove(f.path(u"position"_s)));
        else if (pattern == u"*")
            QVERIFY(QDir(f.path(u"log"_s)).removeRecursively());
        else
            QVERIFY(QFile::remove(onlyFile(f, pattern)));
        for (int i = 0; i < 2; ++i) { // checking must not repair it
            const auto error = f.open();
            QVERIFY(error);
            QVERIFY2(error->code == Errc::Corrupt || error->code == Errc::Io, qPrintable(error->text));
            QVERIFY(!error->text.contains(u'\n'));
        }
    }

    void olderWriteAheadLogs_data()
    {
        QTest::addColumn<QByteArray>("role");
        QTest::addColumn<QString>("damage");
        QTest::addColumn<bool>("isSynced");
        for (const QString &damage : {u"missing"_s, u"emptied"_s, u"cut between two records"_s}) {
            const QByteArray row = damage.toUtf8();
            QTest::newRow(row.constData()) << "master"_ba << damage << true;
            QTest::newRow(QByteArray(row + ", of a secondary").constData())
                << "secondary"_ba << damage << true;
            QTest::newRow(QByteArray(row + ", before the newer one was synced").constData())
                << "master"_ba << damage << false;
        }
    }

    // While a table is being written there are two of them: what the older one has lost is in the middle of
    // the log.
    void olderWriteAheadLogs()
    {
        QFETCH(QByteArray, role);
        QFETCH(QString, damage);
        QFETCH(bool, isSynced);
        StoreFixture f;
        f.options.role = role;
        const auto disk = std::make_shared<HeldTables>();
        f.options.fileSystem = disk;
        QVERIFY(!f.open());
        QVERIFY(f.append(1, 1));
        QCOMPARE(f.openError(), QString()); // moves it to a table
        quint64 next = 2;
        disk->hold(isSynced ? HeldTables::Hold::Tables : HeldTables::Hold::TablesAndSyncs);
        if (isSynced) {
            QVERIFY(fillWriteAheadLog(f, next));
        } else {
            for (; next < 30; ++next)
                f.store->append({StoreFixture::entry(next, QByteArray(1024 * 1024, 'm'))});
            disk->awaitSync(); // of the first write to the newer log
        }
        QCOMPARE(writeAheadLogs(f).size(), 2);
        StoreFixture killed;
        QVERIFY(copyFolder(f.options.dataDir, killed.options.dataDir));
        disk->release();
        f.store.reset();
        killed.options.role = role;
        const QString older = killed.path(u"log/"_s + writeAheadLogs(killed).constFirst());
        if (damage == u"missing"_s)
            QVERIFY(QFile::remove(older));
        else
            QVERIFY(QFile::resize(older, damage == u"emptied"_s ? 0 : middleOf(older)));
        for (int i = 0; i < 2; ++i) { // checking must not repair it
            const auto error = killed.open();
            QVERIFY2(error, qPrintable(u"last id %1"_s.arg(error ? 0 : killed.store->state().last.id)));
            QCOMPARE(error->code, Errc::Corrupt);
            QVERIFY2(!isSynced || error->text.contains(u"has lost a part of its writes"_s),
                     qPrintable(error->text));
            QVERIFY2(error->text.contains(role == "master" ? u"--promote"_s : u"--reset"_s),
                     qPrintable(error->text));
            QVERIFY(!error->text.contains(u'\n'));
        }
    }

    void flippedBytesAreNoticed_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<bool>("flushed");
        QTest::newRow("table") << u"*.sst"_s << true;
        QTest::newRow("write-ahead log") << u"*.log"_s << false;
        QTest::newRow("manifest") << u"MANIFEST*"_s << true;
        QTest::newRow("CURRENT") << u"CURRENT"_s << true;
    }

    // The damage is detected or harmless: never a wrong, shorter or empty log.
    void flippedBytesAreNoticed()
    {
        QFETCH(QString, pattern);
        QFETCH(bool, flushed);
        StoreFixture original;
        QVERIFY(fill(original, flushed));
        const QString name = QFileInfo(onlyFile(original, pattern)).fileName();
        const qint64 size = QFileInfo(onlyFile(original, pattern)).size();
        QVERIFY(size > 0);
        int noticed = 0;
        const qint64 step = std::max<qint64>(1, size / 40);
        for (qint64 at = 0; at < size; at += step) {
            StoreFixture f;
            QVERIFY(copyFolder(original.options.dataDir, f.options.dataDir));
            QVERIFY(edit(f.path(u"log/"_s + name),
                         [at](QByteArray &content) { content[at] = char(~content[at]); }));
            const auto error = openAndReadAll(f);
            if (!error)
                continue;
            ++noticed;
            QVERIFY2(error->code == Errc::Corrupt || error->code == Errc::Io,
                     qPrintable(u"byte %1: %2"_s.arg(at).arg(error->text)));
        }
        QVERIFY(noticed > 0);
    }

    void positionFileIsKeptTwice()
    {
        for (const qsizetype page : {0, 4096}) {
            StoreFixture f;
            QVERIFY(fill(f, true));
            // One bad page loses nothing…
            QVERIFY(edit(f.path(u"position"_s), [page](QByteArray &content) {
                for (qsizetype i = 0; i < 4096; ++i)
                    content[page + i] = char(~content[page + i]);
            }));
            QCOMPARE(f.openError(), QString());
            QCOMPARE(f.store->state().committedId, EntryCount / 2);
            f.store.reset();
        }
        StoreFixture f;
        QVERIFY(fill(f, true));
        // …two are an error.
        QVERIFY(edit(f.path(u"position"_s), [](QByteArray &content) {
            for (const qsizetype at : {0, 512, 4096, 4608})
                content[at + 8] = char(~content[at + 8]);
        }));
        QCOMPARE(f.open()->code, Errc::Corrupt);
    }

    // Its position file had one page.
    void refusesAnOlderFormat()
    {
        StoreFixture f;
        QVERIFY(fill(f, true));
        QVERIFY(QFile::resize(f.path(u"position"_s), 4096));
        const auto error = f.open();
        QVERIFY(error);
        QCOMPARE(error->code, Errc::Corrupt);
        QVERIFY2(error->text.contains(u"older format"_s), qPrintable(error->text));
    }

    void filesAreForTheirOwner()
    {
        StoreFixture f;
        QVERIFY(fill(f, true));
        QCOMPARE(f.openError(), QString());
        constexpr QFileDevice::Permissions owner =
            QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner;
        constexpr QFileDevice::Permissions others = QFileDevice::ReadGroup | QFileDevice::WriteGroup |
                                                    QFileDevice::ExeGroup | QFileDevice::ReadOther |
                                                    QFileDevice::WriteOther | QFileDevice::ExeOther;
        for (const QString &folder : {f.options.dataDir, f.path(u"log"_s)}) {
            QCOMPARE(QFile::permissions(folder) & (owner | others), owner);
            for (const QFileInfo &file : QDir(folder).entryInfoList(QDir::Files))
                QVERIFY2(!(file.permissions() & others), qPrintable(file.filePath()));
        }
        QVERIFY(!QFile::exists(f.path(u"log/LOG"_s)));
    }

    void theLockIsNoFile()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        QVERIFY(QFile::remove(f.path(u"log/LOCK"_s)));
        QProcess other;
        other.start(QCoreApplication::applicationFilePath(), {u"--hold"_s, f.options.dataDir});
        QVERIFY(other.waitForFinished(StoreFixture::PatienceMs));
        QCOMPARE(other.exitCode(), 1);
    }

    void plantedLinksAreNotFollowed()
    {
        StoreFixture f;
        QTemporaryDir elsewhere;
        const QString target = elsewhere.filePath(u"precious"_s);
        QVERIFY(QDir().mkpath(f.options.dataDir));
        QVERIFY(QFile::link(target, f.path(u"position.new"_s)));
        QCOMPARE(f.openError(), QString());
        QVERIFY(!QFile::exists(target));
        f.store.reset();

        QVERIFY(QFile::rename(f.path(u"position"_s), target));
        QVERIFY(QFile::link(target, f.path(u"position"_s)));
        QVERIFY(f.open());
    }

    void knowsItsFormat()
    {
        StoreFixture f;
        QVERIFY(fill(f, true));
        {
            RawLog raw(f);
            QVERIFY(raw.ok());
            QVERIFY(raw->Put({}, raw.handles[0], "format", "99").ok());
        }
        const StoreOptions own = f.options;
        auto error = f.open();
        QVERIFY(error);
        QCOMPARE(error->code, Errc::Corrupt);
        QVERIFY2(error->text.contains(u"99"_s), qPrintable(error->text));
        // The folder still belongs to another node and must not be deleted.
        f.options.name = "other";
        f.options.reset = true;
        QCOMPARE(f.open()->code, Errc::InUse);
        f.options = own;
        QCOMPARE(f.open()->code, Errc::Corrupt);
        f.options.reset = true;
        QCOMPARE(f.openError(), QString());
    }

    void gapsAreNoticed_data()
    {
        QTest::addColumn<quint64>("lastId");
        QTest::addColumn<bool>("atOpening");
        QTest::newRow("first") << GroupSize << true;
        QTest::newRow("middle") << 7 * GroupSize << false;
        QTest::newRow("last") << EntryCount << true;
    }

    void gapsAreNoticed()
    {
        QFETCH(quint64, lastId);
        QFETCH(bool, atOpening);
        StoreFixture f;
        QVERIFY(fill(f, true));
        QVERIFY(overwrite(f, lastId, {}));
        const auto error = f.open();
        QCOMPARE(bool(error), atOpening);
        if (atOpening) {
            QCOMPARE(error->code, Errc::Corrupt);
            return;
        }
        for (const quint64 from : {quint64(1), lastId - GroupSize + 1, lastId}) {
            const auto entries = f.read(from, EntryCount);
            QVERIFY(!entries);
            QCOMPARE(entries.error().code, Errc::Corrupt);
        }
        QVERIFY(f.read(lastId + 1, EntryCount));
    }

    void overlapsAreNoticed()
    {
        StoreFixture f;
        QVERIFY(fill(f, true));
        RecordBuilder builder;
        for (quint64 id = GroupSize - 4; id <= GroupSize + 5; ++id)
            builder.add({id, 1, 1, {}, "stray"});
        QVERIFY(overwrite(f, GroupSize + 5, builder.finish()));
        QCOMPARE(f.openError(), QString());
        QVERIFY(f.read(1, GroupSize));
        QCOMPARE(f.read(1, EntryCount).error().code, Errc::Corrupt);
    }

    void truncationsNoticeDamage_data()
    {
        QTest::addColumn<quint64>("lastId");
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("gap at the cut") << quint64(130) << QByteArray();
        QTest::newRow("gap behind it") << quint64(150) << QByteArray();
        QTest::newRow("damaged at the cut") << quint64(130) << QByteArray("damaged");
        QTest::newRow("damaged behind it") << quint64(150) << QByteArray("damaged");
    }

    void truncationsNoticeDamage()
    {
        QFETCH(quint64, lastId);
        QFETCH(QByteArray, value);
        StoreFixture f;
        QVERIFY(fill(f, true));
        QVERIFY(overwrite(f, lastId, value.toStdString()));
        QCOMPARE(f.openError(), QString());
        QVERIFY(!f.truncateFrom(125));
        QVERIFY(f.failure);
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().last.id, EntryCount); // all entries are there
    }

    void damagedEndsAreNoticed_data()
    {
        QTest::addColumn<quint64>("lastId");
        QTest::newRow("first") << GroupSize;
        QTest::newRow("last") << EntryCount;
    }

    void damagedEndsAreNoticed()
    {
        QFETCH(quint64, lastId);
        StoreFixture f;
        QVERIFY(fill(f, true));
        QVERIFY(overwrite(f, lastId, "damaged"));
        QCOMPARE(f.open()->code, Errc::Corrupt);
    }

    void entriesInTheWrongPlaceAreNoticed()
    {
        StoreFixture f;
        QVERIFY(fill(f, true));
        {
            RawLog raw(f);
            QVERIFY(raw.ok());
            std::string value;
            QVERIFY(raw->Get({}, raw.handles[1], toSlice(RecordKey(5 * GroupSize).view()), &value).ok());
            QVERIFY(raw->Put({}, raw.handles[1], toSlice(RecordKey(6 * GroupSize).view()), value).ok());
        }
        QCOMPARE(f.openError(), QString());
        QVERIFY(f.read(1, 5 * GroupSize));
        QCOMPARE(f.read(1, 5 * GroupSize + 1).error().code, Errc::Corrupt);
    }
};

} // namespace replog

// The other process of refusesAFolderInUse(): keeps the folder open until it is killed.
static int holdFolder(const QString &dataDir)
{
    const auto store = replog::RocksLogStore::open({.dataDir = dataDir, .role = "master", .name = "m"});
    if (!store)
        return 1;
    QTextStream(stdout) << "held" << Qt::endl;
    return QCoreApplication::exec();
}

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 3 && arguments.at(1) == u"--hold"_s)
        return holdFolder(arguments.at(2));
    replog::TestStoreDamage test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_storedamage.moc"
