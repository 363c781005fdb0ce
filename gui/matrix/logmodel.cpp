// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/matrix/logmodel.h"

#include "gui/cluster/clustertext.h"
#include "gui/cluster/nodelook.h"
#include "gui/widgets/plaintext.h"

#include <QApplication>
#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <climits>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// A table view cannot scroll more rows, as its scroll bar counts pixels in an int. This leaves room for
// growth.
constexpr quint64 RowLimit = 20'000'000;
constexpr qsizetype NameCharacters = 100; // of a node, in a header

// Whether the node can be read now, as far as this is known.
bool isAway(NodeState state)
{
    return state == NodeState::Stopped || state == NodeState::Stopping || state == NodeState::Starting ||
           state == NodeState::Frozen || state == NodeState::Silent || state == NodeState::Unreachable ||
           state == NodeState::Unhealthy;
}

} // namespace

LogModel::LogModel(ClusterModel &cluster, MessagePages &pages, QObject *parent)
    : QAbstractTableModel(parent), m_cluster(cluster), m_pages(pages)
{
    for (const NodeInfo &node : cluster.nodes())
        m_nodes.append(node.name);
    m_base = baseFor(cluster.lastId());
    m_rows = cluster.lastId() - m_base;
    m_pages.setFirstId(cluster.firstId());
    m_pages.setLastId(cluster.lastId());
    connect(&cluster, &ClusterModel::cleared, this, &LogModel::handleCleared);
    connect(&cluster, &ClusterModel::messagesAppended, this, &LogModel::handleAppended);
    connect(&cluster, &ClusterModel::logReset, this, &LogModel::handleReset);
    connect(&cluster, &ClusterModel::firstIdChanged, this, &LogModel::handleFirstId);
    connect(&cluster, &ClusterModel::nodeAdded, this, &LogModel::handleNodeAdded);
    connect(&cluster, &ClusterModel::nodeRemoved, this, &LogModel::handleNodeRemoved);
    connect(&cluster, &ClusterModel::nodeRenamed, this, [this](const QString &from, const QString &to) {
        const qsizetype at = m_nodes.indexOf(from);
        if (at >= 0) {
            m_nodes[at] = to;
            emit headerDataChanged(Qt::Horizontal, FirstNodeColumn + int(at), FirstNodeColumn + int(at));
        }
    });
    connect(&cluster, &ClusterModel::nodesReordered, this, [this] {
        beginResetModel();
        m_nodes.clear();
        for (const NodeInfo &node : m_cluster.nodes())
            m_nodes.append(node.name);
        endResetModel();
    });
    // A new master may hold other entries than the old one beyond committed_id, and it delivers to others.
    connect(&cluster, &ClusterModel::epochChanged, this, [this] {
        m_pages.clear();
        changed(m_base + 1, m_base + m_rows, TextColumn, columnCount() - 1);
    });
    connect(&cluster, &ClusterModel::nodeHeldChanged, this, &LogModel::handleHeld);
    connect(&cluster, &ClusterModel::nodeCommittedChanged, this, &LogModel::handleCommitted);
    connect(&cluster, &ClusterModel::committedChanged, this, [this] {
        if (!m_cluster.waits().isEmpty())
            changed(m_base + 1, m_base + m_rows, WaitColumn, WaitColumn);
    });
    connect(&cluster, &ClusterModel::nodeToldChanged, this, &LogModel::handleTold);
    connect(&cluster, &ClusterModel::nodeEpochChanged, this, &LogModel::handleTold);
    connect(&cluster, &ClusterModel::nodeStateChanged, this,
            [this](const QString &name) { handleState(name); });
    connect(&cluster, &ClusterModel::connectionLost, this, &LogModel::handleState);
    connect(&cluster, &ClusterModel::connectionRestored, this, &LogModel::handleState);
    connect(&cluster, &ClusterModel::nodeRegistered, this, &LogModel::handleState);
    connect(&cluster, &ClusterModel::connectionLost, this, &LogModel::handleMaster);
    connect(&cluster, &ClusterModel::connectionRestored, this, &LogModel::handleMaster);
    connect(&cluster, &ClusterModel::epochChanged, this, &LogModel::handleMaster);
    connect(&cluster, &ClusterModel::waitOpened, this, &LogModel::handleWait);
    connect(&cluster, &ClusterModel::waitChanged, this, &LogModel::handleWait);
    connect(&cluster, &ClusterModel::waitClosed, this, [this](const WaitInfo &wait) { handleWait(wait.id); });
    connect(&pages, &MessagePages::ready, this,
            [this](quint64 first, quint64 last) { changed(first, last, TextColumn, TypeColumn); });
    // Which of the entries with an id a node of an earlier epoch holds is known once the epoch has been read.
    connect(&pages, &MessagePages::ready, this, [this](quint64 first, quint64 last) {
        for (const NodeInfo &node : m_cluster.nodes()) {
            if (node.heldId() >= first && node.epoch < m_cluster.epoch())
                handleHeld(node.name, first - 1, std::min(last, node.heldId()));
        }
    });
}

