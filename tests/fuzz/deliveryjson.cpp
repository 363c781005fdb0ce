// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/delivery.h"

// A delivery in JSON.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    replog::fuzz::readDelivery(replog::fuzz::bytesOf(data, size), replog::WireForm::Json);
    return 0;
}
