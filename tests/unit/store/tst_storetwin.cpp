// SPDX-License-Identifier: GPL-3.0-or-later
// Random histories of the store, power losses included, compared with a twin that is a plain list.
// REPLOG_TEST_SEED replays the history of a seed that a failure printed; REPLOG_TEST_STEPS makes it longer.
#include "shared/store/logdigest.h"
#include "tests/unit/store/lossyfilesystem.h"
#include "tests/unit/store/storefixture.h"

#include <QFile>
#include <QRegularExpression>

#include <algorithm>
#include <random>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// The expected content of the store.
struct Twin
{
    Entries entries;
    QHash<QByteArray, QByteArray> meta;
    quint64 epoch = 0;
    quint64 committedId = 0;
    quint64 firstId = 1;

    quint64 last() const { return entries.size(); }

    LogStore::KeyRange find(const QByteArray &key) const
    {
        LogStore::KeyRange range;
        quint64 epochOfRun = 0;
        for (const Entry &e : entries) {
            if (e.key != key)
                continue;
            if (range.last == 0 || range.last + 1 != e.id || e.epoch != epochOfRun)
                range.first = e.id;
            range.last = e.id;
            epochOfRun = e.epoch;
        }
        return range.first < firstId ? LogStore::KeyRange{} : range;
    }

    QByteArray digest(quint64 to) const
    {
        LogDigest digest;
        for (quint64 id = 1; id <= to; ++id) {
            const Entry &e = entries[id - 1];
            digest = digest.with(viewOf(e));
        }
        return digest.toHex();
    }
};

class TwinRun : public StoreFixture
{
public:
    TwinRun(quint32 seed, int steps) : m_random(seed), m_steps(steps)
    {
        options.fileSystem = m_disk;
        options.role = "secondary";
        options.name = "s1";
    }

    // The first difference; empty if there is none.
    QString run()
    {
        if (const auto error = reopen(); !error.isEmpty())
            return error;
        for (int step = 0; step < m_steps; ++step) {
            const QString difference = takeStep();
            if (!difference.isEmpty())
                return u"step %1: %2"_s.arg(step).arg(difference);
        }
        return {};
    }

private:
    quint64 below(quint64 limit) { return m_random() % limit; }
    // Used again and again, also while older entries with it are kept, as on a secondary.
    QByteArray someKey() { return "key" + QByteArray::number(below(30)); }

    QString takeStep()
    {
        switch (below(20)) {
        case 0:
        case 1:
            truncate();
            break;
        case 2:
            putMeta();
            break;
        case 3:
            removeMeta();
            break;
        case 4:
            raiseEpoch();
            break;
        case 5:
        case 6:
            m_twin.committedId = std::max(m_twin.committedId, below(m_twin.last() + 1));
            store->setCommittedId(m_twin.committedId);
            break;
        case 10:
            if (below(4) == 0)
                trim();
            break;
        case 7:
            return below(3) == 0 ? checkReads() : QString();
        case 8:
            return below(4) == 0 ? closeAndReopen() : QString();
        case 9:
            return below(4) == 0 ? losePower() : QString();
        default:
            append();
        }
        return failure ? u"the store failed: "_s + failure->text : QString();
    }

    void append()
    {
        Entries entries;
        const quint64 count = 1 + below(12);
        QByteArray key = below(3) == 0 ? someKey() : QByteArray();
        // What follows on a run in its epoch belongs to it, which only a log that is delivered in pieces has.
        if (m_twin.last() > 0 && m_twin.entries.back().key == key &&
            m_twin.entries.back().epoch == m_twin.epoch)
            key.clear();
        for (quint64 i = 0; i < count; ++i) {
            const qsizetype size = qsizetype(below(40) == 0  ? below(60000)
                                             : below(6) == 0 ? below(4000)
                                                             : below(60));
            entries.push_back({m_twin.last() + 1 + i, m_twin.epoch, quint32(1 + below(5)), key,
                               QByteArray(size, char('a' + below(26))),
                               below(3) == 0 ? "type" + QByteArray::number(below(2)) : QByteArray(),
                               below(5) == 0 ? QByteArray(qsizetype(below(90)), 'h') : QByteArray(),
                               qint64(m_history.size()), Asked(below(4))});
        }
        m_twin.entries.insert(m_twin.entries.end(), entries.begin(), entries.end());
        store->append(std::move(entries));
        remember();
    }

