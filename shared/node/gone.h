// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/reply.h"

namespace replog {

// Answers 410: the field asks for something below the oldest entry kept; the answer says which that is.
inline void sendGone(Reply &reply, const QString &field, quint64 firstId)
{
    reply.sendProblem(
        {Errc::Gone, QStringLiteral("%1: the oldest entry kept is %2").arg(field).arg(firstId), field},
        "\"first_id\":" + QByteArray::number(firstId));
}

} // namespace replog
