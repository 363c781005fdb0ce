// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/waits/waitsmodel.h"

#include "gui/cluster/clustertext.h"
#include "gui/theme/theme.h"
#include "gui/widgets/plaintext.h"

#include <QApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int TickMs = 200;

} // namespace

WaitsModel::WaitsModel(ClusterModel &cluster, MessagePages &pages, QObject *parent)
    : QAbstractTableModel(parent), m_cluster(cluster), m_pages(pages)
{
    for (const WaitInfo &wait : cluster.waits())
        m_ids.append(wait.id);
    connect(&cluster, &ClusterModel::cleared, this, [this] {
        beginResetModel();
        m_ids.clear();
        endResetModel();
    });
    connect(&cluster, &ClusterModel::waitOpened, this, &WaitsModel::handleOpened);
    connect(&cluster, &ClusterModel::waitChanged, this, [this](quint64 id) {
        const int row = rowOf(id);
        if (row >= 0)
            emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
    });
    connect(&cluster, &ClusterModel::waitClosed, this,
            [this](const WaitInfo &wait) { handleClosed(wait.id); });
    connect(&pages, &MessagePages::ready, this, [this](quint64 first, quint64 last) {
        const auto from = std::lower_bound(m_ids.begin(), m_ids.end(), first) - m_ids.begin();
        const auto to = std::upper_bound(m_ids.begin(), m_ids.end(), last) - m_ids.begin() - 1;
        if (from <= to)
            emit dataChanged(index(int(from), MessageColumn), index(int(to), MessageColumn));
    });
    m_tick.setInterval(TickMs);
    connect(&m_tick, &QTimer::timeout, this, [this] {
        if (m_ids.isEmpty())
            m_tick.stop();
        else
            emit dataChanged(index(0, WaitedColumn), index(int(m_ids.size()) - 1, WaitedColumn));
    });
    connect(&cluster, &ClusterModel::connectionLost, this, &WaitsModel::handleMaster);
    connect(&cluster, &ClusterModel::connectionRestored, this, &WaitsModel::handleMaster);
    connect(&cluster, &ClusterModel::epochChanged, this, &WaitsModel::handleMaster);
    if (!m_ids.isEmpty())
        m_tick.start();
}

int WaitsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_ids.size());
}

int WaitsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant WaitsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const WaitInfo *wait = m_cluster.wait(m_ids.value(index.row()));
    if (!wait)
        return {};
    switch (role) {
    case AcksRole:
        return wait->acks;
    case NeededRole:
        return wait->w;
    case NamesRole:
        return wait->unknownNodes() == 0;
    case CurrentRole:
        return m_cluster.areWaitsCurrent();
    case Qt::ForegroundRole:
        return m_cluster.areWaitsCurrent() ? QVariant() : toneColor(QApplication::palette(), Tone::Muted);
    case Qt::TextAlignmentRole: {
        const bool number =
            index.column() == IdColumn || index.column() == WaitedColumn || index.column() == ClientsColumn;
        return QVariant::fromValue((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    case Qt::ToolTipRole:
        if (index.column() == MissingColumn && wait->unreachable)
            return tr("It asks for %1 nodes, more than the master knows now. It goes on waiting for one to "
                      "join.")
                .arg(wait->w);
        if (index.column() != MessageColumn && index.column() != MissingColumn)
            return {};
        [[fallthrough]];
    case Qt::DisplayRole:
        break;
    default:
        return {};
    }
    switch (index.column()) {
    case IdColumn:
        return wait->id;
    case MessageColumn: {
        const QString *text = m_pages.text(wait->id);
        if (!text)
            return {};
        return role == Qt::DisplayRole ? PlainText::oneLine(*text) : PlainText::tip(*text);
    }
    case AcksColumn:
        return tr("%1 of %2").arg(wait->acks).arg(wait->w);
    case MissingColumn:
        return role == Qt::DisplayRole ? PlainText::oneLine(ClusterText::waitsFor(*wait))
                                       : PlainText::tip(ClusterText::waitsFor(*wait));
    case WaitedColumn:
        return ClusterText::elapsed(m_cluster.waitsAtMs() - wait->sinceMs);
    case ClientsColumn:
        return wait->clients;
    default:
        return {};
    }
}

QVariant WaitsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical)
        return {};
    if (role == Qt::TextAlignmentRole) {
        const bool number = section == IdColumn || section == WaitedColumn || section == ClientsColumn;
        return QVariant::fromValue((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case IdColumn:
        return tr("Id");
    case MessageColumn:
        return tr("Message");
    case AcksColumn:
        return tr("Acks of w");
    case MissingColumn:
        return tr("Missing");
    case WaitedColumn:
        return tr("Waits");
    case ClientsColumn:
        return tr("Clients");
    default:
        return {};
    }
}

int WaitsModel::rowOf(quint64 id) const
{
    const auto it = std::lower_bound(m_ids.begin(), m_ids.end(), id);
    return it != m_ids.end() && *it == id ? int(it - m_ids.begin()) : -1;
}

void WaitsModel::handleMaster()
{
    if (!m_ids.isEmpty())
        emit dataChanged(index(0, 0), index(int(m_ids.size()) - 1, ColumnCount - 1));
}

void WaitsModel::handleOpened(quint64 id)
{
    const int row = int(std::lower_bound(m_ids.begin(), m_ids.end(), id) - m_ids.begin());
    beginInsertRows({}, row, row);
    m_ids.insert(row, id);
    endInsertRows();
    if (!m_tick.isActive())
        m_tick.start();
}

void WaitsModel::handleClosed(quint64 id)
{
    const int row = rowOf(id);
    if (row < 0)
        return;
    beginRemoveRows({}, row, row);
    m_ids.removeAt(row);
    endRemoveRows();
}

} // namespace replog
