// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/waits/waitsview.h"

#include "gui/cluster/clustersession.h"
#include "gui/cluster/clustertext.h"
#include "gui/waits/acksdelegate.h"
#include "gui/waits/waitsmodel.h"
#include "gui/widgets/elidedlabel.h"
#include "gui/widgets/emptystate.h"
#include "gui/widgets/plainmessagebox.h"
#include "gui/widgets/rowtable.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int MeasuredRows = 20; // whose names decide how wide their column is
constexpr int FitMs = 50;        // waits change often, so widths are fitted at intervals
constexpr int LeastMissing = 60;
constexpr int FewestCharacters = 7; // of a message

// Names of nodes usually differ at their ends; other words end where there is no room.
class NamesDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        option->textElideMode = index.data(WaitsModel::NamesRole).toBool() ? Qt::ElideLeft : Qt::ElideRight;
    }
};

} // namespace

WaitsView::WaitsView(ClusterSession &session, MessagePages &pages, QWidget *parent)
    : QWidget(parent), m_session(session), m_model(new WaitsModel(session.model(), pages, this)),
      m_table(new RowTable(11, this)), m_empty(new EmptyState(this)), m_stack(new QStackedWidget(this)),
      m_more(new ElidedLabel(this)), m_release(new QAction(this)), m_show(new QAction(this)), m_texts(this)
{
    setObjectName(u"waitsView"_s);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(m_stack, 1);
    m_stack->addWidget(m_empty);
    auto *content = new QWidget(m_stack);
    m_stack->addWidget(content);
    auto *rows = new QVBoxLayout(content);
    rows->setContentsMargins({});
    rows->setSpacing(0);
    rows->addWidget(m_table, 1);

    m_table->setObjectName(u"waitsTable"_s);
    m_table->setModel(m_model);
    m_table->setItemDelegateForColumn(WaitsModel::AcksColumn, new AcksDelegate(this));
    m_table->setItemDelegateForColumn(WaitsModel::MissingColumn, new NamesDelegate(this));
    QHeaderView *header = m_table->horizontalHeader();
    header->setSectionResizeMode(WaitsModel::MessageColumn, QHeaderView::Stretch);
    header->setMinimumSectionSize(30);
    m_table->viewport()->installEventFilter(this);

    auto *bar = new QWidget(content);
    auto *line = new QHBoxLayout(bar);
    line->setContentsMargins(8, 5, 8, 5);
    line->setSpacing(6);
    m_more->setForegroundRole(QPalette::PlaceholderText);
    line->addWidget(m_more, 1);
    for (QAction *action : {m_show, m_release}) {
        auto *button = new QToolButton(bar);
        button->setObjectName(action == m_release ? u"releaseButton"_s : u"showButton"_s);
        button->setDefaultAction(action);
        button->setFocusPolicy(Qt::TabFocus);
        line->addWidget(button);
    }
    rows->addWidget(bar);
    setFocusProxy(m_table);

    m_release->setObjectName(u"release"_s);
    m_release->setShortcut(Qt::CTRL | Qt::SHIFT | Qt::Key_L);
    connect(m_release, &QAction::triggered, this, &WaitsView::release);
    m_show->setObjectName(u"showWait"_s);
    connect(m_show, &QAction::triggered, this, [this] {
        const QList<quint64> ids = selectedIds();
        if (!ids.isEmpty())
            emit shown(ids.first());
    });
    connect(m_table, &QTableView::activated, m_show, &QAction::trigger);
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_table->addActions({m_show, m_release});

    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &WaitsView::update);
    connect(m_model, &QAbstractItemModel::rowsInserted, this, &WaitsView::update);
    m_fit.setSingleShot(true);
    m_fit.setInterval(FitMs);
    connect(&m_fit, &QTimer::timeout, this, &WaitsView::fitColumns);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &WaitsView::fitSoon);
    connect(m_model, &QAbstractItemModel::rowsRemoved, this, &WaitsView::update);
    connect(m_model, &QAbstractItemModel::modelReset, this, &WaitsView::update);
    connect(&session.model(), &ClusterModel::connectionRestored, this, &WaitsView::update);
    connect(&session.model(), &ClusterModel::connectionLost, this, &WaitsView::update);
    connect(&session.model(), &ClusterModel::waitsTotalChanged, this, &WaitsView::update);
    connect(&session.model(), &ClusterModel::nodeToldChanged, this, &WaitsView::update);
    connect(&session.model(), &ClusterModel::epochChanged, this, &WaitsView::update); // of another master
    connect(&session, &ClusterSession::opened, this, &WaitsView::update);
    connect(&session, &ClusterSession::closed, this, &WaitsView::update);
    m_texts.add([this] { setTexts(); });
}

