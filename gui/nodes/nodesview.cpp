// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/nodes/nodesview.h"

#include "gui/cluster/clustersession.h"
#include "gui/cluster/clustertext.h"
#include "gui/nodes/faultsdialog.h"
#include "gui/nodes/nodesmodel.h"
#include "gui/nodes/nodestable.h"
#include "gui/widgets/plainmessagebox.h"
#include "gui/widgets/plaintext.h"
#include "gui/widgets/wrappedtext.h"

#include <QAction>
#include <QDockWidget>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QScrollBar>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr int FewestDetailLines = 3; // in view; the table of the nodes comes before the others
}

NodesView::NodesView(ClusterSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_model(new NodesModel(session.model(), this)),
      m_table(new NodesTable(this)), m_details(new WrappedText(this)), m_texts(this)
{
    setObjectName(u"nodesView"_s);
    makeActions();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);

    // Actions that do not fit move to the extension menu of the tool bar.
    auto *bar = new QToolBar(this);
    bar->setToolButtonStyle(Qt::ToolButtonTextOnly);
    const auto addButton = [&](QAction *action) {
        bar->addAction(action);
        QWidget *button = bar->widgetForAction(action);
        button->setObjectName(action->objectName() + "Button"_L1);
        button->setFocusPolicy(Qt::TabFocus);
    };
    for (auto which : {NodeControl::Action::Start, NodeControl::Action::Stop, NodeControl::Action::Kill,
                       NodeControl::Action::Freeze, NodeControl::Action::Thaw})
        addButton(m_controls.value(which));
    bar->addSeparator();
    for (QAction *action : {m_retry, m_faults, m_forget})
        addButton(action);
    column->addWidget(bar);

    m_table->setObjectName(u"nodesTable"_s);
    m_table->setModel(m_model);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_table, &QTableView::customContextMenuRequested, this, [this](const QPoint &at) {
        auto *menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        addActionsTo(menu);
        menu->popup(m_table->viewport()->mapToGlobal(at));
    });
    column->addWidget(m_table, 1);

    m_details->setObjectName(u"nodeDetails"_s);
    m_details->setMargin(8);
    m_details->setForegroundRole(QPalette::PlaceholderText);
    column->addWidget(m_details);
    setFocusProxy(m_table);

    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        updateActions();
        updateDetails();
    });
    connect(m_model, &QAbstractItemModel::modelAboutToBeReset, this, [this] { m_selected = selectedNode(); });
    connect(m_model, &QAbstractItemModel::modelReset, this, [this] { selectNode(m_selected); });
    connect(m_model, &QAbstractItemModel::rowsRemoved, this, &NodesView::shareRoom);
    connect(m_model, &QAbstractItemModel::modelReset, this, &NodesView::shareRoom);
    // Later the user chooses: a node that comes must not be the one that a key stops.
    connect(m_model, &QAbstractItemModel::rowsInserted, this,
            [this](const QModelIndex &, int first, int last) {
                shareRoom();
                if (m_model->rowCount() == last - first + 1)
                    m_table->selectRow(0);
            });
    const ClusterModel &cluster = session.model();
    connect(&cluster, &ClusterModel::nodeChanged, this, [this](const QString &name) {
        updateActions();
        if (name == selectedNode())
            updateDetails();
    });
    connect(&session, &ClusterSession::opened, this, &NodesView::handleOpened);
    connect(&session, &ClusterSession::closed, this, [this] {
        updateActions();
        updateDetails();
    });
    m_texts.add([this] { setTexts(); });
}

QAction *NodesView::makeAction(const QString &name, const QKeySequence &keys)
{
    auto *action = new QAction(this);
    action->setObjectName(name);
    action->setShortcut(keys);
    return action;
}

QAction *NodesView::makeControl(NodeControl::Action which, const QString &name, const QKeySequence &keys)
{
    QAction *action = makeAction(name, keys);
    m_controls.insert(which, action);
    connect(action, &QAction::triggered, this, [this, which] {
        NodeControl *control = m_session.control();
        if (control && !isBroughtToFront())
            control->perform(selectedNode(), which);
    });
    return action;
}

