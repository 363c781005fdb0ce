// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/cluster/logend.h"

#include <algorithm>
#include <utility>

namespace replog {

namespace {

bool tellsOfTheLog(const NodeInfo &node)
{
    return node.contact != Contact::Silent && node.contact != Contact::Lost &&
           node.mode != NodeMode::Diverged && node.mode != NodeMode::Refused && node.mode != NodeMode::Fenced;
}

} // namespace

const NodeInfo *LogEnd::leader(const QList<NodeInfo> &nodes)
{
    const NodeInfo *found = nullptr;
    for (const NodeInfo &node : nodes) {
        if (node.role == NodeRole::Master && (!found || node.epoch > found->epoch))
            found = &node;
    }
    return found;
}

void LogEnd::clear()
{
    forget();
    m_reader.clear();
}

void LogEnd::restart()
{
    const bool wasCommitted = m_committedId > 0;
    forget();
    emit logReset(0);
    emit firstIdChanged(1);
    if (wasCommitted)
        emit committedChanged(0);
}

void LogEnd::forget()
{
    m_lastId = 0;
    m_masterLastId = 0;
    m_isCut = false;
    m_toldSince.clear();
    m_firstId = 1;
    m_committedId = 0;
    m_epoch = 0;
}

// The log's end goes back if the master's epoch changed or the master reports a lower end than before. It
// does not if the master is merely behind what a secondary has already reported.
void LogEnd::handleMaster(const NodeInfo &master)
{
    if (master.epoch != m_epoch || master.lastId < m_masterLastId) {
        m_isCut = true;
        m_toldSince.clear();
    }
    m_masterLastId = master.lastId;
    if (master.epoch != m_epoch) {
        m_epoch = master.epoch;
        emit epochChanged(m_epoch);
    }
}

void LogEnd::handleRenamed(const QString &from, const QString &to)
{
    if (m_reader == from)
        m_reader = to;
    if (m_toldSince.contains(from))
        m_toldSince.insert(to, m_toldSince.take(from));
}

void LogEnd::update(const QList<NodeInfo> &nodes)
{
    const NodeInfo *const master = leader(nodes);
    const bool led = master && tellsOfTheLog(*master);
    quint64 last = 0;
    quint64 committed = 0;
    for (const NodeInfo &node : nodes) {
        if (!tellsOfTheLog(node) || (led && node.epoch != master->epoch))
            continue;
        if (m_isCut && node.isHeard())
            m_toldSince.insert(node.name, {node.lastId, node.committedId});
        last = std::max(last, node.lastId);
        committed = std::max(committed, node.committedId);
    }
    if (m_isCut && !led) {
        last = 0;
        committed = 0;
        for (const Told &told : std::as_const(m_toldSince)) {
            last = std::max(last, told.lastId);
            committed = std::max(committed, told.committedId);
        }
    }
    const bool mayShrink = m_isCut && (led || !m_toldSince.isEmpty());
    if (!mayShrink) {
        last = std::max(last, m_lastId);
        committed = std::max(committed, m_committedId);
    } else if (led && last <= master->lastId) {
        m_isCut = false;
    }
    if (last > m_lastId) {
        const quint64 first = m_lastId + 1;
        m_lastId = last;
        emit messagesAppended(first, last);
    } else if (last < m_lastId) {
        m_lastId = last;
        emit logReset(last);
    }
    committed = std::min(committed, m_lastId);
    if (committed != m_committedId) {
        m_committedId = committed;
        emit committedChanged(committed);
    }
    updateReader(nodes);
}

void LogEnd::updateReader(const QList<NodeInfo> &nodes)
{
    const NodeInfo *const master = leader(nodes);
    const NodeInfo *found = master && tellsOfTheLog(*master) ? master : nullptr;
    if (!found) {
        for (const NodeInfo &node : nodes) {
            if (node.isHeard() && tellsOfTheLog(node) && (!found || node.lastId > found->lastId))
                found = &node;
        }
    }
    // The current reader is replaced only by one that holds more.
    const auto current = std::find_if(nodes.cbegin(), nodes.cend(),
                                      [this](const NodeInfo &node) { return node.name == m_reader; });
    if (found && found != master && current != nodes.cend() && current->isHeard() &&
        tellsOfTheLog(*current) && current->lastId >= found->lastId)
        found = &*current;
    const QString name = found ? found->name : QString();
    if (found && found->firstId != m_firstId) {
        m_firstId = found->firstId;
        emit firstIdChanged(m_firstId);
    }
    if (name != m_reader) {
        m_reader = name;
        emit readerChanged(name);
    }
}

} // namespace replog
