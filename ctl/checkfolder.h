// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ctl/ctloptions.h"

namespace replog {

// check DIR: becomes the process of a server's --check DIR, with its output and exit code. The store is the
// servers' alone: where none is installed (beside replogctl, or in PATH), it is an error that says so.
[[nodiscard]] int checkFolder(const CtlOptions &options);

} // namespace replog
