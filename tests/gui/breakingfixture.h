// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/append/appendpanel.h"
#include "gui/append/requestsmodel.h"
#include "gui/matrix/logmodel.h"
#include "gui/matrix/logview.h"
#include "gui/nodes/nodesmodel.h"
#include "gui/nodes/nodesview.h"
#include "gui/waits/waitsmodel.h"
#include "gui/waits/waitsview.h"
#include "tests/gui/dashboardfixture.h"

namespace replog::test {

inline const QString Master = QStringLiteral("master");
inline const QString S1 = QStringLiteral("secondary-1");
inline const QString S2 = QStringLiteral("secondary-2");

// The window with real nodes, whose buttons kill, freeze and restart them.
class BreakingFixture : public DashboardFixture
{
public:
    bool ready()
    {
        return isState(Master, NodeState::Running) && isState(S1, NodeState::Healthy) &&
               isState(S2, NodeState::Healthy);
    }
};

} // namespace replog::test
