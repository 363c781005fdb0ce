// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/append/requestsmodel.h"

#include "gui/cluster/clustertext.h"
#include "gui/theme/glyphs.h"
#include "gui/widgets/plaintext.h"

#include <QApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int TickMs = 100;
constexpr qint64 LocateMs = 500; // the id of a request that waits longer is looked up

} // namespace

RequestsModel::RequestsModel(ClusterSession &session, QObject *parent)
    : QAbstractTableModel(parent), m_session(session)
{
    connect(&session, &ClusterSession::appendStarted, this, &RequestsModel::handleStarted);
    connect(&session, &ClusterSession::appendSent, this, &RequestsModel::handleSent);
    connect(&session, &ClusterSession::appendPlaced, this, &RequestsModel::handlePlaced);
    connect(&session, &ClusterSession::appendInterrupted, this, &RequestsModel::handleInterrupted);
    connect(&session, &ClusterSession::appendFinished, this, &RequestsModel::handleFinished);
    connect(&session, &ClusterSession::closed, this, &RequestsModel::handleClosed);
    m_tick.setInterval(TickMs);
    connect(&m_tick, &QTimer::timeout, this, [this] {
        if (m_waiting == 0) {
            m_tick.stop();
            return;
        }
        locateOne();
        // One signal for the range from the first waiting row to the last.
        const auto open = [](const Request &request) { return !request.finished; };
        const auto first = std::find_if(m_requests.begin(), m_requests.end(), open);
        const auto last = std::find_if(m_requests.rbegin(), m_requests.rend(), open);
        if (first != m_requests.end())
            emit dataChanged(index(int(first - m_requests.begin()), StateColumn),
                             index(int(m_requests.rend() - last) - 1, StateColumn));
    });
}

int RequestsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_requests.size());
}

int RequestsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

quint64 RequestsModel::ticketAt(int row) const
{
    return row >= 0 && row < rowCount() ? m_requests[size_t(row)].ticket : 0;
}

bool RequestsModel::isFinished(int row) const
{
    return row >= 0 && row < rowCount() && m_requests[size_t(row)].finished;
}

QString RequestsModel::stateText(const Request &request) const
{
    if (!request.sent && !request.finished)
        return tr("queued here");
    if (!request.finished && !request.interruption.isEmpty())
        return tr("outcome unknown, asking again");
    if (!request.finished)
        return tr("waiting, %1").arg(ClusterText::elapsed(m_session.model().nowMs() - request.startedMs));
    const ClientAppendResult &result = request.result;
    switch (result.state) {
    case ClientAppendResult::State::Ok:
        return tr("OK after %1").arg(ClusterText::fineLatency(result.wireMs));
    case ClientAppendResult::State::TimedOut:
        return result.acks > 0 ? tr("timed out with %n ack(s)", nullptr, result.acks) : tr("timed out");
    case ClientAppendResult::State::GivenUp:
        return result.error.isEmpty() ? tr("stopped waiting")
                                      : tr("given up: %1").arg(PlainText::oneLine(result.error));
    case ClientAppendResult::State::Unknown:
        return tr("outcome unknown: %1").arg(PlainText::oneLine(result.error));
    case ClientAppendResult::State::Refused:
        break;
    }
    return tr("failed: %1").arg(PlainText::oneLine(result.error));
}

QVariant RequestsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Request &request = m_requests[size_t(index.row())];
    if (role == FinishedRole)
        return request.finished;
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((index.column() == IdColumn ? Qt::AlignRight : Qt::AlignLeft) |
                                   Qt::AlignVCenter);

    const auto state = request.result.state;
    Tone tone = Tone::Warning;
    Glyph glyph = Glyph::Hourglass;
    if (request.finished && state == ClientAppendResult::State::Ok) {
        tone = Tone::Good;
        glyph = Glyph::CheckedDisc;
    } else if (request.finished && state == ClientAppendResult::State::GivenUp) {
        tone = Tone::Muted;
        glyph = Glyph::Ring;
    } else if (request.finished && (state == ClientAppendResult::State::TimedOut ||
                                    state == ClientAppendResult::State::Unknown)) {
        glyph = Glyph::Triangle;
    } else if (request.finished) {
        tone = Tone::Bad;
        glyph = Glyph::Cross;
    }
    switch (index.column()) {
    case StateColumn:
        if (role == Qt::DisplayRole)
            return stateText(request);
        if (role == Qt::DecorationRole)
            return glyphIcon(glyph, toneColor(QApplication::palette(), tone));
        if (role == Qt::ForegroundRole)
            return toneColor(QApplication::palette(), tone);
        if (role == Qt::ToolTipRole) {
            if (request.finished && state == ClientAppendResult::State::TimedOut)
                return PlainText::tip(tr("%1. The message stays in the log and goes on being replicated.")
                                          .arg(stateText(request)));
            if (request.finished && state == ClientAppendResult::State::Unknown)
                return PlainText::tip(
                    tr("%1. The message may be in the log: look for it there before you send "
                       "it again, which would append another one.")
                        .arg(stateText(request)));
            if (!request.finished && !request.interruption.isEmpty())
                return PlainText::tip(
                    tr("The connection broke before the answer came, so nobody here knows whether the "
                       "message is in the log. It is asked for again with the same key, which appends "
                       "nothing twice.\n%1")
                        .arg(request.interruption));
            if (request.finished && state == ClientAppendResult::State::Ok)
                return tr("%1 in the cluster, %2 here")
                    .arg(ClusterText::fineLatency(request.result.wireMs),
                         ClusterText::fineLatency(request.hereMs));
            return PlainText::tip(stateText(request));
        }
        return {};
    case IdColumn:
        if (role == Qt::DisplayRole)
            return request.result.id > 0 ? QVariant(request.result.id) : QVariant(u"–"_s);
        return {};
    case MessageColumn:
        if (role == Qt::DisplayRole)
            return PlainText::oneLine(QString::fromUtf8(request.asked.message));
        return role == Qt::ToolTipRole ? QVariant(PlainText::tip(QString::fromUtf8(request.asked.message)))
                                       : QVariant();
    case ConcernColumn:
        if (role == Qt::DisplayRole)
            return ClusterText::concern(request.asked.w);
        if (role == Qt::ToolTipRole && request.asked.timeoutMs > 0)
            return tr("w=%1, timeout %2")
                .arg(ClusterText::concern(request.asked.w), ClusterText::latency(request.asked.timeoutMs));
        return {};
    default:
        return {};
    }
}