void WaitsView::setTexts()
{
    m_release->setText(tr("&Release…"));
    m_release->setToolTip(tr("Give up the wait: its clients are told that it was not satisfied"));
    m_show->setText(tr("Show in the &Log"));
    m_table->setAccessibleName(tr("Pending concern waits"));
    fitColumns();
    update();
}

void WaitsView::fitColumns()
{
    const QFontMetrics metrics = fontMetrics();
    const auto wide = [&](const QString &text) { return metrics.horizontalAdvance(text) + 15; };
    const auto widthOf = [&](int section, const QString &widest) {
        return std::max(wide(widest),
                        wide(m_model->headerData(section, Qt::Horizontal, Qt::DisplayRole).toString()));
    };
    const int id =
        widthOf(WaitsModel::IdColumn, QString::number(std::max<quint64>(1000, m_session.model().lastId())));
    const int clients = widthOf(WaitsModel::ClientsColumn, u"999"_s);
    quint32 mostAcks = 0;
    qint64 oldest = m_session.model().nowMs();
    for (const WaitInfo &wait : m_session.model().waits()) {
        mostAcks = std::max(mostAcks, wait.w);
        oldest = std::min(oldest, wait.sinceMs);
    }
    // The widest time of those below a minute, and of those with minutes and seconds.
    const bool isLong = m_session.model().nowMs() - oldest >= 60'000;
    const int waited =
        widthOf(WaitsModel::WaitedColumn, ClusterText::elapsed(isLong ? 59 * 60'000 + 59'000 : 59'900));
    const QString counts = WaitsModel::tr("%1 of %2").arg(mostAcks).arg(mostAcks);
    int acks = widthOf(WaitsModel::AcksColumn, counts + u"00000"_s); // with room for the bar
    int message = widthOf(WaitsModel::MessageColumn, {});
    int widest = LeastMissing;
    for (int row = 0; row < std::min(m_model->rowCount(), MeasuredRows); ++row)
        widest = std::max(widest, wide(m_model->index(row, WaitsModel::MissingColumn).data().toString()));
    const int missing = std::min(widest, std::max(LeastMissing, wide(u"secondary-10, secondary-11"_s)));

    // The other columns share the rest. Who is missing comes first: the log shows the text of a message, too.
    // If there is no room for that, the number of clients goes, then the bar, then more of the message.
    const int all = m_table->viewport()->width();
    const bool hasClients = all - id - acks - waited - clients - message >= missing;
    int room = all - id - waited - (hasClients ? clients : 0);
    if (room - acks - message < missing)
        acks = widthOf(WaitsModel::AcksColumn, counts);
    room -= acks;
    if (room - message < missing)
        message = std::min(message, metrics.averageCharWidth() * FewestCharacters);
    m_table->setColumnHidden(WaitsModel::ClientsColumn, !hasClients);
    m_table->setColumnWidth(WaitsModel::IdColumn, id);
    m_table->setColumnWidth(WaitsModel::AcksColumn, acks);
    m_table->setColumnWidth(WaitsModel::WaitedColumn, waited);
    if (hasClients)
        m_table->setColumnWidth(WaitsModel::ClientsColumn, clients);
    m_table->setColumnWidth(WaitsModel::MissingColumn, std::clamp(room - message, LeastMissing, missing));
}

void WaitsView::fitSoon()
{
    if (!m_fit.isActive())
        m_fit.start();
}

bool WaitsView::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize)
        fitColumns();
    return QWidget::eventFilter(watched, event);
}

