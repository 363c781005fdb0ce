// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ctl/ctlsession.h"

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

    CtlSession &m_session;
    const CtlOptions &m_options;
};

} // namespace replog
