// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ctl/ctloptions.h"

namespace replog {

// Runs the command of the options, from its first request to the exit code.
int runCommand(const CtlOptions &options);

} // namespace replog
