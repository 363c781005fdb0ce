// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/waitroom.h"

using namespace Qt::StringLiterals;

namespace replog {

int WaitRoom::others() const
{
    int sum = 0;
    for (const Count &count : m_others)
        sum += count();
    return sum;
}

Result<void> WaitRoom::forAppend() const
{
    if (taken() < m_limit)
        return {};
    return Error{Errc::Exhausted, u"%1 clients wait already, no room for more (--max-waits)"_s.arg(taken())};
}

Result<void> WaitRoom::forOther() const
{
    const int waiting = others();
    if (waiting < (m_limit + 1) / 2 && taken() < m_limit)
        return {};
    return Error{
        Errc::Exhausted,
        u"%1 clients wait already, %2 of them for no append of their own; no room for more (--max-waits)"_s
            .arg(taken())
            .arg(waiting)};
}

} // namespace replog