    void truncate()
    {
        if (m_twin.last() <= m_twin.committedId)
            return;
        const quint64 dropped = 1 + below(std::min<quint64>(20, m_twin.last() - m_twin.committedId));
        const quint64 from = m_twin.last() + 1 - dropped;
        m_twin.entries.resize(from - 1);
        store->truncateFrom(from, acknowledge());
        remember();
    }

    void trim()
    {
        const quint64 firstId = 1 + below(m_twin.committedId + 1);
        m_twin.firstId = std::max(m_twin.firstId, std::min(firstId, m_twin.committedId));
        store->trimTo(firstId, acknowledge());
        remember();
    }

    void putMeta()
    {
        const QByteArray key = "m" + QByteArray::number(below(5));
        const QByteArray value = QByteArray::number(m_random());
        m_twin.meta[key] = value;
        store->putMeta(key, value, acknowledge());
        remember();
    }

    void removeMeta()
    {
        const QByteArray key = "m" + QByteArray::number(below(5));
        m_twin.meta.remove(key);
        store->removeMeta(key, acknowledge());
        remember();
    }

    void raiseEpoch()
    {
        m_twin.epoch += below(3);
        store->setEpoch(m_twin.epoch, acknowledge());
        remember();
    }

    // Records the twin after this write, to compare with the store after a power loss.
    void remember() { m_history.push_back(m_twin); }

    // When this write is called back, it and all earlier ones must survive a power loss.
    LogStore::Done acknowledge()
    {
        return [this, count = m_history.size() + 1](const Result<void> &result) {
            if (result)
                m_acknowledged = std::max(m_acknowledged, count);
        };
    }

    bool settle()
    {
        return bool(wait<void>([this](auto done) { store->setEpoch(m_twin.epoch, done); }));
    }

    QString checkReads()
    {
        if (!settle())
            return u"not settled"_s;
        const quint64 from = m_twin.firstId + below(m_twin.last() - m_twin.firstId + 6);
        const quint64 to = from + below(50);
        const qsizetype maxBytes = qsizetype(1 + below(5000));
        Entries expected;
        qsizetype bytes = 0;
        for (quint64 id = from; id <= to && id <= m_twin.last() && (bytes < maxBytes || id == from); ++id) {
            expected.push_back(m_twin.entries[id - 1]);
            bytes += expected.back().cost();
        }
        const auto found = read(from, to, maxBytes);
        if (!found || *found != expected)
            return u"read(%1, %2, %3)"_s.arg(from).arg(to).arg(maxBytes);
        const QByteArray key = someKey();
        const auto range = findKey(key);
        const LogStore::KeyRange twinRange = m_twin.find(key);
        if (!range || range->first != twinRange.first || range->last != twinRange.last)
            return u"findKey(%1): %2-%3, not %4-%5"_s.arg(QString::fromLatin1(key))
                .arg(range ? range->first : 0)
                .arg(range ? range->last : 0)
                .arg(twinRange.first)
                .arg(twinRange.last);
        const quint64 digestTo = m_twin.firstId - 1 + below(m_twin.last() - m_twin.firstId + 2);
        if (const auto sum = digest(digestTo); !sum || *sum != m_twin.digest(digestTo))
            return u"digest(%1)"_s.arg(digestTo);
        return {};
    }

    QString closeAndReopen()
    {
        if (auto closed = store->close(); !closed)
            return u"close: "_s + closed.error().text;
        m_acknowledged = m_history.size();
        if (const QString error = reopen(); !error.isEmpty())
            return error;
        if (store->state().committedId != m_twin.committedId)
            return u"committed %1, not %2"_s.arg(store->state().committedId).arg(m_twin.committedId);
        return {};
    }