// What a key does to the selected node at once, it does only if the user sees which node that is. isVisible()
// does not tell: Qt calls a panel behind another tab visible.
bool NodesView::isBroughtToFront()
{
    if (!visibleRegion().isEmpty())
        return false;
    for (QWidget *around = parentWidget(); around; around = around->parentWidget()) {
        if (auto *dock = qobject_cast<QDockWidget *>(around)) {
            dock->show();
            dock->raise();
        }
    }
    m_table->scrollTo(m_table->currentIndex());
    m_table->setFocus(Qt::ShortcutFocusReason);
    return true;
}

void NodesView::makeActions()
{
    using Action = NodeControl::Action;
    makeControl(Action::Start, u"start"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_S);
    makeControl(Action::Stop, u"stop"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_T);
    makeControl(Action::Kill, u"kill"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_K);
    makeControl(Action::Freeze, u"freeze"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_Z);
    makeControl(Action::Thaw, u"thaw"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_W);
    m_retry = makeAction(u"retryNow"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_R);
    connect(m_retry, &QAction::triggered, this, &NodesView::retryNow);
    m_faults = makeAction(u"faults"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_F);
    connect(m_faults, &QAction::triggered, this, &NodesView::showFaults);
    m_forget = makeAction(u"forget"_s, {});
    connect(m_forget, &QAction::triggered, this, &NodesView::forget);
}

void NodesView::setTexts()
{
    using Action = NodeControl::Action;
    const auto set = [this](QAction *action, const QString &text, const QString &tip) {
        action->setText(text);
        m_tips.insert(action, tip);
    };
    set(m_controls.value(Action::Start), tr("&Start"), tr("Start the node's process"));
    set(m_controls.value(Action::Stop), tr("S&top"),
        tr("Ask the process to end (SIGTERM): it answers its waiters and syncs"));
    set(m_controls.value(Action::Kill), tr("&Kill"),
        tr("End the process at once (SIGKILL), as a crash would"));
    set(m_controls.value(Action::Freeze), tr("Free&ze"),
        tr("Halt the process (SIGSTOP): it holds its connections but does nothing"));
    set(m_controls.value(Action::Thaw), tr("Tha&w"), tr("Let a frozen process go on (SIGCONT)"));
    set(m_retry, tr("&Retry Now"), tr("Let the master try this node at once"));
    set(m_faults, tr("&Faults…"), tr("Delay, fail or drop the master's deliveries to this node"));
    set(m_forget, tr("For&get…"), tr("Take the node out of the master's members"));
    m_table->setAccessibleName(tr("Nodes"));
    m_details->setAccessibleName(tr("Details of the node"));
    updateActions();
    updateDetails();
}

void NodesView::addActionsTo(QMenu *menu)
{
    menu->setToolTipsVisible(true);
    for (auto which : {NodeControl::Action::Start, NodeControl::Action::Stop, NodeControl::Action::Kill,
                       NodeControl::Action::Freeze, NodeControl::Action::Thaw})
        menu->addAction(m_controls.value(which));
    menu->addSeparator();
    menu->addActions({m_retry, m_faults, m_forget});
}

QString NodesView::selectedNode() const
{
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    return rows.isEmpty() ? QString() : m_model->nameAt(rows.first().row());
}

void NodesView::selectNode(const QString &name)
{
    const int row = m_model->rowOf(name);
    if (row >= 0)
        m_table->selectRow(row);
}

void NodesView::handleOpened()
{
    if (const NodeControl *control = m_session.control())
        connect(control, &NodeControl::processStateChanged, this, &NodesView::updateActions);
    updateActions();
}

void NodesView::setPossible(QAction *action, const QString &whyNot)
{
    action->setEnabled(whyNot.isEmpty());
    action->setToolTip(PlainText::tip(whyNot.isEmpty() ? m_tips.value(action) : whyNot));
    action->setStatusTip(action->toolTip());
}

