// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QObject>
#include <QString>

namespace replog {

class ClusterModel;

// Tells when a name stands for another node than before: one with another node id, whose folder was removed,
// say. What was seen of the node before is not true of it.
class ReplacedNodes : public QObject
{
    Q_OBJECT
public:
    // `cluster` must outlive it.
    explicit ReplacedNodes(const ClusterModel &cluster, QObject *parent = nullptr);

signals:
    void replaced(const QString &node); // during ClusterModel::nodeChanged()

private:
    void handleChanged(const QString &node);

    const ClusterModel &m_cluster;
    QHash<QString, QString> m_ids; // the last known node id, by name
};

} // namespace replog
