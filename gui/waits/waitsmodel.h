// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustermodel.h"
#include "gui/matrix/messagepages.h"

#include <QAbstractTableModel>
#include <QTimer>

namespace replog {

// The messages whose clients are not answered yet, by id. A timer updates their waiting times. While the
// master is not heard they are as it said last: the times stand still, and everything is muted.
class WaitsModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column {
        IdColumn,
        MessageColumn,
        AcksColumn,
        MissingColumn,
        WaitedColumn,
        ClientsColumn,
        ColumnCount
    };
    enum Role {
        AcksRole = Qt::UserRole,
        NeededRole,
        NamesRole,   // bool: the missing ones are names alone
        CurrentRole, // bool: the master says so now
    };

    // Both must outlive the model.
    WaitsModel(ClusterModel &cluster, MessagePages &pages, QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    quint64 idAt(int row) const { return m_ids.value(row); }

private:
    void handleOpened(quint64 id);
    void handleClosed(quint64 id);
    void handleMaster();
    int rowOf(quint64 id) const;

    ClusterModel &m_cluster;
    MessagePages &m_pages;
    QList<quint64> m_ids;
    QTimer m_tick;
};

} // namespace replog
