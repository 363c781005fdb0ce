// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/log/replicate.h"

namespace replog {

// The wire form of POST /internal/v1/replicate, CBOR, and JSON for people and tests. Any thread.

// Appends one entry to `out` as a CBOR map; WireBatch::bytes is made of these.
void appendWireEntry(QByteArray &out, const EntryView &entry);

QByteArray encodeDelivery(const Delivery &delivery);
// Refuses what is not a valid request: wrong types, missing fields, ids that do not follow on from prev_id,
// text that is not UTF-8. "starts" is optional: [{"epoch": …, "start": …}, …], the starts of the epochs that
// it speaks of. The error names the field.
Result<ReplicateRequest> decodeReplicateCbor(const QByteArray &cbor);
Result<ReplicateRequest> decodeReplicateJson(const QByteArray &json);

// The answer's document {last_id, last_epoch, last_start, committed_id}, without last_start if it is not
// known.
QByteArray encodeAnswerCbor(const ReplicateAnswer &answer);
QByteArray encodeAnswerJson(const ReplicateAnswer &answer);
// Members that a refusal's problem+json carries beside its text.
QByteArray answerMembers(const ReplicateAnswer &answer);
Result<ReplicateAnswer> decodeAnswer(int status, const QByteArray &contentType, const QByteArray &body);

} // namespace replog
