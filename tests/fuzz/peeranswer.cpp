// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/answerparser.h"
#include "tests/fuzz/fuzz.h"

#include <algorithm>

using namespace replog;

// The bytes of a peer's answers on one connection; answer.cpp reads their documents.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    constexpr qsizetype Limit = 4096;
    QByteArrayView input = fuzz::bytesOf(data, size);
    const qsizetype step = 1 + fuzz::takeByte(input) % 64;
    AnswerParser parser(Limit);
    while (!input.isEmpty() && parser.state() != AnswerParser::State::Broken) {
        const QByteArrayView piece = input.first(std::min(step, input.size()));
        const qsizetype taken = parser.feed(piece);
        FUZZ_CHECK(taken >= 0 && taken <= piece.size());
        FUZZ_CHECK(parser.state() == AnswerParser::State::Broken || parser.body().size() <= Limit);
        if (parser.state() == AnswerParser::State::Ready) {
            FUZZ_CHECK(parser.status() >= 100 && parser.status() <= 999);
            parser.next();
        } else if (taken == 0) {
            FUZZ_CHECK(parser.state() == AnswerParser::State::Broken);
        }
        input = input.sliced(taken);
    }
    parser.feedEnd();
    return 0;
}
