// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/control/processid.h"

#include <QList>
#include <QProcess>

namespace replog {

// Ends the nodes of a local cluster (SIGTERM: they answer their waiters and sync) when this program dies
// without having ended them, however it dies: a shell in a session of its own reads from a pipe, which closes
// with us. It looks at when a process was started before it ends it, so it never meets another one.
class NodeGuard
{
public:
    NodeGuard();
    // Nobody is ended.
    ~NodeGuard();

    void watch(const QList<ProcessId> &nodes); // these, and no others
    void dismiss();                            // the nodes go on without us

private:
    QProcess m_shell;
};

} // namespace replog
