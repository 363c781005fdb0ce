// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/log/replicate.h"

namespace replog {

// The wire form of POST /internal/v1/replicate, CBOR, and JSON for people and tests. Any thread.

enum class WireForm { Cbor, Json };

// Appends one entry to `out` as a CBOR map; WireBatch::bytes is made of these.
void appendWireEntry(QByteArray &out, const EntryView &entry);

QByteArray encodeDelivery(const Delivery &delivery);
// Refuses what is not a valid delivery: fields that are missing, unknown, of the wrong type or out of range,
// ids that do not follow on from prev_id, times or epochs that go back. The error names the field; that of a
// higher wire version than ours names "wire".
Result<ReplicateRequest> decodeReplicate(QByteArrayView document, WireForm form);

// The document of an answer. `status` and `title` are those of its HTTP status; a refusal (any kind but
// Accepted) is an RFC 9457 problem that carries the fields of NodeStanding beside its own.
QByteArray encodeAnswer(const ReplicateAnswer &answer, WireForm form, int status, QByteArrayView title);
// What a peer answered. Only what is in one of our documents is believed: a refusal without one becomes
// Rejected (400, 413) or Unavailable (any other status). A 200 without one is an error.
Result<ReplicateAnswer> decodeAnswer(int status, QByteArrayView contentType, QByteArrayView body);

} // namespace replog
