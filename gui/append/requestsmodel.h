// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustersession.h"

#include <QAbstractTableModel>
#include <QTimer>

#include <deque>

namespace replog {

// The appends made from here to the cluster that is open, newest first, each with its own state. Beyond
// KeptLimit the oldest that is finished is dropped, whatever still waits before it.
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
        ClientAppend asked;
        ClientAppendResult result;
        QString interruption; // why its outcome is not known; empty: it is, or is simply awaited
        double hereMs = 0;
        qint64 startedMs = 0;
        bool sent = false;
        bool located = false; // its id was asked for
        bool finished = false;
    };
    void handleStarted(quint64 ticket, const ClientAppend &asked);
    void handleSent(quint64 ticket);
    void handlePlaced(quint64 ticket, quint64 id);
    void handleInterrupted(quint64 ticket, const QString &reason);
    void handleFinished(quint64 ticket, const ClientAppendResult &result, double hereMs);
    void handleClosed();
    int rowOf(quint64 ticket) const;
    void locateOne();
    QString stateText(const Request &request) const;

    ClusterSession &m_session;
    std::deque<Request> m_requests; // tickets descend
    int m_waiting = 0;
    QTimer m_tick;
};

} // namespace replog
