// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/registration.h"
#include "shared/log/entryrules.h"
#include "tests/fuzz/fuzz.h"

using namespace replog;

// A registration, and a master's answer to one.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArrayView input = fuzz::bytesOf(data, size);
    const auto registration = decodeRegistration(input);
    if (registration) {
        FUZZ_CHECK(isValidNodeName(registration->node.name) && registration->url.port() > 0);
        const auto copy = decodeRegistration(encodeRegistration(*registration));
        FUZZ_CHECK(copy);
        FUZZ_CHECK(copy->node == registration->node && copy->url == registration->url);
    } else {
        FUZZ_CHECK(!registration.error().field.isEmpty() && !registration.error().text.isEmpty());
    }
    const auto answer = decodeRegistrationAnswer(input);
    FUZZ_CHECK(answer || answer.error().code == Errc::Protocol);
    return 0;
}
