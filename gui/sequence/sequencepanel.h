// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/replacednodes.h"
#include "gui/sequence/sequencemodel.h"
#include "gui/sequence/tracereader.h"
#include "gui/theme/texts.h"

#include <QWidget>

class QAction;
class QLineEdit;
class QToolButton;

namespace replog {

class ElidedLabel;
class SequenceView;

// Messages in flight: a sequence diagram of the last seconds or of one message. It reads the nodes' traces
// only while it is visible.
class SequencePanel : public QWidget
{
    Q_OBJECT
public:
    static constexpr double LastMs = 10'000;

    // `session` must outlive it.
    explicit SequencePanel(ClusterSession &session, QWidget *parent = nullptr);

    SequenceModel &model() { return m_model; }
    SequenceView *view() const { return m_view; }
    void showMessage(quint64 id); // 0: the last seconds
    bool exportTo(const QString &path);
    // Traces are read while the panel is visible and, among tabs, in front.
    void setInView(bool inView);

signals:
    void notice(const QString &topic, const QString &text, bool isError);

private:
    void setTexts();
    void updateNow();
    void readSteps();
    void updateView();
    QString emptyText() const;
    void askForFile();

    ClusterSession &m_session;
    SequenceModel m_model;
    TraceReader m_reader;
    ReplacedNodes m_replaced;
    SequenceView *m_view;
    QLineEdit *m_id;
    ElidedLabel *m_cut;
    QToolButton *m_hold;
    QToolButton *m_clear;
    QToolButton *m_export;
    QTimer m_redraw;
    QTimer m_passing;            // as time goes on, steps leave the last seconds
    quint64 m_message = 0;       // 0: the last seconds are shown
    QList<SequenceStep> m_steps; // in the picture
    QList<SequenceStep> m_held;  // the last seconds of when Hold began
    Texts m_texts;
};

} // namespace replog
