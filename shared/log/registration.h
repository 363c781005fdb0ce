// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/log/replicate.h"

#include <QUrl>

namespace replog {

// What a secondary tells its master of itself: POST /api/v1/nodes, in JSON. Any thread.
struct Registration
{
    NodeStanding node;
    QUrl url; // where it is reached: http(s)://host:port
};

// What the master answers: who it is.
struct RegistrationAnswer
{
    Id128 nodeId;
    QByteArray name;
    Id128 logId;
    quint32 wire = WireVersion;
    quint64 epoch = 0;
};

QByteArray encodeRegistration(const Registration &registration);
// Refuses what is not a valid registration; the error names the field. Unknown fields are ignored if the node
// speaks a higher wire version.
Result<Registration> decodeRegistration(QByteArrayView json);

QByteArray encodeRegistrationAnswer(const RegistrationAnswer &answer);
// An error (Errc::Protocol) means that the peer answered something else.
Result<RegistrationAnswer> decodeRegistrationAnswer(QByteArrayView json);

} // namespace replog
