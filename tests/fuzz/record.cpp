// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/record.h"
#include "shared/store/xxh3.h"
#include "tests/fuzz/fuzz.h"

#include <string>

using namespace replog;

// A record of the store, with a checksum that fits, so that what is behind it is looked at.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QByteArrayView input = fuzz::bytesOf(data, size);
    quint64 lastId = fuzz::takeByte(input) * 1000;
    lastId += fuzz::takeByte(input);
    std::string value(input.data(), static_cast<size_t>(input.size()));
    constexpr size_t ChecksumSize = 4; // in front; over all that follows
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
