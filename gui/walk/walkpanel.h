// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/theme/texts.h"
#include "gui/walk/walks.h"
#include "gui/walk/walkstage.h"

#include <QPointer>
#include <QWidget>

#include <optional>

class QAction;
class QLabel;
class QScrollArea;
class QStackedWidget;
class QToolButton;
class QVBoxLayout;

namespace replog {

class ClusterLauncher;
class EmptyState;
class WalkStepRow;

// Shows a guided walk: its steps with expectations and findings, and the actions Next, Play and Stop. A walk
// ends when the user opens or closes a cluster.
class WalkPanel : public QWidget
{
    Q_OBJECT
public:
    // All must outlive it.
    WalkPanel(ClusterLauncher &launcher, ClusterSession &session, Scheduler &scheduler,
              QWidget *parent = nullptr);

    // An action for each walk. It begins the walk, after a question if a cluster is open.
    QList<QAction *> actions() const { return m_actions; }
    // Begins the first walk, for new users.
    QAction *introduction() const { return m_introductionAction; }
    WalkEngine &engine() { return m_engine; }

public slots:
    void start(replog::Walk walk);

signals:
    void started();
    void failed(const QString &problem); // the walk cannot begin

protected:
    void changeEvent(QEvent *event) override;

private:
    void askToClose(Walk walk);
    void closeAndBegin(Walk walk);
    void handleBegun();
    void handleChanged();
    void updateSummary();
    void setTexts();

    ClusterLauncher &m_launcher;
    ClusterSession &m_session;
    QPointer<QObject> m_question; // one at a time
    WalkEngine m_engine;
    WalkStage m_stage;
    std::optional<Walk> m_walk;
    QList<QAction *> m_actions;
    QAction *m_introductionAction;
    EmptyState *m_empty;
    QStackedWidget *m_stack;
    QLabel *m_title;
    QLabel *m_introduction;
    QLabel *m_summary;
    QScrollArea *m_scroll;
    QVBoxLayout *m_column;
    QList<WalkStepRow *> m_rows;
    QToolButton *m_next;
    QToolButton *m_play;
    QToolButton *m_stop;
    QToolButton *m_again;
    Texts m_texts;
};

} // namespace replog
