// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/nodes/nodesmodel.h"

#include "gui/cluster/clustertext.h"
#include "gui/cluster/nodelook.h"
#include "gui/widgets/plaintext.h"

#include <QApplication>
#include <QLocale>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int CountdownMs = 100;

} // namespace

NodesModel::NodesModel(ClusterModel &cluster, QObject *parent)
    : QAbstractTableModel(parent), m_cluster(cluster)
{
    for (const NodeInfo &node : cluster.nodes())
        m_names.append(node.name);
    connect(&cluster, &ClusterModel::cleared, this, [this] {
        beginResetModel();
        m_names.clear();
        endResetModel();
    });
    connect(&cluster, &ClusterModel::nodeAdded, this, &NodesModel::handleAdded);
    connect(&cluster, &ClusterModel::nodeRemoved, this, &NodesModel::handleRemoved);
    connect(&cluster, &ClusterModel::nodeRenamed, this, [this](const QString &from, const QString &to) {
        const int row = rowOf(from);
        if (row >= 0) {
            m_names[row] = to;
            emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
        }
    });
    connect(&cluster, &ClusterModel::nodesReordered, this, [this] {
        beginResetModel();
        m_names.clear();
        for (const NodeInfo &node : m_cluster.nodes())
            m_names.append(node.name);
        endResetModel();
    });
    connect(&cluster, &ClusterModel::nodeChanged, this, &NodesModel::handleChanged);
    // A node's lag depends on the end of the log, too.
    const auto lagChanged = [this] {
        if (!m_names.isEmpty())
            emit dataChanged(index(0, LagColumn), index(rowCount() - 1, LagColumn));
    };
    connect(&cluster, &ClusterModel::messagesAppended, this, lagChanged);
    connect(&cluster, &ClusterModel::logReset, this, lagChanged);
    m_countdown.setInterval(CountdownMs);
    connect(&m_countdown, &QTimer::timeout, this, &NodesModel::handleTick);
}

int NodesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_names.size());
}

int NodesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant NodesModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const NodeInfo *node = m_cluster.node(m_names.value(index.row()));
    if (!node)
        return {};
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return display(*node, column);
    case Qt::DecorationRole:
        if (column == StateColumn)
            return glyphIcon(glyphOf(node->state()),
                             toneColor(QApplication::palette(), toneOf(node->state())));
        if (column == NameColumn) {
            const bool master = node->role == NodeRole::Master;
            return glyphIcon(master ? Glyph::Star : Glyph::Disc,
                             toneColor(QApplication::palette(), master ? Tone::Info : Tone::Muted));
        }
        return {};
    case Qt::ForegroundRole:
        if (column == StateColumn)
            return toneColor(QApplication::palette(), toneOf(node->state()));
        // A current error is red; figures of a node that is not heard are old, and so are muted.
        if ((column == ErrorColumn || column == FailuresColumn) &&
            (node->consecutiveFailures > 0 || (column == ErrorColumn && !node->isHeard())))
            return toneColor(QApplication::palette(), Tone::Bad);
        if (!isFresh(*node, column))
            return toneColor(QApplication::palette(), Tone::Muted);
        if (column == LagColumn && m_cluster.lagOf(*node) > 0)
            return toneColor(QApplication::palette(), Tone::Warning);
        return {};
    case Qt::TextAlignmentRole: {
        const bool text =
            column == NameColumn || column == RoleColumn || column == StateColumn || column == ErrorColumn;
        return QVariant::fromValue((text ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    }
    case Qt::ToolTipRole:
        if (column == StateColumn)
            return PlainText::tip(ClusterText::stateExplained(*node));
        if (column == NameColumn) {
            const QString error = display(*node, ErrorColumn);
            return PlainText::tip(node->name + u'\n' +
                                  tr("%1, %2\nEpoch: %3\nAttempts: %4")
                                      .arg(ClusterText::role(node->role), node->url.toString(),
                                           display(*node, EpochColumn), display(*node, AttemptsColumn)) +
                                  (error.isEmpty() ? QString() : u'\n' + tr("Last error: %1").arg(error)));
        }
        if (column == ErrorColumn)
            return PlainText::tip(display(*node, column));
        return {};
    default:
        return {};
    }
}

bool NodesModel::isFresh(const NodeInfo &node, int column) const
{
    switch (column) {
    case AttemptsColumn:
    case RetriesColumn:
    case FailuresColumn:
    case NextAttemptColumn: {
        const NodeInfo *master = m_cluster.master();
        return master && master->isHeard();
    }
    case ErrorColumn:
        return node.consecutiveFailures > 0;
    case NameColumn:
    case RoleColumn:
    case StateColumn:
        return true;
    default:
        return node.isHeard();
    }
}

