// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/cluster/nodelook.h"

namespace replog {

Glyph glyphOf(NodeState state)
{
    switch (state) {
    case NodeState::Running:
    case NodeState::Healthy:
        return Glyph::CheckedDisc;
    case NodeState::Connecting:
    case NodeState::Starting:
    case NodeState::Stopping:
        return Glyph::Ring;
    case NodeState::Suspected:
    case NodeState::ReadOnly:
    case NodeState::Silent:
        return Glyph::Triangle;
    case NodeState::Unhealthy:
    case NodeState::GaveUp:
    case NodeState::Failed:
    case NodeState::Unreachable:
        return Glyph::Cross;
    case NodeState::Fenced:
    case NodeState::Refused:
    case NodeState::Diverged:
    case NodeState::Misdirected:
    case NodeState::Incompatible:
        return Glyph::Fork;
    case NodeState::Frozen:
        return Glyph::Pause;
    case NodeState::Stopped:
        return Glyph::Square;
    }
    return Glyph::Ring;
}

Tone toneOf(NodeState state)
{
    switch (state) {
    case NodeState::Running:
    case NodeState::Healthy:
        return Tone::Good;
    case NodeState::Connecting:
    case NodeState::Starting:
    case NodeState::Stopping:
    case NodeState::Stopped:
        return Tone::Muted;
    case NodeState::Suspected:
    case NodeState::ReadOnly:
    case NodeState::Silent:
        return Tone::Warning;
    case NodeState::Frozen:
        return Tone::Info;
    case NodeState::Unhealthy:
    case NodeState::GaveUp:
    case NodeState::Failed:
    case NodeState::Unreachable:
    case NodeState::Fenced:
    case NodeState::Refused:
    case NodeState::Diverged:
    case NodeState::Misdirected:
    case NodeState::Incompatible:
        return Tone::Bad;
    }
    return Tone::Muted;
}

} // namespace replog
