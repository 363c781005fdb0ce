// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QString>

namespace replog {

// Syncs a folder, so that files created, renamed or removed in it stay so after a power loss.
Result<void> syncFolder(const QString &path);

} // namespace replog