    QString losePower()
    {
        const quint64 committedBefore = m_committedAtOpening;
        // The position file may have the state of any moment since its last sync; a truncation syncs it.
        const bool oldPosition = below(2);
        if (oldPosition && !settle())
            return u"not settled"_s;
        const QByteArray position = readPosition();
        m_disk->losePowerAfter(1 + below(25));
        for (int i = 0; i < 20 && m_disk->hasPower(); ++i) {
            append();
            if (!oldPosition && below(4) == 0)
                truncate();
            if (below(2) == 0)
                settle();
        }
        m_disk->losePowerAfter(1);
        store.reset();
        m_disk->restart(below(2) ? Loss::Some : Loss::Unsynced, &m_random);
        if (oldPosition)
            writePosition(position);
        const quint64 committedNoted = m_twin.committedId;
        const QString error = reopen();
        if (!error.isEmpty())
            return u"after a power loss: "_s + error;
        const quint64 committed = store->state().committedId;
        if (committed > std::min(committedNoted, store->state().last.id) || committed < committedBefore)
            return u"committed %1 after a power loss, %2 before, %3 at the last opening"_s.arg(committed)
                .arg(committedNoted)
                .arg(committedBefore);
        m_twin.committedId = committed;
        remember();
        return {};
    }

    QByteArray readPosition() const
    {
        QFile file(path(u"position"_s));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    void writePosition(const QByteArray &content)
    {
        QFile file(path(u"position"_s));
        if (file.open(QIODevice::WriteOnly))
            file.write(content);
    }

    // Opens the store and sets the twin to the same moment, which must not be before the last acknowledged
    // write.
    QString reopen()
    {
        if (const QString error = openError(); !error.isEmpty())
            return error;
        const auto entries = read(store->state().firstId, UINT64_MAX, qsizetype(1) << 40);
        if (!entries)
            return entries.error().text;
        const StoreState &state = store->state();
        if (state.last.id != state.firstId - 1 + entries->size())
            return u"state tells of %1 entries, %2 are read"_s.arg(state.last.id).arg(entries->size());
        if (m_history.empty())
            m_history.push_back({});
        const std::size_t first = std::max<std::size_t>(m_acknowledged, 1) - 1;
        for (std::size_t i = m_history.size(); i > first; --i) {
            const Twin &past = m_history[i - 1];
            const quint64 lastEpoch = past.entries.empty() ? 0 : past.entries.back().epoch;
            if (past.firstId != state.firstId || past.last() != state.last.id ||
                !std::equal(entries->begin(), entries->end(),
                            past.entries.begin() + qptrdiff(past.firstId) - 1) ||
                past.meta != state.meta || std::max(past.epoch, lastEpoch) != state.epoch)
                continue;
            const quint64 committedId = m_twin.committedId;
            m_twin = past;
            m_twin.committedId = committedId;
            m_twin.epoch = state.epoch;
            m_history.assign(1, m_twin);
            m_acknowledged = 1;
            m_committedAtOpening = state.committedId;
            return {};
        }
        return u"what is found (%1 entries) is none of the %2 states that it may be in"_s.arg(entries->size())
            .arg(m_history.size() - first);
    }

    std::shared_ptr<LossyFileSystem> m_disk = std::make_shared<LossyFileSystem>();
    std::mt19937 m_random;
    int m_steps;
    Twin m_twin;
    std::vector<Twin> m_history;    // the twin after each write since the opening; [0]: at the opening
    std::size_t m_acknowledged = 0; // number of writes in m_history that are known to be durable
    quint64 m_committedAtOpening = 0;
};

} // namespace

class TestStoreTwin : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void randomHistories()
    {
        bool given = false;
        const uint seed = qEnvironmentVariableIntValue("REPLOG_TEST_SEED", &given);
        const int steps = std::max(400, qEnvironmentVariableIntValue("REPLOG_TEST_STEPS"));
        std::random_device device;
        for (int i = 0; i < (given ? 1 : 12); ++i) {
            const quint32 now = given ? seed : device();
            TwinRun run(now, steps);
            const QString difference = run.run();
            QVERIFY2(difference.isEmpty(),
                     qPrintable(u"REPLOG_TEST_SEED=%1: %2"_s.arg(qint32(now)).arg(difference)));
        }
    }
};

} // namespace replog

QTEST_GUILESS_MAIN(replog::TestStoreTwin)
#include "tst_storetwin.moc"