QString NodesModel::countdown(qint64 ms)
{
    if (ms <= 0)
        return tr("now");
    return tr("in %1 s").arg(QLocale().toString(double(ms) / 1000, 'f', 1));
}

QString NodesModel::display(const NodeInfo &node, int column) const
{
    const QLocale locale;
    const bool counted = node.role != NodeRole::Master;
    const auto number = [&](quint64 value, bool has) { return has ? locale.toString(value) : u"–"_s; };
    switch (column) {
    case NameColumn:
        return node.name;
    case RoleColumn:
        return ClusterText::role(node.role);
    case StateColumn:
        return node.playsFaults() ? tr("%1, faults").arg(ClusterText::state(node.state()))
                                  : ClusterText::state(node.state());
    case EpochColumn:
        return number(node.epoch, node.epoch > 0);
    case LastIdColumn:
        return number(node.heldId(), node.told || node.known);
    case CommittedColumn:
        return number(node.committedId, node.told);
    case LagColumn:
        return number(m_cluster.lagOf(node), counted && node.known);
    case AttemptsColumn:
        return number(node.attempts, counted && node.known);
    case RetriesColumn:
        return number(node.retries, counted && node.known);
    case FailuresColumn:
        return number(node.consecutiveFailures, counted && node.known);
    case NextAttemptColumn:
        if (node.nextRetryAtMs < 0)
            return u"–"_s;
        return countdown(std::max<qint64>(0, node.nextRetryAtMs - m_cluster.nowMs()));
    case ErrorColumn:
        if (!node.lastError.isEmpty())
            return node.lastError;
        // A stopped node cannot be reached: that is no error, unless another one answers in its place.
        if (node.process == ProcessState::Stopped || node.process == ProcessState::Starting)
            return node.stranger;
        return node.contactError;
    default:
        return {};
    }
}

QVariant NodesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical)
        return {};
    if (role == Qt::TextAlignmentRole) {
        const bool text = section == NameColumn || section == RoleColumn || section == StateColumn ||
                          section == ErrorColumn;
        return QVariant::fromValue((text ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    }
    if (role == Qt::ToolTipRole) {
        switch (section) {
        case EpochColumn:
            return tr("Raised each time a master starts or takes over");
        case LastIdColumn:
            return tr("The node holds every message up to this one");
        case CommittedColumn:
            return tr("Readers of this node see every message up to this one");
        case LagColumn:
            return tr("How many messages of the master's log the node does not hold yet");
        case AttemptsColumn:
            return tr("Deliveries the master has tried");
        case RetriesColumn:
            return tr("Deliveries the master has tried again after a failure");
        case FailuresColumn:
            return tr("Failures in a row, up to now");
        case NextAttemptColumn:
            return tr("When the master tries again");
        default:
            return {};
        }
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case NameColumn:
        return tr("Node");
    case RoleColumn:
        return tr("Role");
    case StateColumn:
        return tr("State");
    case EpochColumn:
        return tr("Epoch");
    case LastIdColumn:
        return tr("Last id");
    case CommittedColumn:
        return tr("Committed");
    case LagColumn:
        return tr("Lag");
    case AttemptsColumn:
        return tr("Attempts");
    case RetriesColumn:
        return tr("Retries");
    case FailuresColumn:
        return tr("Failures");
    case NextAttemptColumn:
        return tr("Next attempt");
    case ErrorColumn:
        return tr("Last error");
    default:
        return {};
    }
}

void NodesModel::handleAdded(const QString &name)
{
    int at = 0;
    for (const NodeInfo &node : m_cluster.nodes()) {
        if (node.name == name)
            break;
        if (m_names.contains(node.name))
            ++at;
    }
    beginInsertRows({}, at, at);
    m_names.insert(at, name);
    endInsertRows();
}

void NodesModel::handleRemoved(const QString &name)
{
    const int row = rowOf(name);
    if (row < 0)
        return;
    beginRemoveRows({}, row, row);
    m_names.removeAt(row);
    endRemoveRows();
}

void NodesModel::handleChanged(const QString &name)
{
    const int row = rowOf(name);
    if (row < 0)
        return;
    emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
    const NodeInfo *node = m_cluster.node(name);
    if (node && node->nextRetryAtMs >= 0 && !m_countdown.isActive())
        m_countdown.start();
}

void NodesModel::handleTick()
{
    bool any = false;
    for (int row = 0; row < m_names.size(); ++row) {
        const NodeInfo *node = m_cluster.node(m_names[row]);
        if (!node || node->nextRetryAtMs < 0)
            continue;
        any = true;
        emit dataChanged(index(row, NextAttemptColumn), index(row, NextAttemptColumn));
    }
    if (!any)
        m_countdown.stop();
}

} // namespace replog
