// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustertypes.h"
#include "gui/theme/glyphs.h"

namespace replog {

// How a node's state is drawn.
Glyph glyphOf(NodeState state);
Tone toneOf(NodeState state);

} // namespace replog