QVariant RequestsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((section == IdColumn ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case StateColumn:
        return tr("State");
    case IdColumn:
        return tr("Id");
    case MessageColumn:
        return tr("Message");
    case ConcernColumn:
        return u"w"_s;
    default:
        return {};
    }
}

void RequestsModel::handleStarted(quint64 ticket, const ClientAppend &asked)
{
    if (m_requests.size() >= size_t(KeptLimit)) {
        const auto oldest = std::find_if(m_requests.rbegin(), m_requests.rend(),
                                         [](const Request &request) { return request.finished; });
        if (oldest != m_requests.rend()) {
            const int row = int(m_requests.rend() - oldest) - 1;
            beginRemoveRows({}, row, row);
            m_requests.erase(m_requests.begin() + row);
            endRemoveRows();
        }
    }
    beginInsertRows({}, 0, 0);
    Request request;
    request.ticket = ticket;
    request.asked = asked;
    m_requests.push_front(request);
    ++m_waiting;
    endInsertRows();
    if (!m_tick.isActive())
        m_tick.start();
}

int RequestsModel::rowOf(quint64 ticket) const
{
    const auto it =
        std::lower_bound(m_requests.begin(), m_requests.end(), ticket,
                         [](const Request &request, quint64 wanted) { return request.ticket > wanted; });
    return it != m_requests.end() && it->ticket == ticket ? int(it - m_requests.begin()) : -1;
}

void RequestsModel::handleSent(quint64 ticket)
{
    const int row = rowOf(ticket);
    if (row < 0)
        return;
    Request &request = m_requests[size_t(row)];
    request.sent = true;
    request.startedMs = m_session.model().nowMs();
    emit dataChanged(index(row, StateColumn), index(row, StateColumn));
}

// One lookup per tick, the oldest request first.
void RequestsModel::locateOne()
{
    const qint64 now = m_session.model().nowMs();
    const auto next = std::find_if(m_requests.rbegin(), m_requests.rend(), [now](const Request &request) {
        return request.sent && !request.finished && !request.located && request.result.id == 0 &&
               now - request.startedMs >= LocateMs;
    });
    if (next == m_requests.rend())
        return;
    next->located = true;
    m_session.locateAppend(next->ticket);
}

void RequestsModel::handlePlaced(quint64 ticket, quint64 id)
{
    const int row = rowOf(ticket);
    if (row < 0)
        return;
    m_requests[size_t(row)].result.id = id;
    emit dataChanged(index(row, IdColumn), index(row, IdColumn));
}

void RequestsModel::handleInterrupted(quint64 ticket, const QString &reason)
{
    const int row = rowOf(ticket);
    if (row < 0)
        return;
    Request &request = m_requests[size_t(row)];
    request.interruption = reason;
    request.located = false; // a repeat may get another id
    emit dataChanged(index(row, StateColumn), index(row, StateColumn));
}

void RequestsModel::handleFinished(quint64 ticket, const ClientAppendResult &result, double hereMs)
{
    const int row = rowOf(ticket);
    if (row < 0)
        return;
    Request &request = m_requests[size_t(row)];
    request.finished = true;
    const quint64 id = request.result.id;
    request.result = result;
    if (result.id == 0)
        request.result.id = id;
    request.hereMs = hereMs;
    --m_waiting;
    emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
}

void RequestsModel::handleClosed()
{
    beginResetModel();
    m_requests.clear();
    m_waiting = 0;
    endResetModel();
}

void RequestsModel::removeFinished()
{
    for (int row = rowCount() - 1; row >= 0;) {
        if (!isFinished(row)) {
            --row;
            continue;
        }
        int first = row;
        while (first > 0 && isFinished(first - 1))
            --first;
        beginRemoveRows({}, first, row);
        m_requests.erase(m_requests.begin() + first, m_requests.begin() + row + 1);
        endRemoveRows();
        row = first - 1;
    }
}

} // namespace replog
