// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QtGlobal>

namespace replog {

// Identifies a process. Pids are reused; pid, start time and boot together are unique.
struct ProcessId
{
    qint64 pid = 0;         // 0: none
    quint64 startTicks = 0; // clock ticks since boot
    QString bootId;

    // The running process of that pid; null if there is none. A zombie counts as none.
    static ProcessId of(qint64 pid);
    static ProcessId self();

    bool isNull() const { return pid <= 0; }
    bool isAlive() const;

    friend bool operator==(const ProcessId &, const ProcessId &) = default;
};

} // namespace replog
