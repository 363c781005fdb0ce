// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/log/replicate.h"

namespace replog {

// How much of an answer to a delivery is believed. docs/architecture.md has the table of who may make whom
// believe what.
enum class Believed {
    Nothing,     // it is not one of our documents, or does not say who gave it
    AnotherNode, // only that another node is there: no ack, nothing withdrawn, no fence
    AnotherLog,  // only that the node holds none of this log
    Everything,  // the node that was meant gave it, for this log
};

// The delivery was for `node` and of `log`. A node that has joined no log yet may say that it holds nothing,
// or that it does not speak our version; its other refusals prove nothing about this log.
inline Believed judgeAnswer(const ReplicateAnswer &answer, const Id128 &node, const Id128 &log)
{
    if (answer.node.nodeId.isNull())
        return Believed::Nothing;
    if (answer.node.nodeId != node)
        return Believed::AnotherNode;
    if (answer.node.logId == log)
        return Believed::Everything;
    if (!answer.node.logId.isNull())
        return Believed::AnotherLog;
    using Kind = ReplicateAnswer::Kind;
    return answer.kind == Kind::Accepted || answer.kind == Kind::RefusedWire ? Believed::Everything
                                                                             : Believed::Nothing;
}

} // namespace replog
