// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/store/storeoptions.h"

namespace replog {

// Fills the data folder of `options`, which must be empty or missing, with what `options.restoreFrom` holds,
// a backup or a stopped node's folder, as a new node: another node id, no members, the same log. Everything
// is copied, and then read and checked as StoreCheck does. A folder that was restored from this very backup
// is left as it is, so that a node's command line may stay.
//
// A crash leaves a folder that only another restoration takes; it begins anew. Blocks. Errors: NotFound and
// Corrupt (the backup), InUse (either folder, the data folder holds something else, or the backup is a
// secondary's and a master is not promoted), Io.
Result<void> restoreStore(const StoreOptions &options);

// The folder within a data folder in which a restoration is being made.
inline constexpr char RestoringFolder[] = "restoring";

} // namespace replog
