// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustermodel.h"

#include <QAbstractTableModel>
#include <QTimer>

namespace replog {

// The nodes of the cluster, a row each, in the order of ClusterModel. A timer updates the countdown while a
// retry is scheduled.
class NodesModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column {
        NameColumn,
        RoleColumn,
        StateColumn,
        EpochColumn,
        LastIdColumn,
        CommittedColumn,
        LagColumn,
        AttemptsColumn,
        RetriesColumn,
        FailuresColumn,
        NextAttemptColumn,
        ErrorColumn,
        ColumnCount
    };

    // `cluster` must outlive the model.
    explicit NodesModel(ClusterModel &cluster, QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    QString nameAt(int row) const { return m_names.value(row); }
    // "in 0.9 s", "now".
    static QString countdown(qint64 ms);
    int rowOf(const QString &name) const { return int(m_names.indexOf(name)); }

private:
    void handleAdded(const QString &name);
    void handleRemoved(const QString &name);
    void handleChanged(const QString &name);
    void handleTick();
    QString display(const NodeInfo &node, int column) const;
    // Whether the node that reports this column, the node itself or the master, is heard now.
    bool isFresh(const NodeInfo &node, int column) const;

    ClusterModel &m_cluster;
    QStringList m_names;
    QTimer m_countdown;
};

} // namespace replog
