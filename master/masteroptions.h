// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/options.h"

namespace replog {

Options masterOptions();

} // namespace replog
