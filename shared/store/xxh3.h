// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <cstddef>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace replog {

// The checksum of what the store keeps; the format of XXH3 is fixed since xxHash 0.8.
inline quint64 xxh3(const void *data, std::size_t size, quint64 seed)
{
    return XXH3_64bits_withSeed(data, size, seed);
}

} // namespace replog
