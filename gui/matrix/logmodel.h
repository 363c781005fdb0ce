// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustermodel.h"
#include "gui/matrix/messagepages.h"

#include <QAbstractTableModel>

#include <optional>

namespace replog {

// The state of one message on one node.
enum class CellState {
    Committed, // held, and the node shows it to its readers
    Held,      // held, but not committed as far as the node knows
    Stored,    // held, as the master says; whether the node shows it to readers is not known
    OnItsWay,  // not held; master and node are up, so it will get the message
    Missing,   // not held, and nothing is delivered to the node now
    Unknown,   // beyond what the node or its master has told
};

// The log as a table: a row for each message, in total order. The columns are id, text, wait, optional facts,
// and one for each node. The state of a cell follows from the last id that the node holds, so no request per
// row is needed; texts come from MessagePages. Shows the whole log, or a list of ids (see setIds).
class LogModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column {
        IdColumn,
        TextColumn,
        WaitColumn,
        TimeColumn,
        SizeColumn,
        TypeColumn,
        ConcernColumn,
        FirstNodeColumn
    };
    enum Role {
        CellRole = Qt::UserRole, // int(CellState), of node columns
        WaitingRole, // bool: this message has a client waiting now; of node columns: for this node
        LoadedRole,  // bool: the text has been fetched
        BinaryRole,  // bool: the message is not UTF-8; the displayed text begins by saying so
        StateRole,   // int(NodeState), of node columns' header
        NamesRole,   // bool, of waits: it waits for nodes with names alone
    };

    // Both must outlive the model.
    LogModel(ClusterModel &cluster, MessagePages &pages, QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    // Messages up to this id have no rows: they are trimmed, or the log has more rows than a table can
    // scroll. 0: all are there.
    quint64 leftOut() const { return m_base; }
    quint64 idAt(int row) const;
    int rowOf(quint64 id) const; // -1 if it is not shown
    QStringList nodes() const { return m_nodes; }
    CellState cellState(quint64 id, const QString &node) const;
    // `epoch`: of the entry in the log that is read; nullopt: it was not read yet.
    CellState cellState(quint64 id, const QString &node, std::optional<quint64> epoch) const;
    static QString cellWord(CellState state);

    // Shows these ids only. They ascend; addIds() adds higher ones, changeIds() replaces them and keeps the
    // rows that are in both lists.
    void setIds(const QList<quint64> &ids);
    void addIds(const QList<quint64> &ids);
    void changeIds(const QList<quint64> &ids);
    void showAll();
    bool isFiltered() const { return m_filtered; }

private:
    void handleCleared();
    void handleAppended(quint64 first, quint64 last);
    void handleReset(quint64 lastId);
    void handleFirstId(quint64 firstId);
    void handleNodeAdded(const QString &name);
    void handleNodeRemoved(const QString &name);
    void handleHeld(const QString &name, quint64 from, quint64 to);
    void handleCommitted(const QString &name, quint64 from, quint64 to);
    void handleTold(const QString &name);
    void handleState(const QString &name);
    void handleWait(quint64 id);
    void handleMaster();
    bool isWaitedFor(const WaitInfo *wait) const; // by a client, now
    // The earlier waiting message that keeps this one, which does not wait itself, from being committed; 0:
    // none.
    quint64 blockerOf(quint64 id) const;
    QVariant textData(quint64 id, int role) const;
    QVariant factData(quint64 id, int column, int role) const;
    QString cellText(CellState state, quint64 id, const QString &name) const;
    QVariant cellData(quint64 id, const QString &node, int role) const;
    void changed(quint64 first, quint64 last, int firstColumn, int lastColumn);
    int columnOf(const QString &node) const; // below FirstNodeColumn: it has none
    int firstRowFrom(quint64 id) const;      // of the first row with at least this id
    quint64 baseFor(quint64 lastId) const;

    ClusterModel &m_cluster;
    MessagePages &m_pages;
    QStringList m_nodes;
    quint64 m_rows = 0; // of the whole log
    quint64 m_base = 0; // see leftOut()
    bool m_filtered = false;
    QList<quint64> m_ids;
};

} // namespace replog
