// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/theme/texts.h"
#include "gui/timeline/eventfilter.h"

#include <QWidget>

class QComboBox;
class QLineEdit;
class QStackedWidget;
class QTableView;

namespace replog {

// The events as a table that follows its end unless the user scrolled away, with filters above.
class TimelinePanel : public QWidget
{
    Q_OBJECT
public:
    // `events` must outlive it.
    explicit TimelinePanel(EventModel &events, QWidget *parent = nullptr);

private:
    void fitColumns();
    void updateNodes();
    void updateEmpty();
    void copySelected();

    EventModel &m_events;
    EventFilter *m_filter;
    QComboBox *m_node;
    QLineEdit *m_text;
    QStackedWidget *m_stack;
    QTableView *m_table;
    bool m_atEnd = true;
    Texts m_texts;
};

} // namespace replog
