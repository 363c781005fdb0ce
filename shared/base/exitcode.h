// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

namespace replog {

// The one mapping from what went wrong to a process' exit code: 2 what the user gave (options), 1 what the
// machine or the data did (a port or data folder in use or unreadable, another role's or node's data, a
// failed disk).
int exitCode(Errc code);

// Writes "PROGRAM: TEXT" as one line to stderr and gives the exit code to end with.
[[nodiscard]] int failWith(const QString &program, const Error &error);

} // namespace replog
