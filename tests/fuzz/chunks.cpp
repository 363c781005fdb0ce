// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/chunkdecoder.h"
#include "tests/fuzz/fuzz.h"

#include <algorithm>

using namespace replog;

// A chunked body decodes to the same bytes however it is split into pieces.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QByteArrayView input = fuzz::bytesOf(data, size);
    const qsizetype step = 1 + fuzz::takeByte(input) % 16;
    ChunkDecoder whole;
    QByteArray payload;
    const qsizetype taken = whole.decode(input, payload);
    FUZZ_CHECK(taken >= 0 && taken <= input.size() && payload.size() <= taken);
    FUZZ_CHECK(taken == input.size() || whole.isEnd() || whole.isBroken());

    ChunkDecoder pieces;
    QByteArray payloadOfPieces;
    qsizetype at = 0;
    while (at < input.size() && !pieces.isEnd() && !pieces.isBroken())
        at += pieces.decode(input.sliced(at, std::min(step, input.size() - at)), payloadOfPieces);
    FUZZ_CHECK(pieces.isEnd() == whole.isEnd() && pieces.isBroken() == whole.isBroken());
    if (!whole.isBroken())
        FUZZ_CHECK(payload == payloadOfPieces && at == taken);
    return 0;
}
