// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/appendparser.h"
#include "master/masternode.h"
#include "shared/base/options.h"

namespace replog {

// The configuration that a master's options ask for; errors name the option.
Result<MasterNode::Config> masterConfig(const Options &options);
AppendParser::Config appendParserConfig(const Options &options);

} // namespace replog
