// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/replacednodes.h"

#include <QDateTime>
#include <QHash>
#include <QList>
#include <QObject>

namespace replog {

class ClusterModel;

// When this program learned that a node holds a message. Bounded: the newest MostSpans steps of each node.
// Messages that a node held before its first status have no time, and those that may have been lost with
// their master have none, either: others have their ids now. A node that takes another's place begins anew.
class AckTimes : public QObject
{
    Q_OBJECT
public:
    static constexpr qsizetype MostSpans = 5000;

    // `cluster` must outlive it.
    explicit AckTimes(const ClusterModel &cluster, QObject *parent = nullptr);

    // Invalid if unknown.
    QDateTime heldSince(const QString &node, quint64 id) const;

private:
    struct Step
    {
        quint64 upTo = 0;
        QDateTime time;
    };

    void handleHeld(const QString &node, quint64 from, quint64 to);
    void handleEpoch();
    static void cut(QList<Step> &steps, quint64 to);

    const ClusterModel &m_cluster;
    ReplacedNodes m_replaced;
    QString m_leader;                    // who led last
    QHash<QString, QList<Step>> m_steps; // by node; both ascend
};

} // namespace replog
