// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/log/entryrules.h"
#include "shared/log/replicatecodec.h"
#include "tests/fuzz/fuzz.h"

#include <algorithm>

namespace replog::fuzz {

// A refusal names the field. An accepted delivery keeps the rules and survives a round trip through our
// encoder.
inline void readDelivery(QByteArrayView input, WireForm form)
{
    const auto decoded = decodeReplicate(input, form);
    if (!decoded) {
        FUZZ_CHECK(!decoded.error().field.isEmpty() && !decoded.error().text.isEmpty());
        return;
    }
    FUZZ_CHECK(!decoded->to.isNull() && !decoded->logId.isNull() && isValidNodeName(decoded->master));
    quint64 id = decoded->prev.id;
    quint64 epoch = std::max<quint64>(decoded->prev.epoch.number, 1);
    qint64 timeMs = 0;
    Delivery again{decoded->master, decoded->epoch,  decoded->prev, decoded->committedId, {id + 1, id, {}},
                   decoded->logId,  decoded->epochs, decoded->to,   decoded->firstId,     decoded->base};
    for (const Entry &entry : decoded->entries) {
        FUZZ_CHECK(entry.id == ++id && entry.epoch >= epoch && entry.epoch <= decoded->epoch.number);
        FUZZ_CHECK(entry.w >= 1 && entry.w <= MaxW && entry.timeMs >= timeMs);
        FUZZ_CHECK(entry.key.isEmpty() || isValidKey(entry.key));
        FUZZ_CHECK(entry.type.isEmpty() || isValidMediaType(entry.type));
        FUZZ_CHECK(entry.headers.isEmpty() == (countHeaders(entry.headers) == 0));
        epoch = entry.epoch;
        timeMs = entry.timeMs;
        appendWireEntry(again.batch.bytes, viewOf(entry));
        again.batch.last = entry.id;
    }
    const auto copy = decodeReplicate(encodeDelivery(again), WireForm::Cbor);
    FUZZ_CHECK(copy);
    FUZZ_CHECK(copy->entries == decoded->entries && copy->prev == decoded->prev && copy->to == decoded->to &&
               copy->epoch == decoded->epoch && copy->base == decoded->base);
}

} // namespace replog::fuzz
