// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "secondary/faultinjector.h"
#include "shared/base/options.h"

namespace replog {

Options secondaryOptions();
// The faults that a secondary starts with.
Result<Faults> faultsOf(const Options &options);

// Where the master is: --master, which needs no scheme.
QUrl masterUrlOf(const Options &options);

} // namespace replog
