// SPDX-License-Identifier: GPL-3.0-or-later
// Flips bits in every file of a store and truncates it: either everything acknowledged is there, or opening
// reports the damage. REPLOG_TEST_SEED repeats the places that a failure printed; REPLOG_TEST_PLACES sets
// their number.
#include "tests/unit/store/storefixture.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>

#include <random>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr quint64 KeyedEntries = 30;

struct Held
{
    Entries entries;
    QHash<QByteArray, QByteArray> meta;
    quint64 epoch = 0;
    quint64 committedId = 0;
};

// Fills a store with everything that a node acknowledges, and copies its folder.
class Shape : public StoreFixture
{
public:
    Held held;

    explicit Shape(const QByteArray &role)
    {
        options.role = role;
        options.name = role == "master" ? "m" : "s1";
    }

    bool begin() { return openError().isEmpty(); }

    bool write()
    {
        held.epoch += 1;
        if (!wait<void>([this](auto done) { store->setEpoch(held.epoch, done); }))
            return false;
        for (quint64 i = 0; i < KeyedEntries; ++i) {
            const quint64 id = held.entries.size() + 1;
            held.entries.push_back(
                entry(id, "message " + QByteArray::number(id), held.epoch, "key" + QByteArray::number(id)));
            store->append({held.entries.back()});
            if (!waitDurable(id))
                return false;
        }
        store->setCommittedId(held.committedId = held.entries.size() - 3);
        const QByteArrayList keys = {"epoch/" + QByteArray::number(held.entries.size() - KeyedEntries + 1),
                                     "member/s" + QByteArray::number(held.epoch), "released/17", "diverged"};
        for (const QByteArray &key : keys) {
            held.meta[key] = "value " + QByteArray::number(held.epoch);
            if (!putMeta(key, held.meta[key]))
                return false;
        }
        return bool(putMeta("forgotten", "x")) &&
               bool(wait<void>([this](auto done) { store->removeMeta("forgotten", done); }));
    }
};

bool copyFolder(const QString &from, const QString &to)
{
    QDir().mkpath(to);
    for (const QFileInfo &info : QDir(from).entryInfoList(QDir::AllEntries | QDir::NoDotAndDotDot)) {
        const QString target = to + u'/' + info.fileName();
        if (info.isDir() ? !copyFolder(info.filePath(), target) : !QFile::copy(info.filePath(), target))
            return false;
    }
    return true;
}

QStringList filesOf(const QString &folder)
{
    QStringList names;
    QDirIterator it(folder, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext())
        names.append(QDir(folder).relativeFilePath(it.next()));
    names.sort();
    return names;
}

struct Damage
{
    qint64 at = 0;
    int bit = -1; // -1: truncate the file there
};

bool inflict(const QString &path, const Damage &damage)
{
    QFile file(path);
    if (damage.bit < 0)
        return file.resize(damage.at);
    char byte = 0;
    if (!file.open(QIODevice::ReadWrite) || !file.seek(damage.at) || !file.getChar(&byte))
        return false;
    return file.seek(damage.at) && file.putChar(char(byte ^ (1 << damage.bit)));
}

// Begins with the ends of files, and with the last byte that is not zero, because a write-ahead log is
// extended with zeros.
std::vector<Damage> placesIn(const QString &path, int count, std::mt19937 &random)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray content = file.readAll();
    qint64 used = content.size();
    while (used > 0 && content[used - 1] == '\0')
        --used;
    std::vector<Damage> places;
    const auto add = [&](qint64 at) {
        if (at < 0 || at >= content.size())
            return;
        places.push_back({at, int(random() % 8)});
        places.push_back({at, -1});
    };
    for (qint64 i = 1; i <= count / 3; ++i) {
        add(content.size() - i);
        add(used - i);
    }
    while (used > 0 && places.size() < std::size_t(2 * count))
        add(qint64(random() % quint64(used)));
    return places;
}

} // namespace

