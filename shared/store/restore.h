// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/store/storeoptions.h"

namespace replog {

// Fills the data folder of `options`, which must be empty or missing, from `options.restoreFrom`, a backup or
// a stopped node's folder. The result is a new node: another node id, no members, the same log. Everything is
// copied, and then read and checked as StoreCheck does. A folder that was restored from this very backup
// stays as it is, so that the option may stay on a node's command line.
//
// After a crash only another restoration accepts the folder, and begins anew. Blocks. Errors: NotFound and
// Corrupt (the backup); InUse (either folder is in use, the data folder holds something else, or the backup
// is a secondary's and a master is not promoted); Io.
Result<void> restoreStore(const StoreOptions &options);

// The folder within a data folder in which a restoration is being made.
inline constexpr char RestoringFolder[] = ".restoring";

} // namespace replog
