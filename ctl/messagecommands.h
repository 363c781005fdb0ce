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
    // Prints the log from `from` on, 0: from the first one kept, up to its present end, `left` at most.
    int printLog(quint64 from, qint64 left);
    // A page of the log from there, of `most` messages, which is halved while so many are too much of one
    // answer. Null after an error was printed.
    std::optional<QJsonArray> page(quint64 from, qint64 &most);

    CtlSession &m_session;
    const CtlOptions &m_options;
};

} // namespace replog
