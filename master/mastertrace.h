// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/masternode.h"
#include "shared/node/tracefeed.h"

namespace replog {

// Notes in `trace` what happens to messages on a master, as long as `watched` lives: appended, durable, sent,
// retried, acked, committed, answered.
void connectMasterTrace(MasterNode &node, QObject *watched, TraceFeed &trace);

} // namespace replog
