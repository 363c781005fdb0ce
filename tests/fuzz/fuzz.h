// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

// Aborts the program if a parsed value violates a guarantee of its parser.
#define FUZZ_CHECK(condition)                                                                                \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            std::fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);               \
            std::abort();                                                                                    \
        }                                                                                                    \
    } while (false)

// One input. Its views end at the end of the allocation, so that AddressSanitizer sees a read beyond it.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

namespace replog::fuzz {

inline QByteArrayView bytesOf(const uint8_t *data, size_t size)
{
    return {data, static_cast<qsizetype>(size)};
}

// Removes and returns the first byte, 0 if there is none. It selects how the rest is read.
inline unsigned takeByte(QByteArrayView &input)
{
    if (input.isEmpty())
        return 0;
    const auto byte = static_cast<unsigned char>(input.front());
    input = input.sliced(1);
    return byte;
}

} // namespace replog::fuzz
