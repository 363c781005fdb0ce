// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ctl/ctloptions.h"

namespace replog {

// check DIR: replaces this process by a server's --check DIR, with its output and exit code. Only the servers
// can read a store; if none is installed (beside replogctl, or in PATH), that is an error.
[[nodiscard]] int checkFolder(const CtlOptions &options);

} // namespace replog
