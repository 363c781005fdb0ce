// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ctl/ctlsession.h"

namespace replog {

// The commands that show or control the nodes of a cluster. Each returns the exit code.
class ClusterCommands
{
public:
    explicit ClusterCommands(CtlSession &session);

    int status();
    int nodes();
    int waits();
    int faults();
    int digest();
    int verify();
    int backup();
    int health();
    // An operator's call to the master; `told`: what its answer is true of; `done`: the text to print then.
    int operate(const QByteArray &verb, const QString &path, QLatin1StringView told, const QString &done);

private:
    int printStatus(const QJsonObject &status) const;
    int watchStatus();

    CtlSession &m_session;
    const CtlOptions &m_options;
};

} // namespace replog
