// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/nodeclient.h"
#include "gui/cluster/nodecontrol.h"
#include "gui/theme/texts.h"

#include <QHash>
#include <QWidget>

class QAction;
class QMenu;
class QTableView;

namespace replog {

class ClusterSession;
class NodesModel;
class WrappedText;

// The nodes as a table, with actions for the selected node above it and its details below. An action that
// is not possible is disabled, and its tool tip says why.
class NodesView : public QWidget
{
    Q_OBJECT
public:
    // `session` must outlive the view.
    explicit NodesView(ClusterSession &session, QWidget *parent = nullptr);

    NodesModel *model() const { return m_model; }
    QTableView *table() const { return m_table; }
    QString selectedNode() const;
    void selectNode(const QString &name);
    void addActionsTo(QMenu *menu);
    // Without them there is room for more nodes.
    void setDetailsShown(bool shown);

signals:
    void notice(const QString &topic, const QString &text, bool isError);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void shareRoom();
    QAction *makeAction(const QString &name, const QKeySequence &keys);
    QAction *makeControl(NodeControl::Action action, const QString &name, const QKeySequence &keys);
    bool isBroughtToFront();
    void makeActions();
    void setTexts();
    void handleOpened();
    void updateActions();
    void updateDetails();
    void setPossible(QAction *action, const QString &whyNot);
    void retryNow();
    void showFaults();
    void forget();

    ClusterSession &m_session;
    NodesModel *m_model;
    QTableView *m_table;
    WrappedText *m_details;
    QString m_selected; // name; survives a reset of the model
    QHash<NodeControl::Action, QAction *> m_controls;
    QHash<QAction *, QString> m_tips;
    QAction *m_retry = nullptr;
    QAction *m_faults = nullptr;
    QAction *m_forget = nullptr;
    Texts m_texts;
};

} // namespace replog
