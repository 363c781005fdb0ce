// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/timeline/outputpanel.h"

#include "gui/cluster/clustersession.h"
#include "gui/cluster/nodecontrol.h"
#include "gui/widgets/emptystate.h"
#include "gui/widgets/plainlabel.h"
#include "gui/widgets/plaintext.h"

#include <QComboBox>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextDocumentLayout>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QStackedWidget>
#include <QTextCursor>
#include <QTextDocument>
#include <QVBoxLayout>

#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

OutputPanel::OutputPanel(ClusterSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_texts(this)
{
    auto *const layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    auto *const bar = new QHBoxLayout;
    layout->addLayout(bar);
    m_node = new QComboBox(this);
    m_node->setObjectName(u"outputNode"_s);
    m_node->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    auto *const label = new PlainLabel(this);
    label->setBuddy(m_node);
    bar->addWidget(label);
    bar->addWidget(m_node);
    bar->addStretch();

    m_view = new QPlainTextEdit(this);
    m_view->setObjectName(u"output"_s);
    m_view->setReadOnly(true);
    m_view->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_view->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_view->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_empty = new EmptyState(this);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_view);
    m_stack->addWidget(m_empty);
    layout->addWidget(m_stack, 1);

    connect(m_node, &QComboBox::currentTextChanged, this, &OutputPanel::showNode);
    connect(&session, &ClusterSession::opened, this, &OutputPanel::handleOpened);
    connect(&session, &ClusterSession::closed, this, &OutputPanel::handleClosed);
    connect(&session.model(), &ClusterModel::nodeRenamed, this, &OutputPanel::handleRenamed);
    setFocusProxy(m_view);
    m_texts.add([this, label] {
        label->setText(tr("Output &of:"));
        m_node->setAccessibleName(tr("Node whose output is shown"));
        m_view->setAccessibleName(tr("Process output"));
        updateEmptyText();
    });
    handleClosed();
}

void OutputPanel::updateEmptyText()
{
    if (!m_session.isOpen())
        m_empty->setText(tr("No process output"), tr("What the processes of a cluster print is shown here."));
    else if (!m_session.control())
        m_empty->setText(tr("No process output"), tr("The nodes of this cluster are not run from here."));
    else
        m_empty->setText(tr("No process output yet"), tr("What the nodes' processes print is shown here."));
}

QString OutputPanel::text(const QString &node) const
{
    const QTextDocument *document = m_documents.value(node);
    return document ? document->toPlainText() : QString();
}

void OutputPanel::handleOpened()
{
    handleClosed();
    if (m_session.control())
        connect(m_session.control(), &NodeControl::outputLine, this, &OutputPanel::addLine);
}

void OutputPanel::handleClosed()
{
    m_node->clear();
    m_stack->setCurrentWidget(m_empty);
    updateEmptyText();
    m_view->setDocument(nullptr);
    qDeleteAll(std::exchange(m_documents, {}));
}

void OutputPanel::handleRenamed(const QString &from, const QString &to)
{
    if (!m_documents.contains(from) || m_documents.contains(to))
        return;
    m_documents.insert(to, m_documents.take(from));
    m_node->setItemText(m_node->findText(from, Qt::MatchExactly | Qt::MatchCaseSensitive), to);
}

void OutputPanel::addLine(const QString &node, const QString &printed)
{
    // A node prints what others sent it: names, addresses, errors.
    const QString line = PlainText::oneLine(printed, printed.size());
    QTextDocument *&document = m_documents[node];
    if (!document) {
        document = new QTextDocument(this);
        document->setDocumentLayout(new QPlainTextDocumentLayout(document));
        document->setDefaultFont(m_view->font());
        document->setMaximumBlockCount(maxLines);
        document->setUndoRedoEnabled(false);
        m_node->addItem(node); // the first item becomes current and is shown
    }
    QScrollBar *const bar = m_view->verticalScrollBar();
    const bool atEnd = bar->value() >= bar->maximum();
    QTextCursor cursor(document);
    cursor.movePosition(QTextCursor::End);
    cursor.insertText(document->isEmpty() ? line : u'\n' + line);
    if (atEnd && m_view->document() == document)
        bar->setValue(bar->maximum());
}

void OutputPanel::showNode(const QString &node)
{
    QTextDocument *const document = m_documents.value(node);
    if (!document)
        return;
    m_view->setDocument(document);
    m_stack->setCurrentWidget(m_view);
    m_view->verticalScrollBar()->setValue(m_view->verticalScrollBar()->maximum());
}

} // namespace replog