void NodesView::updateActions()
{
    const QString name = selectedNode();
    const NodeInfo *node = m_session.model().node(name);
    const NodeControl *control = m_session.control();
    for (auto it = m_controls.cbegin(); it != m_controls.cend(); ++it) {
        if (!node)
            setPossible(it.value(), tr("Select a node first."));
        else if (!control)
            setPossible(
                it.value(),
                tr("Nothing here can start or stop this node: the dashboard is only connected to it."));
        else if (control->can(name, it.key()))
            setPossible(it.value(), {});
        else
            setPossible(it.value(), control->whyNot(name, it.key()));
    }
    const NodeInfo *master = m_session.model().master();
    const bool masterHeard = master && master->contact == Contact::Connected;
    const auto atMaster = [&] {
        if (!node)
            return tr("Select a node first.");
        if (node->role == NodeRole::Master)
            return tr("The master does not replicate to itself.");
        if (!masterHeard)
            return tr("The master cannot be reached.");
        if (!node->known)
            return tr("The master does not have this node among its members.");
        return QString();
    };
    setPossible(m_retry, atMaster());
    setPossible(m_forget, atMaster());
    if (!node)
        setPossible(m_faults, tr("Select a node first."));
    else if (node->role == NodeRole::Master)
        setPossible(m_faults, tr("Only secondaries play faults."));
    else if (!node->stranger.isEmpty())
        setPossible(m_faults, node->stranger);
    else if (node->contact != Contact::Connected)
        setPossible(m_faults, tr("The node cannot be reached."));
    else
        setPossible(m_faults, {});
}

void NodesView::updateDetails()
{
    const NodeInfo *node = m_session.model().node(selectedNode());
    if (!node) {
        m_details->setText(m_session.isOpen() ? tr("Select a node to see more of it.") : QString());
        return;
    }
    QStringList lines;
    lines.append(
        tr("%1 at %2: %3").arg(node->name, node->url.toString(), ClusterText::stateExplained(*node)));
    lines += ClusterText::details(*node);
    const QString since = ClusterText::since(*node, m_session.model().nowMs());
    if (!since.isEmpty())
        lines.append(tr("Nothing is heard from it since %1; its figures are those of that time.").arg(since));
    // The master may hear a node that this window does not.
    if (node->isUp() && !node->isHeard() && !node->contactError.isEmpty())
        lines.append(tr("This window does not hear it: %1").arg(node->contactError));
    if (!node->lastError.isEmpty())
        lines.append(ClusterText::lastError(*node));
    m_details->setText(lines.join(u'\n'));
}

void NodesView::retryNow()
{
    if (isBroughtToFront())
        return;
    const QString name = selectedNode();
    m_session.retryNow(name, this, [this, name](const CallResult &result) {
        emit notice(u"retry"_s,
                    result.ok() ? QString() : tr("%1 is not tried again: %2").arg(name, result.error), true);
    });
}

void NodesView::setDetailsShown(bool shown)
{
    m_details->setVisible(shown);
}

void NodesView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    shareRoom();
}

void NodesView::shareRoom()
{
    const int rows = m_model->rowCount() * m_table->verticalHeader()->defaultSectionSize();
    const int table = m_table->y() + m_table->horizontalHeader()->height() +
                      m_table->horizontalScrollBar()->sizeHint().height() + rows;
    const int margins = 2 * int(m_details->document()->documentMargin());
    m_details->setMostLines(
        std::max(FewestDetailLines, (height() - table - margins) / fontMetrics().lineSpacing()));
}

void NodesView::showFaults()
{
    auto *dialog = new FaultsDialog(m_session, selectedNode(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void NodesView::forget()
{
    const QString name = selectedNode();
    auto *question = new PlainMessageBox(
        QMessageBox::Question, tr("Forget %1?").arg(name), tr("Forget %1?").arg(name),
        tr("The master takes it out of its members and sends it nothing more. Messages that wait "
           "for it go on waiting. It comes back when it registers again."),
        QMessageBox::Cancel, this);
    question->setObjectName(u"forgetQuestion"_s);
    const QAbstractButton *yes = question->addButton(tr("&Forget"), QMessageBox::AcceptRole);
    question->setDefaultButton(QMessageBox::Cancel);
    connect(question, &QMessageBox::buttonClicked, this, [this, name, yes](QAbstractButton *button) {
        if (button != yes)
            return;
        m_session.forget(name, this, [this, name](const CallResult &result) {
            emit notice(u"forget"_s,
                        result.ok() ? QString() : tr("%1 is not forgotten: %2").arg(name, result.error),
                        true);
        });
    });
    question->open();
}

} // namespace replog
