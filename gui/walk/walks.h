// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/walk/walkengine.h"

namespace replog {

class WalkStage;

enum class Walk { Basics, NotDoubled, MasterKilled };

const QList<Walk> &allWalks();
QString walkTitle(Walk walk);
// What the walk shows, in a sentence or two.
QString walkIntroduction(Walk walk);
// `stage` must outlive the steps.
QList<WalkStep> walkSteps(Walk walk, WalkStage &stage);

} // namespace replog
