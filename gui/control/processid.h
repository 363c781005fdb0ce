// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QtGlobal>

namespace replog {

// Which process a pid means. Pids are reused; the time a process was started at, with the boot it belongs to,
// tells whether it is still the same one.
struct ProcessId
{
    qint64 pid = 0;         // 0: none
    quint64 startTicks = 0; // clock ticks since boot
    QString bootId;

    // The running process of that pid; a null id if there is none (a zombie counts as none).
    static ProcessId of(qint64 pid);
    static ProcessId self();

    bool isNull() const { return pid <= 0; }
    bool isAlive() const;

    friend bool operator==(const ProcessId &, const ProcessId &) = default;
};

} // namespace replog
