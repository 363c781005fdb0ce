// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/nodeguard.h"

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int LimitMs = 2000; // for starting the shell, writing to it and its end

// Each line of input is the whole list of processes as PID:TICKS; TICKS is the start time, field 22 of
// proc(5).
const QString Script = uR"(trap '' HUP INT TERM
nodes=
while read -r line; do
    [ "$line" = dismiss ] && exit 0
    nodes=$line
done
for node in $nodes; do
    pid=${node%:*}
    set -- $(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null)
    [ "${20}" = "${node#*:}" ] && kill -TERM "$pid" && kill -CONT "$pid"
done)"_s;

} // namespace

NodeGuard::NodeGuard()
{
    m_shell.setProgram(u"/bin/sh"_s);
    m_shell.setArguments({u"-c"_s, Script});
    m_shell.setStandardOutputFile(QProcess::nullDevice());
    m_shell.setStandardErrorFile(QProcess::nullDevice());
    m_shell.setChildProcessModifier([] { ::setsid(); }); // a hang-up of our terminal does not end the shell
    m_shell.start();
}

NodeGuard::~NodeGuard()
{
    dismiss();
}

void NodeGuard::watch(const QList<ProcessId> &nodes)
{
    QByteArray line;
    for (const ProcessId &node : nodes) {
        if (!node.isNull())
            line += QByteArray::number(node.pid) + ':' + QByteArray::number(node.startTicks) + ' ';
    }
    if (m_shell.state() == QProcess::NotRunning)
        return;
    m_shell.write(line + '\n');
    m_shell.waitForBytesWritten(LimitMs); // now: this process may end before the event loop would write
}

void NodeGuard::dismiss()
{
    if (m_shell.state() == QProcess::NotRunning)
        return;
    m_shell.write("dismiss\n");
    m_shell.closeWriteChannel();
    m_shell.waitForFinished(LimitMs);
}

} // namespace replog
