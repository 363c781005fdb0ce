// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace replog {

// --check: verifies the log in a folder that no process has open, and changes nothing. A line for each
// finding on stdout, and one at the end that says what was read; progress on stderr when it is long. The exit
// code.
[[nodiscard]] int checkFolder(const QString &program, const QString &folder);

} // namespace replog
