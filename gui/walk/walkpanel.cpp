// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/walk/walkpanel.h"

#include "gui/cluster/clustersession.h"
#include "gui/control/clusterlauncher.h"
#include "gui/theme/glyphs.h"
#include "gui/theme/theme.h"
#include "gui/walk/walksteprow.h"
#include "gui/widgets/emptystate.h"
#include "gui/widgets/plainlabel.h"
#include "gui/widgets/plainmessagebox.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

WalkPanel::WalkPanel(ClusterLauncher &launcher, ClusterSession &session, Scheduler &scheduler,
                     QWidget *parent)
    : QWidget(parent), m_launcher(launcher), m_session(session), m_engine(scheduler),
      m_stage(launcher, session), m_texts(this)
{
    for (Walk walk : allWalks()) {
        auto *const action = new QAction(this);
        action->setObjectName(u"walk%1"_s.arg(int(walk)));
        m_texts.add([action, walk] {
            action->setText(walkTitle(walk));
            action->setToolTip(walkIntroduction(walk));
        });
        connect(action, &QAction::triggered, this, [this, walk] { start(walk); });
        action->setIcon(glyphIcon(Glyph::Play));
        m_actions.append(action);
    }

    m_introductionAction = new QAction(this);
    m_introductionAction->setObjectName(u"introduction"_s);
    m_introductionAction->setIcon(glyphIcon(Glyph::Play));
    connect(m_introductionAction, &QAction::triggered, this, [this] { start(Walk::Basics); });

    auto *const outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    m_stack = new QStackedWidget(this);
    outer->addWidget(m_stack);
    m_empty = new EmptyState(this);
    m_stack->addWidget(m_empty);

    auto *const page = new QWidget(this);
    auto *const layout = new QVBoxLayout(page);
    layout->setContentsMargins(4, 4, 4, 4);
    m_title = new PlainLabel(page);
    m_title->setObjectName(u"walkTitle"_s);
    QFont bold = font();
    bold.setBold(true);
    m_title->setFont(bold);
    m_introduction = new PlainLabel(page);
    m_summary = new PlainLabel(page);
    m_summary->setObjectName(u"walkSummary"_s);
    for (QLabel *label : {m_title, m_introduction, m_summary}) {
        label->setWordWrap(true);
        label->setMargin(2);
    }
    auto *const bar = new QHBoxLayout;
    const auto button = [&](const QString &name) {
        auto *const made = new QToolButton(page);
        made->setObjectName(name);
        made->setFocusPolicy(Qt::StrongFocus);
        bar->addWidget(made);
        return made;
    };
    m_next = button(u"walkNext"_s);
    m_play = button(u"walkPlay"_s);
    m_play->setCheckable(true);
    m_stop = button(u"walkStop"_s);
    m_again = button(u"walkAgain"_s);
    bar->addStretch();

    m_scroll = new QScrollArea(page);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setBackgroundRole(QPalette::Base);
    auto *const list = new QWidget;
    list->setBackgroundRole(QPalette::Base);
    m_column = new QVBoxLayout(list);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(0);
    m_column->addStretch();
    m_scroll->setWidget(list);

    layout->addWidget(m_title);
    layout->addWidget(m_introduction);
    layout->addLayout(bar);
    layout->addWidget(m_scroll, 1);
    layout->addWidget(m_summary);
    m_stack->addWidget(page);

    connect(m_next, &QToolButton::clicked, this, [this] {
        m_engine.pause();
        m_engine.next();
    });
    connect(m_play, &QToolButton::clicked, this, [this](bool on) {
        if (on)
            m_engine.play();
        else
            m_engine.pause();
    });
    connect(m_stop, &QToolButton::clicked, &m_engine, &WalkEngine::stop);
    connect(m_again, &QToolButton::clicked, this, [this] {
        if (m_walk)
            start(*m_walk);
    });
    connect(&m_engine, &WalkEngine::begun, this, &WalkPanel::handleBegun);
    connect(&m_engine, &WalkEngine::changed, this, &WalkPanel::handleChanged);
    connect(&m_stage, &WalkStage::clusterChanged, this, [this] {
        if (m_engine.state() == WalkEngine::State::Ready || m_engine.state() == WalkEngine::State::Looking)
            m_engine.stop();
    });
    setFocusProxy(m_next);
    m_texts.add([this] { setTexts(); });
}

void WalkPanel::setTexts()
{
    m_introductionAction->setText(tr("Guided &Walk"));
    m_introductionAction->setToolTip(
        tr("Shows on a fresh local cluster what write concerns do, step by step"));
    m_empty->setText(tr("Guided walks"), tr("Each plays on a fresh local cluster, step by step, says what to "
                                            "expect, and checks it. Choose one from the Walk menu."));
    m_next->setText(tr("Next"));
    m_next->setToolTip(tr("Does the next step"));
    m_play->setText(tr("Play"));
    m_play->setToolTip(tr("Does one step after the other, with a pause before each"));
    m_stop->setText(tr("Stop"));
    m_stop->setToolTip(tr("Ends the walk; the cluster stays open"));
    m_again->setText(tr("Again"));
    m_again->setToolTip(tr("Begins the walk anew"));
    if (m_walk) {
        m_title->setText(walkTitle(*m_walk));
        m_introduction->setText(walkIntroduction(*m_walk));
        // Same steps in another language: update the texts and keep the state.
        const QList<WalkStep> steps = walkSteps(*m_walk, m_stage);
        for (qsizetype i = 0; i < m_rows.size(); ++i)
            m_rows[i]->setTexts(steps[i].title, steps[i].expectation);
        updateSummary();
    }
}