int LogModel::rowCount(const QModelIndex &parent) const
{
    if (parent.isValid())
        return 0;
    return m_filtered ? int(m_ids.size()) : int(m_rows);
}

int LogModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : FirstNodeColumn + int(m_nodes.size());
}

quint64 LogModel::idAt(int row) const
{
    return m_filtered ? m_ids.value(row) : m_base + quint64(row) + 1;
}

int LogModel::firstRowFrom(quint64 id) const
{
    if (m_filtered)
        return int(std::lower_bound(m_ids.begin(), m_ids.end(), id) - m_ids.begin());
    return id <= m_base ? 0 : int(std::min(id - m_base - 1, m_rows));
}

int LogModel::rowOf(quint64 id) const
{
    const int row = firstRowFrom(id);
    return row < rowCount() && idAt(row) == id ? row : -1;
}

int LogModel::columnOf(const QString &node) const
{
    return FirstNodeColumn + int(m_nodes.indexOf(node));
}

CellState LogModel::cellState(quint64 id, const QString &name) const
{
    const MessagePages::Facts *facts = m_pages.facts(id);
    return cellState(id, name, facts ? std::optional(facts->epoch) : std::nullopt);
}

CellState LogModel::cellState(quint64 id, const QString &name, std::optional<quint64> epoch) const
{
    const NodeInfo *node = m_cluster.node(name);
    if (!node)
        return CellState::Unknown;
    // It has an entry with that id; an epoch that began without it may have given the id to another one.
    if (!epoch && id <= node->heldId() && !node->holds(id, m_cluster.epoch()))
        return CellState::Unknown;
    if (node->holds(id, epoch.value_or(0)))
        return !node->told               ? CellState::Stored
               : id <= node->committedId ? CellState::Committed
                                         : CellState::Held;
    if (id > node->heldId() && id <= m_cluster.provenAt(*node))
        return CellState::Committed;
    const NodeInfo *const master = m_cluster.master();
    if (node == master) // receives nothing: it had the message before the others did, or never
        return node->isHeard() && (node->mode == NodeMode::Fenced || node->mode == NodeMode::Failed)
                   ? CellState::Missing
                   : CellState::Unknown;
    if (!master || !master->isHeard() || !node->known || node->role == NodeRole::Master)
        return node->isHeard() ? CellState::Missing : CellState::Unknown;
    return node->isUp() && master->isUp() ? CellState::OnItsWay : CellState::Missing;
}

QString LogModel::cellWord(CellState state)
{
    switch (state) {
    case CellState::Committed:
        return tr("committed");
    case CellState::Held:
        return tr("held");
    case CellState::Stored:
        return tr("stored");
    case CellState::OnItsWay:
        return tr("on its way");
    case CellState::Missing:
        return tr("missing");
    case CellState::Unknown:
        return tr("unknown");
    }
    return {};
}

