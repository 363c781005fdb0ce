// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/timeline/eventfilter.h"

namespace replog {

EventFilter::EventFilter(EventModel *model, QObject *parent) : QSortFilterProxyModel(parent), m_model(model)
{
    setSourceModel(model);
}

void EventFilter::setKindShown(EventKind kind, bool shown)
{
    if (shown)
        m_hidden.remove(kind);
    else
        m_hidden.insert(kind);
    invalidateFilter();
}

void EventFilter::setNode(const QString &node)
{
    if (m_node == node)
        return;
    m_node = node;
    invalidateFilter();
}

void EventFilter::setText(const QString &text)
{
    m_text = text;
    invalidateFilter();
}

bool EventFilter::filterAcceptsRow(int row, const QModelIndex &) const
{
    const Event &event = m_model->at(row);
    return !m_hidden.contains(event.kind) && (m_node.isEmpty() || event.node == m_node) &&
           (m_text.isEmpty() || event.text.contains(m_text, Qt::CaseInsensitive) ||
            event.node.contains(m_text, Qt::CaseInsensitive));
}

} // namespace replog
