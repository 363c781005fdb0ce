// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/appendparser.h"
#include "shared/http/requesthead.h"
#include "tests/fuzz/fuzz.h"

#include <iterator>

using namespace replog;

namespace {

constexpr const char *Types[] = {"application/json", "text/plain", "application/octet-stream", "image/png",
                                 "application/cloudevents+json"};
constexpr qsizetype MaxMessageBytes = 4096;

} // namespace

// The body of an append, of each media type, and as a line of a stream.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QByteArrayView input = fuzz::bytesOf(data, size);
    const QByteArray type = Types[fuzz::takeByte(input) % std::size(Types)];
    AppendParser::Config config;
    config.maxMessageBytes = MaxMessageBytes;
    const AppendParser parser(config);
    RequestHead head;
    QByteArray text = "POST /api/v1/messages HTTP/1.1\r\nHost: x\r\nContent-Type: ";
    text.append(type)
        .append("\r\nContent-Length: ")
        .append(QByteArray::number(input.size()))
        .append("\r\n\r\n");
    FUZZ_CHECK(head.parse(text).status == 0);
    head.request.body = input.toByteArray();
    const auto parsed = parser.parse(head.request);
    if (!parsed)
        FUZZ_CHECK(!parsed.error().text.isEmpty());
    const auto line = parser.parseLine(input);
    if (!line)
        FUZZ_CHECK(!line.error().text.isEmpty());
    return 0;
}