QVariant LogModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const quint64 id = idAt(index.row());
    const WaitInfo *wait = m_cluster.wait(id);
    if (role == WaitingRole && index.column() < FirstNodeColumn)
        return isWaitedFor(wait);
    switch (index.column()) {
    case IdColumn:
        if (role == Qt::DisplayRole)
            return id;
        if (role == Qt::TextAlignmentRole)
            return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
        return {};
    case TextColumn:
        return textData(id, role);
    case TimeColumn:
    case SizeColumn:
    case TypeColumn:
    case ConcernColumn:
        return factData(id, index.column(), role);
    case WaitColumn:
        // The message is answered and yet not committed, because an earlier one waits.
        if (const quint64 blocker = blockerOf(id); !wait && blocker > 0) {
            if (role == Qt::DisplayRole)
                return tr("answered, behind %1").arg(blocker);
            if (role == Qt::ToolTipRole)
                return PlainText::tip(
                    tr("The client of message %1 has its answer. It comes after message %2 in the "
                       "order, so readers of committed messages see it once that one is "
                       "committed.")
                        .arg(id)
                        .arg(blocker));
        }
        if (!wait)
            return {};
        if (role == NamesRole)
            return wait->unknownNodes() == 0;
        if (role == Qt::DisplayRole)
            return PlainText::oneLine(
                tr("%1 of %2 · %3").arg(wait->acks).arg(wait->w).arg(ClusterText::waitsFor(*wait)));
        if (role == Qt::ToolTipRole) {
            const QString text =
                !m_cluster.areWaitsCurrent()
                    ? tr("Message %1 was held by %2 of the %3 nodes that its client asked for when the "
                         "master "
                         "was last heard. Missing: %4. Whether anybody waits is not known now.")
                : wait->isAwaited()
                    ? tr("Message %1 is held by %2 of the %3 nodes that its client asked for. It waits for: "
                         "%4.")
                    : tr("Message %1 is held by %2 of the %3 nodes that its client asked for. Missing: %4. "
                         "Nobody waits for the answer any more.");
            return PlainText::tip(
                text.arg(id).arg(wait->acks).arg(wait->w).arg(ClusterText::waitsFor(*wait)));
        }
        return {};
    default:
        return cellData(id, m_nodes.value(index.column() - FirstNodeColumn), role);
    }
}

QVariant LogModel::textData(quint64 id, int role) const
{
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != LoadedRole && role != BinaryRole)
        return {};
    const QString *text = m_pages.text(id);
    if (role == LoadedRole)
        return text != nullptr;
    const MessagePages::Facts *facts = m_pages.facts(id);
    if (!text || !facts)
        return {};
    if (role == BinaryRole)
        return !facts->isText;
    QString shown = facts->shortened ? *text + u'…' : *text;
    if (!facts->isText)
        shown.prepend(tr("(binary, %n byte(s))", nullptr, int(std::min<qint64>(facts->size, INT_MAX))) +
                      u' ');
    return role == Qt::ToolTipRole ? PlainText::tip(shown) : shown;
}

QVariant LogModel::factData(quint64 id, int column, int role) const
{
    if (role == Qt::TextAlignmentRole && column != TypeColumn)
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    if (column == ConcernColumn) {
        // The status has `w` of waiting messages only; for the others the message details have it.
        const WaitInfo *wait = m_cluster.wait(id);
        if (role == Qt::ToolTipRole)
            return tr(
                "How many nodes its client asked for, while it waits; afterwards the message panel tells.");
        return wait ? QVariant(wait->w) : QVariant();
    }
    static_cast<void>(m_pages.text(id)); // fetches the page
    const MessagePages::Facts *facts = m_pages.facts(id);
    if (!facts)
        return {};
    const QLocale locale;
    switch (column) {
    case TimeColumn: {
        if (facts->timeMs < 0)
            return {};
        const QDateTime time = QDateTime::fromMSecsSinceEpoch(facts->timeMs);
        return role == Qt::DisplayRole ? ClusterText::moment(time, ClusterText::Fineness::Milliseconds)
                                       : time.toString(u"yyyy-MM-dd HH:mm:ss.zzz"_s);
    }
    case SizeColumn:
        return role == Qt::DisplayRole
                   ? locale.formattedDataSize(facts->size, 1, QLocale::DataSizeSIFormat)
                   : tr("%L1 byte(s)", nullptr, int(std::min<qint64>(facts->size, INT_MAX))).arg(facts->size);
    default:
        return role == Qt::ToolTipRole ? PlainText::tip(facts->type) : PlainText::oneLine(facts->type);
    }
}

