// SPDX-License-Identifier: GPL-3.0-or-later
// Files of an open store that somebody removes or replaces.
#include "tests/unit/store/heldtables.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>

#include <algorithm>
#include <functional>

using namespace Qt::StringLiterals;

namespace replog {

class TestStoreLost : public QObject
{
    Q_OBJECT

private:
    static Result<Space> measure(StoreFixture &f)
    {
        return StoreFixture::wait<Space>([&](auto done) { f.store->measure(done); });
    }

    static bool removeAll(const StoreFixture &f, const QString &pattern)
    {
        QDir log(f.path(u"log"_s));
        const QStringList names = log.entryList({pattern}, QDir::Files);
        return !names.isEmpty() && std::all_of(names.begin(), names.end(),
                                               [&log](const QString &name) { return log.remove(name); });
    }

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void isNoticed_data()
    {
        using Harm = std::function<bool(const StoreFixture &)>;
        QTest::addColumn<Harm>("harm");
        QTest::addColumn<QString>("what"); // in the data folder
        QTest::newRow("folder moved away") << Harm([](const StoreFixture &f) {
            return QDir().rename(f.options.dataDir, f.options.dataDir + u".old"_s);
        }) << QString();
        QTest::newRow("another folder in its place") << Harm([](const StoreFixture &f) {
            return QDir().rename(f.options.dataDir, f.options.dataDir + u".old"_s) &&
                   QDir().mkpath(f.options.dataDir);
        }) << QString();
        QTest::newRow("all removed") << Harm([](const StoreFixture &f) {
            return QDir(f.options.dataDir).removeRecursively();
        }) << QString();
        QTest::newRow("position removed")
            << Harm([](const StoreFixture &f) { return QFile::remove(f.path(u"position"_s)); })
            << u"/position"_s;
        QTest::newRow("another position") << Harm([](const StoreFixture &f) {
            const QString path = f.path(u"position"_s);
            return QFile::copy(path, path + u".copy"_s) && QFile::remove(path) &&
                   QFile::rename(path + u".copy"_s, path);
        }) << u"/position"_s;
        QTest::newRow("log removed") << Harm([](const StoreFixture &f) {
            return QDir(f.path(u"log"_s)).removeRecursively();
        }) << u"/log/CURRENT"_s;
        QTest::newRow("CURRENT removed")
            << Harm([](const StoreFixture &f) { return QFile::remove(f.path(u"log/CURRENT"_s)); })
            << u"/log/CURRENT"_s;
        QTest::newRow("*.log removed")
            << Harm([](const StoreFixture &f) { return removeAll(f, u"*.log"_s); }) << u".log"_s;
    }

    // What is written to a file without a name is gone when the process ends: what was told durable since
    // then is lost.
    void isNoticed()
    {
        QFETCH(const std::function<bool(const StoreFixture &)>, harm);
        QFETCH(const QString, what);
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        QVERIFY(f.append(1, 3));
        QVERIFY(measure(f));
        QVERIFY(f.append(4, 1));
        QVERIFY(harm(f));
        (void)measure(f);
        QVERIFY(waitFor([&] { return f.failure.has_value(); }));
        QCOMPARE(f.failure->code, Errc::Io);
        QVERIFY2(f.failure->text.startsWith(f.options.dataDir), qPrintable(f.failure->text));
        QVERIFY2(f.failure->text.contains(what + u" was removed or replaced"_s), qPrintable(f.failure->text));
        QVERIFY(!f.putMeta("key", "value"));
        QVERIFY(!f.append(5, 1));
        QCOMPARE(f.durableId, 4U);
        QVERIFY(f.read(1, 4));
    }

    // RocksDB begins new files and removes old ones all the time.
    void filesThatRocksDbRemovesAreNotMissed()
    {
        StoreFixture f;
        QCOMPARE(f.openError(), QString());
        const QStringList first = writeAheadLogs(f);
        quint64 next = 1;
        for (int begun = 0; begun < 3;) {
            const QStringList before = writeAheadLogs(f);
            f.store->append({StoreFixture::entry(next, QByteArray(1024 * 1024, 'm'))});
            QVERIFY(measure(f));
            QVERIFY(f.waitDurable(next++));
            QVERIFY(measure(f));
            begun += writeAheadLogs(f) == before ? 0 : 1;
        }
        QVERIFY(waitFor([&] { return !writeAheadLogs(f).contains(first.constFirst()); }));
        QVERIFY(measure(f));
        QVERIFY(f.append(next, 1));
        QVERIFY(!f.failure);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestStoreLost)
#include "tst_storelost.moc"
