// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/sequence/sequencescene.h"

#include <QAbstractScrollArea>

namespace replog {

// Shows a SequenceScene and follows its end unless the user scrolled away. An empty one shows the reason in
// the middle.
class SequenceView : public QAbstractScrollArea
{
    Q_OBJECT
public:
    explicit SequenceView(QWidget *parent = nullptr);

    void setSteps(const QList<SequenceStep> &steps, const QStringList &nodes);
    void setEmptyText(const QString &text);
    const QString &emptyText() const { return m_emptyText; } // what stands there instead of an empty picture
    const SequenceScene &scene() const { return m_scene; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void rebuild();

    QList<SequenceStep> m_steps;
    QStringList m_nodes;
    SequenceScene m_scene;
    QString m_emptyText;
};

} // namespace replog
