// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustersession.h"

#include <QAbstractTableModel>
#include <QTimer>

#include <deque>

namespace replog {

// The appends made from here to the cluster that is open, newest first, each with its own state. Finished
// ones beyond KeptLimit are dropped, the oldest first.
class RequestsModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    static constexpr int KeptLimit = 2000;
    enum Column { StateColumn, IdColumn, MessageColumn, ConcernColumn, ColumnCount };
    enum Role { FinishedRole = Qt::UserRole };

    // `session` must outlive the model.
    explicit RequestsModel(ClusterSession &session, QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    quint64 ticketAt(int row) const;
    bool isFinished(int row) const;
    int waiting() const { return m_waiting; }
    void removeFinished();

private:
    struct Request
    {
        quint64 ticket = 0;
        AppendRequest asked;
        AppendOutcome outcome;
        qint64 startedMs = 0;
        bool sent = false;
        bool finished = false;
    };
    void handleStarted(quint64 ticket, const AppendRequest &asked);
    void handleSent(quint64 ticket);
    void handleFinished(quint64 ticket, const AppendOutcome &outcome);
    void handleClosed();
    int rowOf(quint64 ticket) const;
    QString stateText(const Request &request) const;

    ClusterSession &m_session;
    std::deque<Request> m_requests; // tickets descend
    int m_waiting = 0;
    QTimer m_tick;
};

} // namespace replog
