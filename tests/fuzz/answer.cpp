// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/replicatecodec.h"
#include "tests/fuzz/fuzz.h"

using namespace replog;

namespace {

constexpr int Statuses[] = {200, 400, 409, 412, 413, 421, 500, 503};
constexpr const char *Types[] = {"application/cbor", "application/json", "application/problem+json", ""};

} // namespace

// A peer's answer to a delivery: unless it tells which node sent it, none of its fields may be used.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using Kind = ReplicateAnswer::Kind;
    QByteArrayView input = fuzz::bytesOf(data, size);
    const unsigned choice = fuzz::takeByte(input);
    const int status = Statuses[choice % 8];
    const auto decoded = decodeAnswer(status, Types[choice / 8 % 4], input);
    if (!decoded) {
        FUZZ_CHECK(status == 200 && decoded.error().code == Errc::Protocol);
        return 0;
    }
    FUZZ_CHECK((decoded->kind == Kind::Accepted) == (status == 200));
    if (decoded->node.nodeId.isNull())
        FUZZ_CHECK(decoded->kind == Kind::Rejected || decoded->kind == Kind::Unavailable);
    FUZZ_CHECK(decoded->node.committedId <= decoded->node.last.id);
    FUZZ_CHECK(decoded->text.size() < 2100);
    return 0;
}
