// SPDX-License-Identifier: GPL-3.0-or-later
// Data folders of each format, which every later version must open. `tst_storeformats --make DIR` creates one
// in the current format.
#include "shared/store/logdigest.h"
#include "tests/unit/store/storefixture.h"

#include <QDir>
#include <QDirIterator>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// The content of each folder.
Entries content()
{
    const QByteArray noText("\0\xff\xfe", 3);
    return {
        {1, 1, 1, {}, "first"},
        {2, 1, 2, "batch", "a", {}, {}, 1795699580072, Asked::Number},
        {3, 1, 2, "batch", {}, {}, {}, 1795699580072, Asked::Number},
        {4, 1, 3, {}, noText, "image/png", "packed headers", 1795699580075, Asked::Majority},
        {5, 1, 1, "single", QByteArray(20000, 'l'), "text/plain", {}, 1795699580080, Asked::Default},
        {6, 2, 4, {}, "last", "text/plain", {}, 1795699590000, Asked::All},
    };
}

// With entries in a table and in the write-ahead log, and with one truncation.
bool make(const QString &folder)
{
    StoreFixture f;
    f.options.dataDir = folder;
    const Entries entries = content();
    const auto append = [&f](Entries some) {
        const quint64 last = some.back().id;
        f.store->append(std::move(some));
        return f.waitDurable(last);
    };
    const auto put = [&f](const QByteArray &key, const QByteArray &value) {
        return bool(f.putMeta(key, value));
    };
    if (f.open() || !StoreFixture::wait<void>([&](auto done) { f.store->setEpoch(1, done); }) ||
        !put("epoch/1", "1 17") || !put("member/s1", "url") ||
        !append({entries.begin(), entries.begin() + 3}) || !append({{4, 1, 1, "dropped", "dropped"}}) ||
        !f.truncateFrom(4))
        return false;
    f.store->setCommittedId(3);
    if (f.open() || !append({entries.begin() + 3, entries.begin() + 5}) ||
        !StoreFixture::wait<void>([&](auto done) { f.store->setEpoch(2, done); }) ||
        !put("epoch/6", "2 18") || !put("released/4", {}) || !append({entries.begin() + 5, entries.end()}))
        return false;
    f.store->setCommittedId(5);
    return bool(f.store->close());
}

bool copyFolder(const QString &from, const QString &to)
{
    QDirIterator it(from, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        const QString name = QDir(from).relativeFilePath(it.next());
        const QString target = to + u'/' + name;
        if (!QDir().mkpath(QFileInfo(target).path()) || !QFile::copy(it.filePath(), target) ||
            !QFile::setPermissions(target, QFile::ReadOwner | QFile::WriteOwner))
            return false;
    }
    return true;
}

} // namespace

class TestStoreFormats : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void isOpened_data()
    {
        QTest::addColumn<QString>("folder");
        for (const int format : {3})
            QTest::addRow("format %d", format) << QFINDTESTDATA(u"formats/%1"_s.arg(format));
    }

    void isOpened()
    {
        QFETCH(QString, folder);
        QVERIFY(!folder.isEmpty());
        StoreFixture f;
        QVERIFY(copyFolder(folder, f.options.dataDir));
        QCOMPARE(f.openError(), QString());
        const StoreState state = f.store->state();
        QCOMPARE(state.role, "master"_ba);
        QCOMPARE(state.name, "m"_ba);
        QVERIFY(!state.nodeId.isNull());
        QCOMPARE(state.epoch, 2U);
        QCOMPARE(state.firstId, 1U);
        QCOMPARE(state.last, (Position{6, 2}));
        QCOMPARE(state.committedId, 5U);
        QCOMPARE(state.meta,
                 (QHash<QByteArray, QByteArray>{
                     {"epoch/1", "1 17"}, {"epoch/6", "2 18"}, {"member/s1", "url"}, {"released/4", {}}}));
        QVERIFY(f.read(1, 100).value() == content());
        QCOMPARE(f.findKey("batch").value().first, 2U);
        QCOMPARE(f.findKey("batch").value().last, 3U);
        QCOMPARE(f.findKey("single").value().first, 5U);
        QCOMPARE(f.findKey("dropped").value().first, 0U);
        LogDigest digest;
        for (const Entry &entry : content())
            digest = digest.with(viewOf(entry));
        QCOMPARE(f.digest(6).value(), digest.toHex());
        // The store continues from there.
        QVERIFY(f.append(7, 3));
        QCOMPARE(f.openError(), QString());
        QCOMPARE(f.store->state().last.id, 9U);
    }
};

} // namespace replog

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 3 && arguments.at(1) == u"--make"_s)
        return replog::make(arguments.at(2)) ? 0 : 1;
    replog::TestStoreFormats test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_storeformats.moc"
