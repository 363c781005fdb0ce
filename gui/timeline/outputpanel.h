// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/theme/texts.h"

#include <QHash>
#include <QWidget>

class QComboBox;
class QPlainTextEdit;
class QStackedWidget;
class QTextDocument;

namespace replog {

class ClusterSession;
class EmptyState;

// The output of each node's process, or of the commands run for it: the last `maxLines` lines of each.
class OutputPanel : public QWidget
{
    Q_OBJECT
public:
    static constexpr int maxLines = 5000;

    // `session` must outlive it.
    explicit OutputPanel(ClusterSession &session, QWidget *parent = nullptr);

    QString text(const QString &node) const;

private:
    void handleOpened();
    void handleClosed();
    void handleRenamed(const QString &from, const QString &to);
    void addLine(const QString &node, const QString &printed);
    void showNode(const QString &node);
    void updateEmptyText();

    ClusterSession &m_session;
    QComboBox *m_node;
    QStackedWidget *m_stack;
    QPlainTextEdit *m_view;
    EmptyState *m_empty;
    QHash<QString, QTextDocument *> m_documents;
    Texts m_texts;
};

} // namespace replog
