// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/timeline/eventmodel.h"

#include <QSortFilterProxyModel>

namespace replog {

// Filters events by kind, node and text; an event must match all three.
class EventFilter : public QSortFilterProxyModel
{
    Q_OBJECT
public:
    explicit EventFilter(EventModel *model, QObject *parent = nullptr);

    void setKindShown(EventKind kind, bool shown);
    bool isKindShown(EventKind kind) const { return !m_hidden.contains(kind); }
    void setNode(const QString &node); // empty: all
    void setText(const QString &text); // ignores case; empty: all

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    EventModel *m_model;
    QSet<EventKind> m_hidden;
    QString m_node;
    QString m_text;
};

} // namespace replog