class TestStoreBitrot : public QObject
{
    Q_OBJECT

private:
    // Checks that everything acknowledged is there or reported as damaged. Returns the violation; empty if
    // there is none.
    static QString judge(StoreFixture &f, const Held &held, bool &noticed)
    {
        noticed = true;
        if (const auto error = f.open()) {
            if (error->code != Errc::Corrupt && error->code != Errc::Io)
                return u"refused for another reason: "_s + error->text;
            if (error->text.contains(u'\n'))
                return u"more than a line: "_s + error->text;
            if (error->code == Errc::Corrupt && !error->text.contains(u"--"_s))
                return u"no advice: "_s + error->text;
            return {};
        }
        noticed = false;
        const StoreState &state = f.store->state();
        if (state.meta != held.meta)
            return u"meta differs"_s;
        if (state.epoch != held.epoch)
            return u"epoch %1"_s.arg(state.epoch);
        if (state.committedId != held.committedId)
            return u"committed %1"_s.arg(state.committedId);
        if (state.last.id != held.entries.size())
            return u"last entry %1"_s.arg(state.last.id);
        // A table is read on demand: its damage must be reported then, and never ignored.
        const auto entries = f.read(1, UINT64_MAX);
        noticed = noticed || !entries;
        if (entries ? *entries != held.entries : entries.error().code != Errc::Corrupt)
            return u"entries differ: %1"_s.arg(entries ? QString() : entries.error().text);
        for (const Entry &e : held.entries) {
            const auto found = f.findKey(e.key);
            noticed = noticed || !found;
            if (found ? found->first != e.id || found->last != e.id : found.error().code != Errc::Corrupt)
                return u"key of entry %1 differs"_s.arg(e.id);
        }
        return {};
    }

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void damageIsHarmlessOrFound_data()
    {
        QTest::addColumn<QByteArray>("role");
        QTest::addColumn<QByteArray>("shape");
        for (const QByteArray role : {"master", "secondary"}) {
            for (const QByteArray shape :
                 {"killed", "closed", "opened again and killed", "opened again and closed"})
                QTest::newRow(QByteArray(role + ", " + shape).constData()) << role << shape;
        }
    }

    void damageIsHarmlessOrFound()
    {
        QFETCH(QByteArray, role);
        QFETCH(QByteArray, shape);
        bool given = false;
        const uint givenSeed = qEnvironmentVariableIntValue("REPLOG_TEST_SEED", &given);
        const quint32 seed = given ? givenSeed : std::random_device()();
        std::mt19937 random(seed);
        const int count = std::max(3, qEnvironmentVariableIntValue("REPLOG_TEST_PLACES"));

        Shape original(role);
        QVERIFY(original.begin() && original.write());
        if (shape.startsWith("opened again")) {
            QVERIFY(original.begin() && original.write());
            QVERIFY(shape.endsWith("closed") || original.write());
        }
        if (shape.endsWith("closed")) {
            QVERIFY(original.store->close());
            original.store.reset();
        }
        Shape picture(role);
        QVERIFY(copyFolder(original.options.dataDir, picture.options.dataDir));
        original.store.reset();

        int tried = 0;
        int found = 0;
        for (const QString &name : filesOf(picture.options.dataDir)) {
            for (const Damage &damage : placesIn(picture.path(name), count, random)) {
                Shape f(role);
                QVERIFY(copyFolder(picture.options.dataDir, f.options.dataDir));
                QVERIFY(inflict(f.path(name), damage));
                for (int i = 0; i < 2; ++i) { // checking must not repair it
                    bool noticed = false;
                    const QString wrong = judge(f, original.held, noticed);
                    QVERIFY2(wrong.isEmpty(),
                             qPrintable(u"REPLOG_TEST_SEED=%1: %2, %3 at %4: %5"_s.arg(qint32(seed))
                                            .arg(name, damage.bit < 0 ? u"cut"_s : u"bit flipped"_s)
                                            .arg(damage.at)
                                            .arg(wrong)));
                    found += noticed;
                    if (!noticed)
                        break;
                }
                ++tried;
            }
        }
        QVERIFY(tried > 20);
        QVERIFY(found > 0);
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestStoreBitrot)
#include "tst_storebitrot.moc"