void WalkPanel::start(Walk walk)
{
    // The first step opens a new cluster: check that this is possible before the open one is closed.
    if (const QString problem = m_launcher.whyNoLocal(); !problem.isEmpty()) {
        emit failed(problem);
        return;
    }
    if (m_session.isOpen() && !m_launcher.wouldLoseSomething())
        askToClose(walk);
    else
        closeAndBegin(walk);
}

// Who chooses a walk may not expect that it takes the place of the cluster that is watched.
void WalkPanel::askToClose(Walk walk)
{
    if (m_question)
        return;
    auto *const box = new PlainMessageBox(
        QMessageBox::Question, tr("Guided Walk"), tr("Close “%1”?").arg(m_session.title()),
        tr("The guided walk plays on a fresh local cluster, in place of this one. What this window shows of "
           "it, such as its requests and what happened, is cleared; its nodes are left alone."),
        QMessageBox::Cancel, window());
    box->setObjectName(u"walkQuestion"_s);
    QPushButton *const close = box->addButton(tr("&Close It"), QMessageBox::AcceptRole);
    box->setDefaultButton(QMessageBox::Cancel);
    m_question = box;
    connect(box, &QDialog::finished, this, [this, box, close, walk] {
        m_question.clear();
        if (box->clickedButton() == close)
            closeAndBegin(walk);
    });
    box->open();
}

void WalkPanel::closeAndBegin(Walk walk)
{
    m_launcher.closeThen(tr("The guided walk plays on a fresh local cluster, in place of this one."),
                         [this, walk] {
                             m_walk = walk;
                             m_engine.begin(walkSteps(walk, m_stage));
                             emit started();
                         });
}

void WalkPanel::handleBegun()
{
    qDeleteAll(std::exchange(m_rows, {}));
    for (int i = 0; i < m_engine.steps().size(); ++i) {
        auto *const row = new WalkStepRow(i + 1, m_scroll->widget());
        row->setObjectName(u"walkStep%1"_s.arg(i));
        m_column->insertWidget(i, row);
        m_rows.append(row);
    }
    setTexts();
    m_stack->setCurrentIndex(1);
    m_scroll->verticalScrollBar()->setValue(0);
}

void WalkPanel::handleChanged()
{
    using State = WalkEngine::State;
    const State state = m_engine.state();
    for (int i = 0; i < m_rows.size(); ++i) {
        WalkStepRow::Mark mark = WalkStepRow::Mark::Ahead;
        if (i < m_engine.current())
            mark = WalkStepRow::Mark::AsExpected;
        else if (i == m_engine.current() && state == State::Ready)
            mark = WalkStepRow::Mark::Next;
        else if (i == m_engine.current() && state == State::Looking)
            mark = WalkStepRow::Mark::Looking;
        else if (i == m_engine.current() && state == State::Failed)
            mark = WalkStepRow::Mark::Wrong;
        m_rows[i]->setMark(mark, m_engine.finding(i));
    }
    m_next->setEnabled(state == State::Ready);
    m_play->setEnabled(state == State::Ready || state == State::Looking);
    m_play->setChecked(m_engine.isPlaying());
    m_stop->setEnabled(state == State::Ready || state == State::Looking);
    m_again->setEnabled(m_walk.has_value());
    updateSummary();
    if (!m_rows.isEmpty()) {
        // Later, when the layout has set the rows' new heights.
        QTimer::singleShot(0, this, [this] {
            if (!m_rows.isEmpty())
                m_scroll->ensureWidgetVisible(m_rows[qMin(m_engine.current(), int(m_rows.size()) - 1)], 0, 8);
        });
    }
}

void WalkPanel::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        updateSummary();
}

void WalkPanel::updateSummary()
{
    QString text;
    Tone tone = Tone::Normal;
    switch (m_engine.state()) {
    case WalkEngine::State::Finished:
        text = tr("All %n step(s) went as expected.", nullptr, int(m_engine.steps().size()));
        tone = Tone::Good;
        break;
    case WalkEngine::State::Failed:
        text = tr("Step %1 did not go as expected.").arg(m_engine.current() + 1);
        tone = Tone::Bad;
        break;
    case WalkEngine::State::Idle:
        text = m_walk ? tr("The walk was stopped.") : QString();
        break;
    case WalkEngine::State::Ready:
    case WalkEngine::State::Looking:
        text = tr("Step %1 of %2").arg(m_engine.current() + 1).arg(m_engine.steps().size());
        break;
    }
    m_summary->setText(text);
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, toneColor(colors, tone));
    m_summary->setPalette(colors);
}

} // namespace replog
