// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <rocksdb/file_system.h>

#include <QByteArray>
#include <QString>

#include <array>
#include <memory>
#include <mutex>

namespace replog {

// Notes what the store has promised to hold, in a small file. A note costs one short call of the system,
// which gives it to the kernel: it survives the end of the process. After a power loss a note may be an older
// one, but never a wrong one: each note has two slots with a checksum, written in turn. Each slot is kept
// twice, in pages of their own, so that damage in one place does no harm. A database that holds less than was
// noted is damaged. The file is not mapped into memory: on a full disk that copies on write, a store to a
// mapped page ends the process.
//
//   committed  the committed id; written by the event loop's thread
//   durable    the last durable entry and write; written by the store's writer thread
//   manifest   the file in which RocksDB lists its files; written by its thread that adds to that file
class PositionFile
{
public:
    struct Durable
    {
        quint64 lastId = 0;   // of the entries
        quint64 sequence = 0; // RocksDB's number of the last write: counts other writes than entries, too

        friend bool operator==(const Durable &, const Durable &) = default;
    };
    struct Manifest
    {
        quint64 number = 0; // in the file's name; 0: none is noted
        quint64 size = 0;   // it is at least that long
        quint64 hash = 0;   // of its first `size` bytes
    };

    // Creates it with all notes 0, synced; readable by its owner alone.
    static Result<void> create(const QString &path);
    // Errors: Corrupt, Io.
    static Result<std::unique_ptr<PositionFile>> open(const QString &path, rocksdb::FileSystem &files);
    // Reads the notes in `content`, the bytes of a file; changes are not written to it. `path` is for
    // messages.
    static Result<std::unique_ptr<PositionFile>> of(const QString &path, const QByteArray &content);
    // The bytes of a file with these notes.
    static QByteArray content(quint64 committed, const Durable &durable, const Manifest &manifest);

    // A note that is set is in the file once it is written. Each note is read by the thread that sets it.
    quint64 committed() const { return m_committed.value[0]; }
    void setCommitted(quint64 id) { set(m_committed, {id, 0, 0}); }

    Durable durable() const { return {m_durable.value[0], m_durable.value[1]}; }
    void setDurable(const Durable &durable) { set(m_durable, {durable.lastId, durable.sequence, 0}); }

    Manifest manifest() const { return {m_manifest.value[0], m_manifest.value[1], m_manifest.value[2]}; }
    void setManifest(const Manifest &noted) { set(m_manifest, {noted.number, noted.size, noted.hash}); }

    // Writes what was set since the last write that succeeded; waits for no disk. Any thread.
    rocksdb::IOStatus write();
    // The same, and waits until the disk has it. Any thread.
    rocksdb::IOStatus writeSynced();
    Result<void> sync();
    // Copies of slots that were damaged at opening; another copy was used instead.
    int damagedCopies() const { return m_damagedCopies; }

private:
    using Value = std::array<quint64, 3>;

    struct Note
    {
        void set(const Value &to, QByteArray &content);
        // Adds to `damaged` the copies that were not good; false if none was.
        bool load(const QByteArray &content, int &damaged);

        qsizetype place; // of the first slot, in the first page; the second page has both slots again
        quint64 version = 0;
        Value value = {};
    };

    PositionFile(const QString &path, const QByteArray &content);
    Result<void> load();
    void set(Note &note, const Value &to);

    const QString m_path;
    std::unique_ptr<rocksdb::FSRandomRWFile> m_file; // null: none is written
    Note m_committed;
    Note m_durable;
    Note m_manifest;
    int m_damagedCopies = 0;
    std::mutex m_mutex;   // guards the next two
    QByteArray m_content; // of the file, as it is to be
    bool m_isWritten = true;
};

} // namespace replog
