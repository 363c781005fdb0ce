// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QTimer>

#include <functional>

namespace replog {

// As QTest::qWaitFor(), but without its sleeps. False after a time-out that only a failure reaches.
inline bool waitFor(const std::function<bool()> &condition)
{
    constexpr int PatienceMs = 30000;
    bool late = false;
    QTimer patience;
    patience.setSingleShot(true);
    patience.callOnTimeout(&patience, [&late] { late = true; });
    patience.start(PatienceMs);
    while (!condition() && !late)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    return !late;
}

} // namespace replog