// A wait that was listed before what others have committed since is over.
quint64 LogModel::blockerOf(quint64 id) const
{
    const quint64 committed = m_cluster.committedId();
    for (const WaitInfo &wait : m_cluster.waits()) {
        if (wait.id >= id)
            break;
        if (wait.id > committed)
            return wait.id;
    }
    return 0;
}

QVariant LogModel::cellData(quint64 id, const QString &node, int role) const
{
    const CellState state = cellState(id, node);
    switch (role) {
    case CellRole:
        return int(state);
    case Qt::DisplayRole:
        return cellWord(state);
    case WaitingRole: {
        const WaitInfo *wait = m_cluster.wait(id);
        return isWaitedFor(wait) && wait->missing.contains(node);
    }
    case Qt::ToolTipRole:
    case Qt::AccessibleDescriptionRole: {
        QString text = cellText(state, id, node);
        text = text.arg(node, QString::number(id));
        const WaitInfo *wait = m_cluster.wait(id);
        if (isWaitedFor(wait) && wait->missing.contains(node))
            text += u'\n' + tr("A client waits for this.");
        return PlainText::tip(text);
    }
    default:
        return {};
    }
}

// With %1 for the node and %2 for the id.
QString LogModel::cellText(CellState state, quint64 id, const QString &name) const
{
    const NodeInfo *const node = m_cluster.node(name);
    const NodeInfo *const master = m_cluster.master();
    switch (state) {
    case CellState::Committed:
        if (node && id > node->heldId())
            return tr("%1 holds message %2: another node has committed it, and a master commits nothing that "
                      "it has not stored.");
        if (node && isAway(node->state()))
            return tr("%1 holds message %2, and knows that it is committed; the node is %3 now.")
                .arg(u"%1"_s, u"%2"_s, ClusterText::state(node->state()));
        return tr("%1 holds message %2, and shows it to its readers.");
    case CellState::Held:
        if (node && !node->isHeard())
            return tr("%1 holds message %2; it was not committed there when the node was last heard.");
        return tr("%1 holds message %2; it is not committed there yet, so readers of committed "
                  "messages do not see it.");
    case CellState::Stored:
        return tr("%1 holds message %2, as the master says. Whether it is committed there is not known: "
                  "this window has not heard the node.");
    case CellState::OnItsWay:
        return tr("%1 does not hold message %2 yet; it is on its way.");
    case CellState::Missing:
        if (!master || !master->isHeard() || !master->isUp())
            return tr("%1 does not hold message %2, and no master is known to deliver it now.");
        if (node && !node->isHeard())
            return tr("%1 has not acknowledged message %2, as the master says, and cannot take it now.");
        return tr("%1 does not hold message %2, and cannot take it now.");
    case CellState::Unknown:
        if (node && id <= node->heldId())
            return tr(
                "%1 was last heard in an earlier epoch than the master's, and holds a message %2; whether "
                "that is this one is not known.");
        if (node && node == master && node->isHeard())
            return tr("%1 had message %2 before any other node; whether it has stored it is not told yet.");
        if (node && node->heldId() > 0)
            return tr("Whether %1 holds message %2 is not known: it is not heard; of messages up to %3 "
                      "it is known.")
                .arg(u"%1"_s, u"%2"_s, QString::number(m_cluster.provenAt(*node)));
        return tr("Whether %1 holds message %2 is not known: nothing has been heard of it.");
    }
    return {};
}

