// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QLabel;

namespace replog {

class WrappedText;

// One step of a walk in the panel: a sign for its state, title, expectation and finding.
class WalkStepRow : public QFrame
{
    Q_OBJECT
public:
    enum class Mark { Ahead, Next, Looking, AsExpected, Wrong };

    explicit WalkStepRow(int number, QWidget *parent = nullptr);

    void setTexts(const QString &title, const QString &expectation);
    void setMark(Mark mark, const QString &finding);
    Mark mark() const { return m_mark; }

protected:
    void changeEvent(QEvent *event) override;

private:
    void update();

    const int m_number;
    Mark m_mark = Mark::Ahead;
    QLabel *m_sign;
    QLabel *m_title;
    QLabel *m_expectation;
    WrappedText *m_finding;
};

} // namespace replog
