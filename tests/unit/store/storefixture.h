// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/store/rockslogstore.h"
#include "tests/support/waitfor.h"

#include <rocksdb/system_clock.h>

#include <QTemporaryDir>
#include <QTest>

#include <functional>
#include <memory>
#include <optional>
#include <thread>

namespace replog {

// RocksDB sleeps a second after each failure of its own threads. Of the failures that tests make none goes
// away.
class SleeplessClock final : public rocksdb::SystemClockWrapper
{
public:
    SleeplessClock() : SystemClockWrapper(rocksdb::SystemClock::Default()) {}
    const char *Name() const override { return "SleeplessClock"; }
    void SleepForMicroseconds(int) override { std::this_thread::yield(); }
};

// A store in a temporary folder, with calls that wait for their answers.
class StoreFixture
{
    QTemporaryDir m_dir; // outlives the store, whose threads may make files until it is closed

public:
    static constexpr int PatienceMs = 30000;

    StoreOptions options{.dataDir = {}, .role = "master", .name = "m"};
    std::unique_ptr<RocksLogStore> store;
    quint64 durableId = 0;
    std::optional<Error> failure;

    StoreFixture()
    {
        options.dataDir = m_dir.filePath(QStringLiteral("data"));
        options.clock = std::make_shared<SleeplessClock>();
    }

    // The error of a failed open(); code and text are for QCOMPARE.
    std::optional<Error> open()
    {
        store.reset();
        durableId = 0;
        failure.reset();
        auto opened = RocksLogStore::open(options);
        if (!opened)
            return opened.error();
        store = std::move(*opened);
        QObject::connect(store.get(), &LogStore::durable, store.get(),
                         [this](quint64 id) { durableId = id; });
        QObject::connect(store.get(), &LogStore::failed, store.get(),
                         [this](const Error &e) { failure = e; });
        return {};
    }

    // The same as text for QCOMPARE; empty if the store opened.
    QString openError()
    {
        const auto error = open();
        return error ? error->text : QString();
    }

    static Entry entry(quint64 id, const QByteArray &message, quint64 epoch = 1, const QByteArray &key = {})
    {
        return {id, epoch, 1, key, message};
    }

    // Appends `count` entries from `from` on and waits until they are durable.
    bool append(quint64 from, quint64 count, const QByteArray &key = {})
    {
        Entries entries;
        for (quint64 id = from; id < from + count; ++id)
            entries.push_back(entry(id, "message " + QByteArray::number(id), 1, key));
        store->append(std::move(entries));
        return waitDurable(from + count - 1);
    }

    bool waitDurable(quint64 id)
    {
        return waitFor([&] { return durableId >= id || failure; }) && !failure;
    }

    // Calls `start` with a callback and waits for its argument; an Error if it is not called.
    template <typename T>
    static Result<T> wait(const std::function<void(std::function<void(Result<T>)>)> &start)
    {
        auto answer = std::make_shared<std::optional<Result<T>>>();
        start([answer](Result<T> result) { answer->emplace(std::move(result)); });
        if (!waitFor([&] { return answer->has_value(); }))
            return Error{Errc::Timeout, QStringLiteral("no answer")};
        return std::move(**answer);
    }

    Result<Entries> read(quint64 from, quint64 to, qsizetype maxBytes = 1 << 30)
    {
        return wait<Entries>([&](auto done) { store->read(from, to, maxBytes, done); });
    }

    Result<LogStore::KeyRange> findKey(const QByteArray &key)
    {
        return wait<LogStore::KeyRange>([&](auto done) { store->findKey(key, done); });
    }

    Result<QByteArray> digest(quint64 to)
    {
        return wait<QByteArray>([&](auto done) { store->digest(to, done); });
    }

    Result<void> truncateFrom(quint64 id)
    {
        return wait<void>([&](auto done) { store->truncateFrom(id, done); });
    }

    Result<void> putMeta(const QByteArray &key, const QByteArray &value)
    {
        return wait<void>([&](auto done) { store->putMeta(key, value, done); });
    }

    QString path(const QString &name) const { return options.dataDir + u'/' + name; }
};

} // namespace replog
