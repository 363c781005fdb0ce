// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/requesthead.h"
#include "tests/fuzz/fuzz.h"

using namespace replog;

// Request head and framing: parsing byte by byte must give the same result as parsing at once, and a refusal
// must have a reason.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArrayView input = fuzz::bytesOf(data, size);
    (void)RequestHead::mayBegin(input);
    qsizetype scanned = 0;
    const qsizetype length = RequestHead::find(input, scanned);
    qsizetype scannedInPieces = 0;
    qsizetype lengthInPieces = 0;
    for (qsizetype i = 1; i <= input.size() && lengthInPieces == 0; ++i)
        lengthInPieces = RequestHead::find(input.first(i), scannedInPieces);
    FUZZ_CHECK(length == lengthInPieces);
    if (length == 0)
        return 0;
    RequestHead head;
    const HttpRefusal why = head.parse(input.first(length));
    if (why.status != 0) {
        FUZZ_CHECK(why.status >= 400 && why.status < 600 && !why.detail.isEmpty());
        return 0;
    }
    FUZZ_CHECK(!head.chunked || head.contentLength < 0);
    FUZZ_CHECK(head.contentLength >= -1);
    FUZZ_CHECK(head.isHttp10 || head.request.headers.contains("host"));
    for (qsizetype i = 0; i < head.request.headers.size(); ++i) {
        const auto field = head.request.headers.at(i);
        FUZZ_CHECK(!field.name.isEmpty() && !field.name.contains(' '));
        FUZZ_CHECK(!field.value.contains('\r') && !field.value.contains('\n') && !field.value.contains('\0'));
    }
    FUZZ_CHECK(!head.request.path.contains('\0'));
    return 0;
}
