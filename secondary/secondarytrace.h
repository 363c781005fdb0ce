// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "secondary/secondaryapi.h"
#include "shared/node/tracefeed.h"

namespace replog {

// Tells `trace` what happens to messages on a secondary, as long as `watched` lives: received, durable,
// committed, answered.
void connectSecondaryTrace(const SecondaryApi &api, const VisibleLog &log, QObject *watched,
                           TraceFeed &trace);

} // namespace replog
