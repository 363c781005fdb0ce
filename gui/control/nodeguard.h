// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/control/processid.h"

#include <QList>
#include <QProcess>

namespace replog {

// Ends the nodes of a local cluster when this program ends without having stopped them, even by a crash: a
// shell in a session of its own reads from a pipe that closes with this program, and then sends SIGTERM to
// them. It compares the start time of each process first, so a reused pid is never hit.
class NodeGuard
{
public:
    NodeGuard();
    // Ends no process.
    ~NodeGuard();

    void watch(const QList<ProcessId> &nodes); // replaces the list
    void dismiss();                            // the nodes go on running

private:
    QProcess m_shell;
};

} // namespace replog
