// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <rocksdb/file_system.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>

namespace replog {

// Repeats calls of the file system that fail for lack of room on the disk or of a file descriptor until they
// succeed, so that RocksDB, for which such a failure is final, does not see it. Nothing is lost or half
// written: a repeated call writes the same bytes to the same place. A failed sync is not repeated, since
// nobody knows then which data reached the disk. Any thread.
class Patience
{
public:
    // Called with the reason (NoSpace; Exhausted for descriptors) when a call begins to wait, and with
    // nothing when none waits any more. On any thread, one call at a time.
    using Tell = std::function<void(const std::optional<Error> &)>;

    // From now on calls wait; before that they fail at once.
    void begin(Tell tell);
    // Calls that wait fail, and no further calls wait. `tell` is not called any more.
    void end();

    template <typename Call>
    rocksdb::IOStatus repeat(const Call &call)
    {
        rocksdb::IOStatus status = call();
        if (status.ok() || !passes(status))
            return status;
        return wait(status, call);
    }

private:
    using Repeat = std::function<rocksdb::IOStatus()>;

    static bool passes(const rocksdb::IOStatus &status);
    rocksdb::IOStatus wait(rocksdb::IOStatus status, const Repeat &call);

    std::mutex m_mutex; // guards the next three
    std::condition_variable m_ended;
    Tell m_tell; // null: calls do not wait
    int m_waiting = 0;
};

} // namespace replog
