// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ctl/ctlsession.h"

#include <QJsonArray>

namespace replog {

// The commands that append and read messages: append, get and tail. Each returns the exit code.
class MessageCommands
{
public:
    explicit MessageCommands(CtlSession &session);

    int append();
    int get();
    int tail();

private:
    int appendFinished(quint64 ticket, const ClientAppendResult &result);
    int getLog();
    // A page of the log with what was asked for, from `from` on if that is not 0; null after an error was
    // printed.
    std::optional<QJsonArray> page(const QString &path, quint64 from, qsizetype most);

    CtlSession &m_session;
    const CtlOptions &m_options;
};

} // namespace replog
