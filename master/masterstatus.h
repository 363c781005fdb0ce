// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

class QJsonArray;
class QJsonObject;

namespace replog {

class MasterNode;

// The master's status document. At most `maxWaits` of the pending concerns are listed, those with the lowest
// ids.
QJsonObject masterStatus(MasterNode &node, qint64 nowMs, qint64 uptimeMs, int maxWaits = 100);
// Its members as GET /health tells of them: [{name, health}].
QJsonArray masterHealth(MasterNode &node);

} // namespace replog
