// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ctl/ctloptions.h"

namespace replog {

// Runs the command that the options name; returns the exit code.
int runCommand(const CtlOptions &options);

} // namespace replog
