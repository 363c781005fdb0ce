// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/append/appendpanel.h"

#include "gui/append/requestsmodel.h"
#include "gui/cluster/clustertext.h"
#include "gui/theme/theme.h"
#include "gui/widgets/plainlabel.h"
#include "gui/widgets/rowtable.h"
#include "gui/widgets/wrappedtext.h"

#include <QAction>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int SmallestChoice = 3; // w=3 can be chosen with two nodes, to see a message wait for a third

} // namespace

AppendPanel::AppendPanel(ClusterSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_requests(new RequestsModel(session, this)), m_texts(this)
{
    setObjectName(u"appendPanel"_s);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    m_append = new QAction(this);
    m_append->setObjectName(u"append"_s);
    m_append->setShortcut(Qt::CTRL | Qt::Key_Return);
    connect(m_append, &QAction::triggered, this, &AppendPanel::append);
    m_focus = new QAction(this);
    m_focus->setObjectName(u"newMessage"_s);
    m_focus->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_M));
    makeForm();
    makeList();
    setFocusProxy(m_message);

    const ClusterModel &cluster = session.model();
    for (auto changed : {&ClusterModel::nodeAdded, &ClusterModel::nodeRemoved, &ClusterModel::nodeRegistered,
                         &ClusterModel::nodeChanged}) {
        connect(&cluster, changed, this, &AppendPanel::updateState);
    }
    connect(&cluster, &ClusterModel::nodeAdded, this, &AppendPanel::updateConcerns);
    connect(&cluster, &ClusterModel::nodeRemoved, this, &AppendPanel::updateConcerns);
    connect(&cluster, &ClusterModel::cleared, this, &AppendPanel::updateConcerns);
    connect(&cluster, &ClusterModel::cleared, this, &AppendPanel::updateState);
    connect(m_requests, &QAbstractItemModel::dataChanged, this, &AppendPanel::updateState);
    connect(m_requests, &QAbstractItemModel::rowsInserted, this, &AppendPanel::updateState);
    connect(m_requests, &QAbstractItemModel::rowsRemoved, this, &AppendPanel::updateState);
    connect(m_requests, &QAbstractItemModel::modelReset, this, &AppendPanel::updateState);
    m_texts.add([this] { setTexts(); });
}

