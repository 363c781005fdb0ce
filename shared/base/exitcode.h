// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

namespace replog {

// The only mapping from errors to exit codes: 2 for wrong options, 1 for everything else (a port or data
// folder in use or unreadable, data of another role or node, a failed disk).
int exitCode(Errc code);

// Writes "PROGRAM: TEXT" as one line to stderr and gives the exit code to end with.
[[nodiscard]] int failWith(const QString &program, const Error &error);

} // namespace replog
