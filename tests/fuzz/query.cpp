// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/requesthead.h"
#include "shared/node/queryargs.h"
#include "tests/fuzz/fuzz.h"

using namespace replog;

// A query string, as the read routes of both services parse it.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArrayView input = fuzz::bytesOf(data, size);
    QByteArray text = "GET /api/v1/messages?";
    text.append(input).append(" HTTP/1.1\r\nHost: x\r\n\r\n");
    RequestHead head;
    qsizetype scanned = 0;
    if (RequestHead::find(text, scanned) != text.size() || head.parse(text).status != 0)
        return 0;
    QueryArgs args(head.request, {"from", "limit", "view", "wait_ms", "to", "w", "timeout_ms"});
    const auto from = args.number("from", 1);
    const auto wait = args.number("wait_ms", 0, 86'400'000);
    (void)args.text("view");
    FUZZ_CHECK(!from || *from >= 1);
    FUZZ_CHECK(!wait || *wait <= 86'400'000);
    if (args.error())
        FUZZ_CHECK(!args.error()->field.isEmpty() && !args.error()->text.isEmpty());
    return 0;
}
