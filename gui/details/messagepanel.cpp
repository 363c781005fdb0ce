// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/details/messagepanel.h"

#include "gui/cluster/clustersession.h"
#include "gui/cluster/clustertext.h"
#include "gui/details/jsontree.h"
#include "gui/widgets/longtextview.h"
#include "gui/widgets/plaintext.h"
#include "gui/widgets/wrappedtext.h"

#include <QApplication>
#include <QClipboard>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QJsonDocument>
#include <QTabWidget>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int CallLimitMs = 5000;
constexpr int AskAgainMs = 500;
constexpr int TellAgainMs = 100;          // refresh interval while nodes report much
constexpr qsizetype LineCharacters = 160; // shown of one fact
constexpr int MostFactLines = 9;          // in view; the message itself needs room, too
constexpr qsizetype HolderCharacters = 600;

} // namespace

MessagePanel::MessagePanel(ClusterSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_ackTimes(session.model()), m_lines(new WrappedText(this)),
      m_tabs(new QTabWidget(this)), m_text(new LongTextView(this)), m_tree(new QTreeWidget(this)),
      m_hex(new LongTextView(this)), m_copyText(new QToolButton(this)), m_copyCurl(new QToolButton(this)),
      m_way(new QToolButton(this)), m_texts(this)
{
    setObjectName(u"messagePanel"_s);
    auto *const column = new QVBoxLayout(this);
    column->setContentsMargins(8, 6, 8, 6);
    m_lines->setObjectName(u"messageFacts"_s);
    m_lines->setMostLines(MostFactLines);
    column->addWidget(m_lines);
    for (LongTextView *view : {m_text, m_hex})
        view->setFrameShape(QFrame::NoFrame);
    m_text->setObjectName(u"messageText"_s);
    m_hex->setObjectName(u"messageHex"_s);
    m_hex->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_hex->setLineWrapMode(LongTextView::NoWrap);
    m_tree->setObjectName(u"messageTree"_s);
    m_tree->setColumnCount(2);
    m_tree->header()->setStretchLastSection(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tabs->addTab(m_text, QString());
    m_tabs->addTab(m_tree, QString());
    m_tabs->addTab(m_hex, QString());
    m_tabs->setDocumentMode(true);
    column->addWidget(m_tabs, 1);
    auto *const bar = new QHBoxLayout;
    for (QToolButton *button : {m_copyText, m_copyCurl, m_way}) {
        button->setFocusPolicy(Qt::TabFocus);
        bar->addWidget(button);
    }
    bar->addStretch();
    column->addLayout(bar);
    m_copyText->setObjectName(u"copyMessage"_s);
    m_copyCurl->setObjectName(u"copyCurl"_s);
    m_way->setObjectName(u"showWay"_s);
    connect(m_copyText, &QToolButton::clicked, this,
            [this] { QApplication::clipboard()->setText(m_facts.text()); });
    connect(m_copyCurl, &QToolButton::clicked, this, [this] {
        const NodeInfo *master = m_session.model().master();
        QApplication::clipboard()->setText(m_facts.curl(master ? master->url : QUrl(), m_session.options()));
    });
    connect(m_way, &QToolButton::clicked, this, [this] { emit sequenceRequested(m_id); });
    setFocusProxy(m_text);
    const ClusterModel &cluster = session.model();
    connect(&cluster, &ClusterModel::cleared, this, [this] { showMessage(0); });
    // Refresh the message when its wait changes or ends, and when a node begins or ceases to hold it.
    const auto refresh = [this](quint64 id) {
        if (id == m_id)
            askAgain();
    };
    connect(&cluster, &ClusterModel::waitOpened, this, refresh);
    connect(&cluster, &ClusterModel::waitChanged, this, refresh);
    connect(&cluster, &ClusterModel::waitClosed, this, [refresh](const WaitInfo &wait) { refresh(wait.id); });
    // The log may have another message at its place now.
    const auto forget = [this] {
        ++m_request;
        m_facts = {};
        m_problem.clear();
        fill();
        askAgain();
    };
    connect(&cluster, &ClusterModel::epochChanged, this, forget);
    connect(&cluster, &ClusterModel::logReset, this, forget);
    connect(&cluster, &ClusterModel::readerChanged, this, &MessagePanel::handleReader);
    connect(&cluster, &ClusterModel::committedChanged, this, [this] {
        if (m_facts.acks && !m_facts.satisfied)
            fillFacts();
    });
    connect(&cluster, &ClusterModel::nodeChanged, this, &MessagePanel::handleNode);
    connect(&cluster, &ClusterModel::nodeRemoved, this, &MessagePanel::handleNode);
    // It has been trimmed, or the next reader still keeps it.
    connect(&cluster, &ClusterModel::firstIdChanged, this, [this](quint64 firstId) {
        if (m_id > 0 && (m_id < firstId || m_facts.id == 0))
            askAgain();
    });
    m_askAgain.setSingleShot(true);
    m_askAgain.setInterval(AskAgainMs);
    connect(&m_askAgain, &QTimer::timeout, this, [this] {
        if (isVisible())
            fetch();
    });
    connect(&cluster, &ClusterModel::nodeHeldChanged, this,
            [this](const QString &, quint64 from, quint64 to) {
                if (m_id <= std::min(from, to) || m_id > std::max(from, to))
                    return;
                fillFacts();
                askAgain();
            });
    m_tellAgain.setSingleShot(true);
    m_tellAgain.setInterval(TellAgainMs);
    connect(&m_tellAgain, &QTimer::timeout, this, [this] {
        if (m_facts.id > 0)
            fillFacts();
    });
    m_texts.add([this] { setTexts(); });
}

void MessagePanel::setTexts()
{
    m_tabs->setTabText(0, tr("Text"));
    m_tabs->setTabText(1, tr("JSON"));
    m_tabs->setTabText(2, tr("Hex"));
    m_tree->setHeaderLabels({tr("Name"), tr("Value")});
    m_lines->setAccessibleName(tr("Fields of the message"));
    m_text->setAccessibleName(tr("Text of the message"));
    m_tree->setAccessibleName(tr("The message as JSON"));
    m_hex->setAccessibleName(tr("Bytes of the message"));
    m_copyText->setText(tr("Copy"));
    m_copyText->setToolTip(tr("Copies the text"));
    m_copyCurl->setText(tr("Copy as curl"));
    m_copyCurl->setToolTip(tr("Copies a command that appends the same message"));
    m_way->setText(tr("Show Its Way"));
    m_way->setToolTip(tr("Shows how it travelled from node to node, if that has been watched"));
    fill();
}

void MessagePanel::showMessage(quint64 id)
{
    if (id == m_id)
        return;
    m_id = id;
    ++m_request;
    m_asked = 0;
    m_facts = {};
    m_problem.clear();
    if (isVisible())
        fetch();
    else
        fill();
}

void MessagePanel::setTold(Told told)
{
    m_told = std::move(told);
}

void MessagePanel::handleTold()
{
    if (isVisible() && !m_tellAgain.isActive())
        m_tellAgain.start();
}

void MessagePanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    fetch();
}

void MessagePanel::askAgain()
{
    m_asked = 0;
    if (isVisible())
        fetch();
}

// What the master alone knows holds as long as it is read.
void MessagePanel::handleReader()
{
    const NodeInfo *master = m_session.model().master();
    if (!master || m_session.model().reader() != master->name) {
        m_facts.acks.reset();
        fillFacts();
    }
    askAgain();
}

// A node may have held the message all along, and ack it to a new master only now.
void MessagePanel::handleNode()
{
    if (m_facts.id == 0)
        return;
    if (m_holders != count([this](const NodeInfo &node) { return holds(node); }))
        fillFacts();
    if (m_asked == m_id && m_ackers != count([this](const NodeInfo &node) { return node.ackedId >= m_id; }))
        askAgain();
}

bool MessagePanel::holds(const NodeInfo &node) const
{
    return node.holds(m_id, m_facts.epoch) && node.firstId <= m_id;
}

qsizetype MessagePanel::count(const std::function<bool(const NodeInfo &)> &predicate) const
{
    const QList<NodeInfo> &nodes = m_session.model().nodes();
    return std::count_if(nodes.cbegin(), nodes.cend(), predicate);
}

void MessagePanel::fetch()
{
    if (m_id == 0) {
        fill();
        return;
    }
    if (m_asked == m_id)
        return;
    m_asked = m_id;
    m_ackers = count([this](const NodeInfo &node) { return node.ackedId >= m_id; });
    m_session.call(m_session.model().reader(), "GET", u"/api/v1/messages/%1?view=all"_s.arg(m_id), {},
                   CallLimitMs, this, [this, request = ++m_request](const CallResult &result) {
                       if (request == m_request)
                           handleAnswer(result);
                   });
}

void MessagePanel::handleAnswer(const CallResult &result)
{
    m_problem = result.error;
    if (!result.ok()) {
        m_asked = 0;
        if (result.status == 410) // it has been trimmed
            m_facts = {};
        else if (result.status == 0 || result.status >= 500) // there is no reader, or it cannot answer now
            m_askAgain.start();
        if (m_facts.id > 0)
            fillFacts(); // the views keep their places
        else
            fill();
        return;
    }
    const MessageFacts before = std::exchange(m_facts, MessageFacts::read(result.json()));
    if (before.id == m_facts.id && before.bytes == m_facts.bytes)
        fillFacts(); // likewise
    else
        fill();
}

void MessagePanel::fill()
{
    const bool any = m_facts.id > 0;
    for (QToolButton *button : {m_copyText, m_copyCurl, m_way})
        button->setEnabled(any);
    m_tabs->setVisible(any);
    fillFacts();
    if (!any) {
        m_text->showText({});
        m_tree->clear();
        m_hex->showText({});
        return;
    }
    m_text->showText(m_facts.text());
    m_hex->showText(m_facts.hex());
    fillTree();
}

void MessagePanel::fillFacts()
{
    if (m_facts.id == 0) {
        m_lines->setText(m_id == 0             ? tr("Select a message in the log to see the whole of it.")
                         : m_problem.isEmpty() ? tr("Reading message %1…").arg(m_id)
                                               : PlainText::oneLine(m_problem));
        return;
    }
    QStringList lines;
    for (const auto &[name, value] : m_facts.lines(m_session.model().committedId()))
        lines.append(tr("%1: %2").arg(PlainText::oneLine(name, LineCharacters),
                                      PlainText::oneLine(value, LineCharacters)));
    QStringList holders;
    const QHash<QString, double> told = m_told ? m_told(m_facts.id) : QHash<QString, double>();
    for (const NodeInfo &node : m_session.model().nodes()) {
        if (!holds(node))
            continue;
        const auto shown = [](const QDateTime &time) {
            return ClusterText::moment(time, ClusterText::Fineness::Milliseconds);
        };
        const QDateTime seen = m_ackTimes.heldSince(node.name, m_facts.id);
        if (const auto at = told.constFind(node.name); at != told.cend())
            holders.append(tr("%1 (%2 by its clock)")
                               .arg(node.name, shown(QDateTime::fromMSecsSinceEpoch(qint64(*at)))));
        else if (seen.isValid())
            holders.append(tr("%1 (seen here at %2)").arg(node.name, shown(seen)));
        else
            holders.append(node.name);
    }
    m_holders = holders.size();
    if (!holders.isEmpty())
        lines.append(tr("Held by: %1").arg(PlainText::oneLine(holders.join(u", "_s), HolderCharacters)));
    m_lines->setText(lines.join(u'\n'));
}

void MessagePanel::fillTree()
{
    m_tree->clear();
    const QJsonDocument document = m_facts.json();
    const bool isJson = document.isObject() || document.isArray();
    m_tabs->setTabEnabled(1, isJson);
    if (!isJson)
        return;
    JsonTree::fill(m_tree->invisibleRootItem(), m_facts.bytes, MostTreeItems);
    m_tree->expandToDepth(1);
    m_tree->resizeColumnToContents(0);
}

} // namespace replog
