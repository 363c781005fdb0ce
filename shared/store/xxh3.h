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

inline XXH128_hash_t xxh3Wide(const void *data, std::size_t size)
{
    return XXH3_128bits(data, size);
}

// xxh3() with seed 0, of bytes that come in pieces.
class RunningXxh3
{
public:
    RunningXxh3() { XXH3_64bits_reset(&m_state); }

    void add(const void *data, std::size_t size) { XXH3_64bits_update(&m_state, data, size); }
    quint64 value() const { return XXH3_64bits_digest(&m_state); }

private:
    XXH3_state_t m_state;
};

} // namespace replog
