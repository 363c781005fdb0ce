// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QFile>
#include <QString>

#include <memory>

namespace replog {

// Two numbers in a small file that is mapped into memory, so that noting one costs a few stores and survives
// the end of the process. What a power loss leaves is an older value, never a wrong one: each number has two
// slots with a checksum, written in turn.
//
//   committed  the committed id; written by the event loop's thread
//   last       the id of the last durable entry; written by the store's writer thread. A log that ends before
//   it
//              has lost entries.
class PositionFile
{
public:
    static bool exists(const QString &path);
    // Creates it with both numbers 0, synced.
    static Result<void> create(const QString &path);
    static Result<std::unique_ptr<PositionFile>> open(const QString &path);

    quint64 committed() const { return m_committed.value; }
    void setCommitted(quint64 id) { m_committed.set(id); }

    quint64 last() const { return m_last.value; }
    void setLast(quint64 id) { m_last.set(id); }
    // Writes the mapped page to the disk and waits for it.
    Result<void> sync();

private:
    struct Number
    {
        void set(quint64 to);
        bool load(uchar *at);

        uchar *places[2] = {};
        quint64 version = 0;
        quint64 value = 0;
    };

    explicit PositionFile(const QString &path) : m_file(path) {}

    QFile m_file;
    uchar *m_map = nullptr;
    Number m_committed;
    Number m_last;
};

} // namespace replog
