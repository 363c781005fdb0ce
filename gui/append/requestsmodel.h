// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustersession.h"

#include <QAbstractTableModel>
#include <QTimer>

#include <deque>

namespace replog {

// The appends that this window sent to the open cluster, newest first, each with its own state. Beyond
// KeptLimit rows the oldest finished one is removed, even if older ones still wait.
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
        QString interruption; // why the outcome is unknown; empty: the answer is there, or still to come
        double hereMs = 0;
        qint64 startedMs = 0;
        bool sent = false;
        bool located = false; // its id has been looked up
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
    std::deque<Request> m_requests; // in descending order of tickets
    int m_waiting = 0;
    QTimer m_tick;
};

} // namespace replog
