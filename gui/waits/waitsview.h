// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/matrix/messagepages.h"
#include "gui/theme/texts.h"

#include <QTimer>
#include <QWidget>

class QAction;
class QLabel;
class QMenu;
class QStackedWidget;
class QTableView;

namespace replog {

class EmptyState;
class WaitsModel;

// The waiting messages with missing nodes and waiting time, and the action Release, which asks first.
class WaitsView : public QWidget
{
    Q_OBJECT
public:
    // Both must outlive the view.
    WaitsView(ClusterSession &session, MessagePages &pages, QWidget *parent = nullptr);

    WaitsModel *model() const { return m_model; }
    QTableView *table() const { return m_table; }
    void addActionsTo(QMenu *menu);

signals:
    void notice(const QString &topic, const QString &text, bool isError);
    void shown(quint64 id); // the user wants to see this message in the log

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QList<quint64> selectedIds() const;
    void release();
    void releaseNow(const QList<quint64> &ids);
    void setTexts();
    void fitColumns();
    void fitSoon();
    void update();

    ClusterSession &m_session;
    WaitsModel *m_model;
    QTableView *m_table;
    EmptyState *m_empty;
    QStackedWidget *m_stack;
    QLabel *m_more;
    QAction *m_release;
    QAction *m_show;
    QTimer m_fit;
    Texts m_texts;
};

} // namespace replog
