// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/log/replicate.h"

#include <QUrl>

namespace replog {

// What a secondary tells its master of itself: POST /api/v1/nodes, in JSON. Functions: any thread.
struct Registration
{
    NodeStanding node;
    QUrl url; // the node's address, see parseNodeUrl()
};

// The master's answer.
struct RegistrationAnswer
{
    Id128 nodeId; // of the master, as is its name
    QByteArray name;
    Id128 logId;                // of the log that the node is to hold
    quint32 wire = WireVersion; // the highest version that the master speaks, >= 1
    quint64 epoch = 0;          // number of the master's epoch, >= 1
};

QByteArray encodeRegistration(const Registration &registration);
// Refuses what is not a valid registration; the error names the field. Unknown fields are ignored if the node
// speaks a higher wire version.
Result<Registration> decodeRegistration(QByteArrayView json);

QByteArray encodeRegistrationAnswer(const RegistrationAnswer &answer);
// An error (Errc::Protocol) means that the peer answered something else.
Result<RegistrationAnswer> decodeRegistrationAnswer(QByteArrayView json);

} // namespace replog
