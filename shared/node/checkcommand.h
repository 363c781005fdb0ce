// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace replog {

// --check: verifies the log in a folder that no process has open, and changes nothing. Prints a line for each
// finding to stdout, and at the end one that says what was read; if it takes long, progress to stderr.
// Returns the exit code.
[[nodiscard]] int checkFolder(const QString &program, const QString &folder);

} // namespace replog
