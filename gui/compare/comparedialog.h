// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/compare/nodecomparison.h"

#include <QDialog>

class QComboBox;
class QPushButton;

namespace replog {

class ClusterSession;
class LongTextView;
class WrappedText;

// Compares the logs of two nodes that the user chooses and shows the first message in which they differ, with
// both texts.
class CompareDialog : public QDialog
{
    Q_OBJECT
public:
    // `session` must outlive it.
    explicit CompareDialog(ClusterSession &session, QWidget *parent = nullptr);

    // Of what both have alike before they differ, the end is shown, and how much is left out.
    void showDifference(quint64 id, const ComparedMessage &one, const ComparedMessage &other);

signals:
    void shown(quint64 id); // the user wants to see this message in the log

private:
    void start();
    void say(const QString &text);

    ClusterSession &m_session;
    NodeComparison m_comparison;
    QComboBox *m_one;
    QComboBox *m_other;
    QPushButton *m_compare;
    WrappedText *m_said;
    LongTextView *m_texts[2];
};

} // namespace replog