void AppendPanel::makeForm()
{
    auto *form = new QWidget(this);
    auto *grid = new QGridLayout(form);
    grid->setContentsMargins(10, 10, 10, 8);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(6);

    m_message = new QLineEdit(form);
    m_message->setObjectName(u"message"_s);
    m_message->setMaxLength(MostCharacters);
    connect(m_message, &QLineEdit::inputRejected, this, [this] {
        m_isCut = true;
        updateState();
    });
    connect(m_message, &QLineEdit::textChanged, this, [this](const QString &text) {
        if (!m_isCut || text.size() == MostCharacters)
            return;
        m_isCut = false;
        updateState();
    });
    connect(m_message, &QLineEdit::returnPressed, m_append, &QAction::trigger);
    m_concern = new QComboBox(form);
    m_concern->setObjectName(u"concern"_s);
    m_timeout = new QDoubleSpinBox(form);
    m_timeout->setObjectName(u"timeout"_s);
    m_timeout->setRange(0, 86'400);
    m_timeout->setDecimals(1);
    m_count = new QSpinBox(form);
    m_count->setObjectName(u"count"_s);
    m_count->setRange(1, MaxCount);
    m_send = new QPushButton(form);
    m_send->setObjectName(u"send"_s);
    connect(m_send, &QPushButton::clicked, m_append, &QAction::trigger);
    connect(m_focus, &QAction::triggered, m_message, [this] {
        emit focusRequested();
        m_message->setFocus(Qt::ShortcutFocusReason);
        m_message->selectAll();
    });

    const auto label = [this, form](QWidget *buddy, const std::function<QString()> &text) {
        auto *made = new PlainLabel(form);
        made->setBuddy(buddy);
        m_texts.add([made, buddy, text] {
            QString name = text();
            made->setText(name);
            buddy->setAccessibleName(name.remove(u'&').remove(u':'));
        });
        return made;
    };
    grid->addWidget(label(m_message, [] { return tr("Me&ssage:"); }), 0, 0);
    grid->addWidget(m_message, 0, 1, 1, 3);
    grid->addWidget(label(m_concern, [] { return tr("Nodes (w):"); }), 1, 0);
    grid->addWidget(m_concern, 1, 1);
    grid->addWidget(label(m_timeout, [] { return tr("T&imeout:"); }), 1, 2);
    grid->addWidget(m_timeout, 1, 3);
    grid->addWidget(label(m_count, [] { return tr("How man&y:"); }), 2, 0);
    grid->addWidget(m_count, 2, 1);
    grid->addWidget(m_send, 2, 2, 1, 2);
    grid->setColumnStretch(1, 1);
    grid->setColumnStretch(3, 1);
    m_hint = new WrappedText(form);
    m_hint->setObjectName(u"appendHint"_s);
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    grid->addWidget(m_hint, 3, 0, 1, 4);
    layout()->addWidget(form);
}

void AppendPanel::makeList()
{
    m_list = new RowTable(9, this);
    m_list->setObjectName(u"requestsTable"_s);
    m_list->setModel(m_requests);
    QHeaderView *header = m_list->horizontalHeader();
    const int character = fontMetrics().horizontalAdvance(u'0');
    header->resizeSection(RequestsModel::StateColumn, character * 17 + 40);
    header->resizeSection(RequestsModel::IdColumn, character * 5 + 18);
    header->resizeSection(RequestsModel::ConcernColumn, character * 6 + 18);
    header->setSectionResizeMode(RequestsModel::MessageColumn, QHeaderView::Stretch);
    layout()->addWidget(m_list);
    static_cast<QVBoxLayout *>(layout())->setStretchFactor(m_list, 1);

    m_stopWaiting = new QAction(this);
    m_stopWaiting->setObjectName(u"stopWaiting"_s);
    connect(m_stopWaiting, &QAction::triggered, this, [this] {
        QList<quint64> tickets;
        const QModelIndexList rows = m_list->selectionModel()->selectedRows();
        for (const QModelIndex &row : rows)
            tickets.append(m_requests->ticketAt(row.row()));
        for (quint64 ticket : std::as_const(tickets))
            m_session.cancelAppend(ticket);
    });
    m_clear = new QAction(this);
    m_clear->setObjectName(u"clearFinished"_s);
    connect(m_clear, &QAction::triggered, m_requests, &RequestsModel::removeFinished);
    connect(m_list, &QTableView::activated, this, [this](const QModelIndex &index) {
        const quint64 id = m_requests->index(index.row(), RequestsModel::IdColumn).data().toULongLong();
        if (id > 0)
            emit shown(id);
    });
    connect(m_list->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &AppendPanel::updateState);
    m_list->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_list->addActions({m_stopWaiting, m_clear});

    auto *bar = new QWidget(this);
    auto *line = new QHBoxLayout(bar);
    line->setContentsMargins(8, 5, 8, 5);
    line->setSpacing(6);
    m_summary = new PlainLabel(bar);
    m_summary->setForegroundRole(QPalette::PlaceholderText);
    m_summary->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // never pushes buttons aside
    line->addWidget(m_summary, 1);
    for (QAction *action : {m_stopWaiting, m_clear}) {
        auto *button = new QToolButton(bar);
        button->setObjectName(action->objectName() + "Button"_L1);
        button->setDefaultAction(action);
        button->setFocusPolicy(Qt::TabFocus);
        line->addWidget(button);
    }
    layout()->addWidget(bar);
}

void AppendPanel::setTexts()
{
    m_append->setText(tr("&Append"));
    m_focus->setText(tr("&New Message"));
    m_stopWaiting->setText(tr("Stop &Waiting"));
    m_stopWaiting->setToolTip(
        tr("Hang up the selected requests; their messages may be in the log all the same"));
    m_clear->setText(tr("Clear F&inished"));
    m_message->setPlaceholderText(tr("Text, may be empty"));
    m_concern->setToolTip(
        tr("How many nodes must hold the message before it is answered, the master included"));
    m_timeout->setSuffix(tr(" s"));
    m_timeout->setSpecialValueText(tr("none"));
    m_timeout->setToolTip(tr("How long to wait for the answer; the message stays in the log all the same"));
    m_count->setToolTip(tr("How many requests to send, each with the text and a number"));
    m_send->setText(tr("&Append"));
    m_send->setToolTip(
        tr("Send it to the master (%1)").arg(m_append->shortcut().toString(QKeySequence::NativeText)));
    m_list->setAccessibleName(tr("Appends sent from here"));
    m_list->setEmptyText(tr("Requests show here, newest first."));
    updateConcerns();
    updateState();
}

void AppendPanel::addActionsTo(QMenu *menu)
{
    menu->addActions({m_focus, m_append, m_stopWaiting, m_clear});
}

QString AppendPanel::chosenConcern() const
{
    return m_concern->currentData().toString();
}

void AppendPanel::append()
{
    if (!m_append->isEnabled())
        return;
    // Do not send a message that the user cannot see. isVisible() does not tell: Qt calls a panel behind
    // another tab visible and places it outside the window.
    if (m_message->visibleRegion().isEmpty()) {
        m_focus->trigger();
        return;
    }
    const int count = m_count->value();
    const int timeoutMs = int(m_timeout->value() * 1000);
    const QString text = m_message->text();
    // One lane for all of them keeps their numbers in order in the log.
    const quint64 lane = count == 1 ? 0 : m_session.nextLane();
    for (int i = 1; i <= count; ++i) {
        ClientAppend append;
        append.message = (count == 1 ? text : u"%1 #%2"_s.arg(text, QString::number(i))).toUtf8();
        append.w = chosenConcern();
        append.timeoutMs = timeoutMs;
        m_session.append(append, lane);
    }
    m_message->selectAll();
    m_list->scrollToTop();
}

void AppendPanel::updateConcerns()
{
    const QString chosen = chosenConcern();
    const int most = std::max(SmallestChoice, int(m_session.model().nodes().size()));
    if (m_concern->count() != most + 2) {
        m_concern->clear();
        for (int w = 1; w <= most; ++w)
            m_concern->addItem(QString(), QString::number(w));
        m_concern->addItem(QString(), u"majority"_s);
        m_concern->addItem(QString(), u"all"_s);
        m_concern->setCurrentIndex(std::max(0, m_concern->findData(chosen)));
    }
    for (int i = 0; i < m_concern->count(); ++i)
        m_concern->setItemText(i, ClusterText::concern(m_concern->itemData(i).toString()));
}

void AppendPanel::updateState()
{
    const NodeInfo *master = m_session.model().master();
    QString whyNot;
    const auto modeText = [](const NodeInfo &node) {
        return tr("The master is %1. %2")
            .arg(ClusterText::state(node.state()), ClusterText::stateExplained(node));
    };
    if (!m_session.isOpen())
        whyNot = tr("No cluster yet.");
    else if (!master)
        whyNot = tr("No master is known yet.");
    else if (!master->stranger.isEmpty())
        whyNot = master->stranger;
    else if (master->isHeard() && (master->mode == NodeMode::Failed || master->mode == NodeMode::Fenced))
        whyNot = modeText(*master);
    m_append->setEnabled(whyNot.isEmpty());
    m_send->setEnabled(whyNot.isEmpty());
    const bool mayAppend = master && whyNot.isEmpty();
    if (mayAppend && master->mode == NodeMode::ReadOnly)
        whyNot = modeText(*master);
    else if (mayAppend && !master->isHeard())
        whyNot = tr("The master does not answer now; what is sent fails, or waits for it.");
    if (m_isCut)
        whyNot =
            tr("Not all of it fits: the message ends after %L1 characters. replogctl appends longer ones.")
                .arg(int(MostCharacters));
    m_hint->setText(whyNot);
    m_hint->setVisible(!whyNot.isEmpty());

    const int all = m_requests->rowCount();
    const int waiting = m_requests->waiting();
    m_summary->setText(all == 0 ? QString() : tr("%1 sent, %2 waiting").arg(all).arg(waiting));
    bool anyOpen = false;
    const QItemSelection selection = m_list->selectionModel()->selection();
    for (const QItemSelectionRange &range : selection) {
        for (int row = range.top(); row <= range.bottom() && !anyOpen; ++row)
            anyOpen = !m_requests->isFinished(row);
    }
    m_stopWaiting->setEnabled(anyOpen);
    m_clear->setEnabled(all > waiting);
}

} // namespace replog