QVariant LogModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical)
        return {};
    if (section >= FirstNodeColumn) {
        const NodeInfo *node = m_cluster.node(m_nodes.value(section - FirstNodeColumn));
        if (!node)
            return {};
        switch (role) {
        case Qt::DisplayRole:
            return PlainText::oneLine(node->name, NameCharacters);
        case Qt::DecorationRole:
            return glyphIcon(glyphOf(node->state()),
                             toneColor(QApplication::palette(), toneOf(node->state())));
        case Qt::ToolTipRole:
            return PlainText::tip(tr("%1 (%2): %3\n%4")
                                      .arg(node->name, ClusterText::role(node->role),
                                           ClusterText::state(node->state()),
                                           ClusterText::stateExplained(*node)));
        case Qt::AccessibleTextRole:
            return tr("%1, %2").arg(PlainText::oneLine(node->name, NameCharacters),
                                    ClusterText::state(node->state()));
        case StateRole:
            return int(node->state());
        default:
            return {};
        }
    }
    if (role == Qt::TextAlignmentRole) {
        const bool isText = section == TextColumn || section == WaitColumn || section == TypeColumn;
        return QVariant::fromValue((isText ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case IdColumn:
        return tr("Id");
    case TextColumn:
        return tr("Message");
    case WaitColumn:
        return tr("Waits for");
    case TimeColumn:
        return tr("Time");
    case SizeColumn:
        return tr("Size");
    case TypeColumn:
        return tr("Type");
    case ConcernColumn:
        return tr("w");
    default:
        return {};
    }
}

void LogModel::setIds(const QList<quint64> &ids)
{
    beginResetModel();
    m_filtered = true;
    m_ids = ids;
    endResetModel();
}

void LogModel::addIds(const QList<quint64> &ids)
{
    if (ids.isEmpty())
        return;
    beginInsertRows({}, int(m_ids.size()), int(m_ids.size() + ids.size()) - 1);
    m_ids += ids;
    endInsertRows();
}

void LogModel::changeIds(const QList<quint64> &ids)
{
    for (auto row = int(m_ids.size()) - 1; row >= 0; --row) {
        if (std::binary_search(ids.begin(), ids.end(), m_ids[row]))
            continue;
        beginRemoveRows({}, row, row);
        m_ids.removeAt(row);
        endRemoveRows();
    }
    for (int row = 0; row < int(ids.size()); ++row) {
        if (row < int(m_ids.size()) && m_ids[row] == ids[row])
            continue;
        beginInsertRows({}, row, row);
        m_ids.insert(row, ids[row]);
        endInsertRows();
    }
}

void LogModel::showAll()
{
    if (!m_filtered)
        return;
    beginResetModel();
    m_filtered = false;
    m_ids.clear();
    endResetModel();
}

void LogModel::handleCleared()
{
    beginResetModel();
    m_nodes.clear();
    m_ids.clear();
    m_rows = 0;
    m_base = 0;
    m_pages.setFirstId(1);
    m_pages.setLastId(0);
    endResetModel();
}

void LogModel::handleAppended(quint64 first, quint64 last)
{
    m_pages.setLastId(last);
    if (m_rows == 0 && !m_filtered && baseFor(last) > 0) {
        beginResetModel();
        m_base = baseFor(last);
        m_rows = last - m_base;
        endResetModel();
        return;
    }
    if (m_filtered) {
        m_rows = last - m_base;
        return;
    }
    beginInsertRows({}, int(first - m_base - 1), int(last - m_base - 1));
    m_rows = last - m_base;
    endInsertRows();
}

void LogModel::handleReset(quint64 lastId)
{
    beginResetModel();
    m_pages.clear();
    m_pages.setLastId(lastId);
    m_base = baseFor(lastId);
    m_rows = lastId - m_base;
    m_ids.clear();
    endResetModel();
}

quint64 LogModel::baseFor(quint64 lastId) const
{
    const quint64 scrolls = lastId > RowLimit ? lastId - RowLimit : 0;
    return std::min(lastId, std::max(scrolls, m_cluster.firstId() - 1));
}

// Removes the rows of entries that the reader has trimmed.
void LogModel::handleFirstId(quint64 firstId)
{
    m_pages.setFirstId(firstId);
    const quint64 base = std::min(firstId - 1, m_base + m_rows);
    if (base <= m_base)
        return;
    const auto gone =
        qsizetype(m_filtered ? std::lower_bound(m_ids.begin(), m_ids.end(), base + 1) - m_ids.begin()
                             : qsizetype(base - m_base));
    if (gone > 0)
        beginRemoveRows({}, 0, int(gone) - 1);
    m_rows -= base - m_base;
    m_base = base;
    if (m_filtered)
        m_ids.remove(0, gone);
    if (gone > 0)
        endRemoveRows();
}

void LogModel::handleNodeAdded(const QString &name)
{
    // Node columns have the order of ClusterModel::nodes().
    int at = 0;
    for (const NodeInfo &node : m_cluster.nodes()) {
        if (node.name == name)
            break;
        if (m_nodes.contains(node.name))
            ++at;
    }
    beginInsertColumns({}, FirstNodeColumn + at, FirstNodeColumn + at);
    m_nodes.insert(at, name);
    endInsertColumns();
}

void LogModel::handleNodeRemoved(const QString &name)
{
    const int at = int(m_nodes.indexOf(name));
    if (at < 0)
        return;
    beginRemoveColumns({}, FirstNodeColumn + at, FirstNodeColumn + at);
    m_nodes.removeAt(at);
    endRemoveColumns();
}

void LogModel::handleHeld(const QString &name, quint64 from, quint64 to)
{
    const int column = columnOf(name);
    if (column >= FirstNodeColumn)
        changed(std::min(from, to) + 1, std::max(from, to), column, column);
}

// What another node commits the master has committed before.
void LogModel::handleCommitted(const QString &name, quint64 from, quint64 to)
{
    handleHeld(name, from, to);
    const NodeInfo *const master = m_cluster.master();
    if (master && master->name != name && master->heldId() < to)
        handleHeld(master->name, std::max(from, master->heldId()), to);
}

void LogModel::handleTold(const QString &name)
{
    const NodeInfo *node = m_cluster.node(name);
    const int column = columnOf(name);
    if (node && column >= FirstNodeColumn)
        changed(m_base + 1, node->heldId(), column, column);
}

void LogModel::handleState(const QString &name)
{
    const int column = columnOf(name);
    if (column < FirstNodeColumn)
        return;
    emit headerDataChanged(Qt::Horizontal, column, column);
    const NodeInfo *node = m_cluster.node(name);
    if (!node)
        return;
    // Whether anything is on its way to the others depends on the master.
    if (node == m_cluster.master()) {
        for (const QString &each : std::as_const(m_nodes)) {
            if (const NodeInfo *const other = m_cluster.node(each))
                changed(other->heldId() + 1, m_base + m_rows, columnOf(each), columnOf(each));
        }
        return;
    }
    changed(node->heldId() + 1, m_base + m_rows, column, column);
}

// A wait that begins or ends can block or unblock all later messages.
void LogModel::handleWait(quint64 id)
{
    changed(id, id, IdColumn, columnCount() - 1);
    if (m_cluster.waits().isEmpty() || id <= m_cluster.waits().first().id)
        changed(id + 1, m_base + m_rows, WaitColumn, WaitColumn);
}

// Waits are known as long as the master is heard.
void LogModel::handleMaster()
{
    if (!m_cluster.waits().isEmpty())
        changed(m_cluster.waits().first().id, m_cluster.waits().last().id, IdColumn, columnCount() - 1);
}

bool LogModel::isWaitedFor(const WaitInfo *wait) const
{
    return wait && wait->isAwaited() && m_cluster.areWaitsCurrent();
}

void LogModel::changed(quint64 first, quint64 last, int firstColumn, int lastColumn)
{
    const int from = firstRowFrom(first);
    const int to = firstRowFrom(last + 1) - 1;
    if (from <= to)
        emit dataChanged(index(from, firstColumn), index(to, lastColumn));
}

} // namespace replog