void WaitsView::addActionsTo(QMenu *menu)
{
    menu->addAction(m_release);
}

QList<quint64> WaitsView::selectedIds() const
{
    QList<quint64> ids;
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    for (const QModelIndex &row : rows)
        ids.append(m_model->idAt(row.row()));
    return ids;
}

void WaitsView::update()
{
    const int count = m_model->rowCount();
    fitSoon();
    m_stack->setCurrentIndex(count > 0 ? 1 : 0);
    const bool any = !m_table->selectionModel()->selectedRows().isEmpty();
    m_release->setEnabled(any);
    m_show->setEnabled(any);
    const quint64 total = m_session.model().waitsTotal();
    const NodeInfo *master = m_session.model().master();
    const bool current = m_session.model().areWaitsCurrent();
    const QString since = master ? ClusterText::since(*master, m_session.model().nowMs()) : QString();
    if (m_session.isOpen() && !(master && master->told))
        m_empty->setText(tr("Not known"), tr("The master, which knows who waits, has not been heard yet."));
    else if (m_session.isOpen() && !current)
        m_empty->setText(
            tr("Not known"),
            tr("The master, which knows who waits, is silent. Nobody waited as of %1.").arg(since));
    else
        m_empty->setText(tr("Nobody waits"),
                         tr("A message that asks for more nodes than hold it shows here until they do."));
    if (count > 0 && !current)
        m_more->setText(tr("As of %1: the master is silent").arg(since));
    else
        m_more->setText(total > quint64(count) ? tr("The first %1 of %2 waits").arg(count).arg(total)
                                               : QString());
}

void WaitsView::release()
{
    const QList<quint64> ids = selectedIds();
    if (ids.isEmpty())
        return;
    const WaitInfo *wait = m_session.model().wait(ids.first());
    const QString what = ids.size() == 1 ? tr("Release the wait for message %1?").arg(ids.first())
                                         : tr("Release %n wait(s)?", nullptr, int(ids.size()));
    QString more =
        tr("This breaks a promise: its clients asked for more nodes than hold the message now. They are told "
           "that it was given up. The message stays in the log.");
    if (ids.size() == 1 && wait) {
        more = tr("Held by %1 of %2 nodes; missing: %3.")
                   .arg(wait->acks)
                   .arg(wait->w)
                   .arg(ClusterText::waitsFor(*wait)) +
               u"\n\n"_s + more;
    }
    auto *question =
        new PlainMessageBox(QMessageBox::Warning, tr("Release"), what, more, QMessageBox::Cancel, this);
    question->setObjectName(u"releaseQuestion"_s);
    QAbstractButton *yes = question->addButton(tr("&Release"), QMessageBox::DestructiveRole);
    yes->setObjectName(u"confirmRelease"_s);
    question->setDefaultButton(QMessageBox::Cancel);
    question->setEscapeButton(QMessageBox::Cancel);
    connect(question, &QMessageBox::buttonClicked, this, [this, ids, yes](QAbstractButton *button) {
        if (button == yes)
            releaseNow(ids);
    });
    question->open();
}

void WaitsView::releaseNow(const QList<quint64> &ids)
{
    emit notice(u"release"_s, {}, false);
    for (quint64 id : ids) {
        m_session.releaseWait(id, this, [this, id](const CallResult &result) {
            if (!result.ok())
                emit notice(u"release"_s,
                            tr("The wait for message %1 is not released: %2").arg(id).arg(result.error),
                            true);
        });
    }
}

} // namespace replog
