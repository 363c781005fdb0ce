// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/record.h"
#include "shared/store/xxh3.h"
#include "tests/fuzz/fuzz.h"

#include <string>

using namespace replog;

// A record of the store with a valid checksum, so that the parser reads beyond it.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QByteArrayView input = fuzz::bytesOf(data, size);
    quint64 lastId = fuzz::takeByte(input) * 1000;
    lastId += fuzz::takeByte(input);
    std::string value(input.data(), static_cast<size_t>(input.size()));
    constexpr size_t ChecksumSize = 4; // at the beginning; covers all that follows
    if (value.size() >= ChecksumSize)
        qToLittleEndian(quint32(xxh3(value.data() + ChecksumSize, value.size() - ChecksumSize, lastId)),
                        value.data());
    RecordReader reader(lastId, value);
    if (!reader.isIntact())
        return 0;
    quint64 id = reader.firstId();
    EntryView entry;
    while (reader.next(entry))
        FUZZ_CHECK(entry.id == id++);
    FUZZ_CHECK(!reader.isIntact() || id == lastId + 1);
    return 0;
}
