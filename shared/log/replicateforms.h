// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/log/replicate.h"

#include <optional>

namespace replog {

// What the two forms of replicatecodec.h have in common, for their files alone.

Error malformedField(const QString &field, const QString &what);
std::optional<quint32> narrowed(quint64 value);
// What the parts of a request must satisfy together, whatever they were encoded in; puts the starts that were
// told to the epochs that they are of.
Result<void> checkRequest(ReplicateRequest &request);

// The two documents that decodeAnswer() chooses from.
Result<ReplicateAnswer> decodeAcceptedCbor(const QByteArray &cbor);
ReplicateAnswer decodeRefusalJson(int status, const QByteArray &json);

} // namespace replog
