// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/randomsource.h"
#include "shared/store/logstore.h"

namespace replog {

// Who the node is that has this store: kept with the log, drawn when there is none yet.
inline Id128 nodeIdOf(LogStore &store, const StoreState &state, RandomSource &random)
{
    static constexpr char Key[] = "node";
    if (const auto held = Id128::fromHex(state.meta.value(Key)))
        return *held;
    const Id128 drawn = random.id128();
    store.putMeta(Key, drawn.toHex(), {});
    return drawn;
}

} // namespace replog
