// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/matrix/logview.h"

#include "gui/cluster/clustertext.h"
#include "gui/matrix/columnmenu.h"
#include "gui/matrix/logfooter.h"
#include "gui/matrix/logmodel.h"
#include "gui/matrix/logtable.h"
#include "gui/widgets/elidedlabel.h"
#include "gui/widgets/plaintext.h"

#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int WaitsComeMs = 300;
constexpr int WaitsGoMs = 5000;
constexpr int FilterDelayMs = 250;     // after the last key press
constexpr quint64 CopyLimit = 100'000; // most rows that are copied to the clipboard

MessagePages::Fetch fetchFrom(ClusterSession &session)
{
    return [&session](quint64 from, int limit, QObject *context, MessagePages::Fetched done) {
        session.fetchMessages(from, limit, context, std::move(done));
    };
}

} // namespace

LogView::LogView(ClusterSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_pages(fetchFrom(session)), m_filter(fetchFrom(session)),
      m_copyReader(fetchFrom(session)), m_model(new LogModel(session.model(), m_pages, this)),
      m_table(new LogTable(this)), m_texts(this)
{
    setObjectName(u"logView"_s);
    makeActions();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(makeTools());
    m_table->setObjectName(u"logTable"_s);
    m_table->setModel(m_model);
    m_columns = new ColumnMenu(*m_table, this);
    column->addWidget(m_table, 1);
    auto *const footer = new LogFooter(this);
    m_status = footer->status();
    column->addWidget(footer);
    setFocusProxy(m_table);

    connect(m_table, &LogTable::followingChanged, m_followAction, &QAction::setChecked);
    connect(m_table, &LogTable::copyRequested, this, &LogView::copySelected);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex &current) {
                if (current.isValid())
                    emit currentChanged(m_model->idAt(current.row()));
            });
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_table->addAction(m_copyAction);
    m_table->addActions(m_export->actions());

    m_filterDelay.setSingleShot(true);
    m_filterDelay.setInterval(FilterDelayMs);
    connect(&m_filterDelay, &QTimer::timeout, this, &LogView::handleFilterEdited);
    connect(&m_filter, &LogFilter::matched, this, [this](const QList<quint64> &ids) {
        m_hits += ids;
        if (m_onlyHits->isChecked())
            m_model->addIds(ids);
        updateStatus();
    });
    connect(&m_filter, &LogFilter::rematched, this, [this](const QList<quint64> &ids) {
        m_hits = ids;
        if (m_model->isFiltered())
            m_model->changeIds(ids);
        updateStatus();
    });
    connect(&m_filter, &LogFilter::progressed, this, [this] {
        m_filterProblem.clear();
        updateStatus();
    });
    connect(&m_filter, &LogFilter::failed, this, [this](const QString &error) {
        m_filterProblem = error;
        updateStatus();
    });
    connect(&m_pages, &MessagePages::failed, this, [this](const QString &error) {
        // Without a reader the failure is expected, and other notices tell of it.
        if (!m_session.model().reader().isEmpty())
            emit notice(u"pages"_s, tr("Messages cannot be read: %1").arg(error), true);
    });
    connect(&m_pages, &MessagePages::ready, this, [this] { emit notice(u"pages"_s, {}, false); });

    connect(&m_copyReader, &MessageReader::batch, this, [this](const QList<LogMessage> &messages) {
        for (const LogMessage &message : messages)
            m_copied += QString::number(message.id) + u'\t' + message.portable() + u'\n';
    });
    connect(&m_copyReader, &MessageReader::finished, this, [this] {
        QApplication::clipboard()->setText(m_copied);
        m_copied.clear();
    });
    connect(&m_copyReader, &MessageReader::failed, this,
            [this](const QString &error) { emit notice(u"copy"_s, tr("Not copied: %1").arg(error), true); });

    const ClusterModel &cluster = session.model();
    connect(&cluster, &ClusterModel::messagesAppended, this, [this](quint64, quint64 last) {
        m_filter.setLastId(last);
        updateStatus();
    });
    connect(&cluster, &ClusterModel::logReset, this, [this](quint64 last) {
        m_filter.setLastId(last);
        handleOtherTexts();
    });
    // A new master may hold other entries than the old one beyond committed_id.
    connect(&cluster, &ClusterModel::epochChanged, this, &LogView::handleOtherTexts);
    connect(&cluster, &ClusterModel::firstIdChanged, this, &LogView::handleFirstId);
    connect(&cluster, &ClusterModel::cleared, this, [this] {
        m_filter.setFirstId(1);
        m_filter.setLastId(0);
        m_filter.setWaits({});
        m_filterEdit->clear();
        m_goToEdit->clear();
        setFilter({});
        updateStatus();
    });
    m_waitsChanged.setSingleShot(true);
    connect(&m_waitsChanged, &QTimer::timeout, this, [this] {
        m_filter.setWaits(m_session.model().waits());
        updateStatus();
    });
    for (auto changed : {&ClusterModel::waitOpened, &ClusterModel::waitChanged})
        connect(&cluster, changed, &m_waitsChanged, [this] { m_waitsChanged.start(0); });
    connect(&cluster, &ClusterModel::waitClosed, &m_waitsChanged, [this] { m_waitsChanged.start(0); });
    connect(&cluster, &ClusterModel::committedChanged, this, &LogView::updateStatus);
    connect(&cluster, &ClusterModel::waitsTotalChanged, this, &LogView::updateStatus);
    connect(&cluster, &ClusterModel::readerChanged, this, &LogView::updateStatus);
    connect(&cluster, &ClusterModel::nodeToldChanged, this, &LogView::updateStatus);
    connect(&cluster, &ClusterModel::connectionLost, this, &LogView::updateStatus);
    connect(&cluster, &ClusterModel::connectionRestored, this, &LogView::updateStatus);
    // Under load there are always short waits. Show the column for a wait that lasts, and hide it when there
    // has been none for a while.
    m_waitsDelay.setInterval(WaitsComeMs);
    connect(&m_waitsDelay, &QTimer::timeout, this, &LogView::updateWaitsColumn);
    connect(&cluster, &ClusterModel::waitsTotalChanged, this, [this] {
        if (!m_waitsDelay.isActive())
            m_waitsDelay.start();
    });
    connect(&cluster, &ClusterModel::nodeStateChanged, this, &LogView::updateEmptyText);
    connect(&cluster, &ClusterModel::connectionLost, this, [this] { emit notice(u"pages"_s, {}, false); });
    m_filter.setFirstId(cluster.firstId());
    m_filter.setLastId(cluster.lastId());
    m_filter.setWaits(cluster.waits());
    m_texts.add([this] { setTexts(); });
}

void LogView::makeActions()
{
    const auto make = [this](const QString &name, const QKeySequence &keys) {
        auto *action = new QAction(this);
        action->setObjectName(name);
        action->setShortcut(keys);
        return action;
    };
    m_filterAction = make(u"filterAction"_s, QKeySequence::Find);
    connect(m_filterAction, &QAction::triggered, this, [this] {
        m_filterEdit->setFocus(Qt::ShortcutFocusReason);
        m_filterEdit->selectAll();
    });
    m_goToAction = make(u"goToAction"_s, QKeySequence(Qt::CTRL | Qt::Key_G));
    connect(m_goToAction, &QAction::triggered, this, [this] {
        m_goToEdit->setFocus(Qt::ShortcutFocusReason);
        m_goToEdit->selectAll();
    });
    m_followAction = make(u"followAction"_s, QKeySequence(Qt::CTRL | Qt::Key_End));
    m_followAction->setCheckable(true);
    m_followAction->setChecked(true);
    // Whoever asks for the end wants it, also if it is followed already: the box alone lets go of it.
    connect(m_followAction, &QAction::triggered, this, [this] {
        m_table->setFollowing(true);
        m_followAction->setChecked(true);
    });
    m_nextAction = make(u"findNextAction"_s, QKeySequence::FindNext);
    connect(m_nextAction, &QAction::triggered, this, [this] { goToHit(true); });
    m_previousAction = make(u"findPreviousAction"_s, QKeySequence::FindPrevious);
    connect(m_previousAction, &QAction::triggered, this, [this] { goToHit(false); });
    m_onlyHits = make(u"onlyHitsAction"_s, {});
    m_onlyHits->setCheckable(true);
    m_onlyHits->setChecked(true);
    connect(m_onlyHits, &QAction::toggled, this, &LogView::showHits);
    m_copyAction = make(u"copyAction"_s, QKeySequence::Copy);
    m_copyAction->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(m_copyAction, &QAction::triggered, this, &LogView::copySelected);
}

void LogView::setTexts()
{
    m_filterAction->setText(tr("&Filter…"));
    m_goToAction->setText(tr("&Go to Id…"));
    m_followAction->setText(tr("Follow the &End"));
    m_followAction->setToolTip(tr("Keep the newest message in view. Scrolling up lets go."));
    m_nextAction->setText(tr("Ne&xt Hit"));
    m_previousAction->setText(tr("Pre&vious Hit"));
    m_onlyHits->setText(tr("&Only Hits"));
    m_onlyHits->setToolTip(tr("Shows the messages found alone; without it they are marked among the others"));
    m_copyAction->setText(tr("&Copy"));
    m_filterEdit->setPlaceholderText(
        tr("Find: text, \"exact words\", /regular expression/, id:10..20, waiting, w>1"));
    m_filterEdit->setToolTip(tr(
        "Finds messages by a text, by /a regular expression/, by id:10..20, waiting or w>1 (of those that "
        "wait); several at once, with a space between. In quotes everything is text: \"waiting for it\"."));
    m_filterEdit->setAccessibleName(tr("Filter messages by text"));
    m_goToEdit->setPlaceholderText(tr("Go to id"));
    m_goToEdit->setAccessibleName(tr("Go to the message with this id"));
    m_followBox->setText(tr("Follow the end"));
    m_followBox->setToolTip(m_followAction->toolTip());
    m_table->setAccessibleName(tr("Log matrix: messages by node"));
    updateStatus();
}

void LogView::addActionsTo(QMenu *menu)
{
    menu->addActions(
        {m_filterAction, m_nextAction, m_previousAction, m_onlyHits, m_goToAction, m_followAction});
    menu->addMenu(m_columns);
    menu->addSeparator();
    menu->addAction(m_copyAction);
    menu->addActions(m_export->actions());
}

QWidget *LogView::makeTools()
{
    auto *bar = new QWidget(this);
    auto *line = new QHBoxLayout(bar);
    line->setContentsMargins(8, 6, 8, 6);
    line->setSpacing(8);
    m_filterEdit = new QLineEdit(bar);
    m_filterEdit->setObjectName(u"filterEdit"_s);
    m_filterEdit->setClearButtonEnabled(true);
    connect(m_filterEdit, &QLineEdit::textEdited, &m_filterDelay, qOverload<>(&QTimer::start));
    connect(m_filterEdit, &QLineEdit::textChanged, &m_filterDelay, qOverload<>(&QTimer::start));
    connect(m_filterEdit, &QLineEdit::returnPressed, this, &LogView::handleFilterEdited);
    line->addWidget(m_filterEdit, 1);
    m_goToEdit = new QLineEdit(bar);
    m_goToEdit->setObjectName(u"goToEdit"_s);
    m_goToEdit->setFixedWidth(fontMetrics().averageCharWidth() * 18);
    connect(m_goToEdit, &QLineEdit::returnPressed, this, &LogView::handleGoTo);
    line->addWidget(m_goToEdit);
    m_followBox = new QCheckBox(bar);
    m_followBox->setObjectName(u"follow"_s);
    m_followBox->setChecked(m_followAction->isChecked());
    connect(m_followBox, &QCheckBox::clicked, m_table, &LogTable::setFollowing);
    connect(m_followAction, &QAction::toggled, m_followBox, &QCheckBox::setChecked);
    line->addWidget(m_followBox);
    m_export = new LogExportButton(fetchFrom(m_session), m_session.model(), *m_model, bar);
    connect(m_export, &LogExportButton::notice, this,
            [this](const QString &text, bool isError) { emit notice(u"export"_s, text, isError); });
    for (QWidget *field : {m_filterEdit, m_goToEdit})
        field->installEventFilter(m_export);
    line->addWidget(m_export);
    return bar;
}

void LogView::setFilter(const QString &text)
{
    m_filterProblem.clear();
    m_hits.clear();
    if (text.trimmed().isEmpty())
        m_filter.stop();
    else
        m_filter.start(text);
    m_table->setHits(m_filter.hits());
    showHits();
}

void LogView::showHits()
{
    if (m_filter.query().isEmpty() || !m_onlyHits->isChecked())
        m_model->showAll();
    else
        m_model->setIds(m_hits);
    updateStatus();
}

// Searches from the selection; without one, forward from the first message or backward from the last.
void LogView::goToHit(bool next)
{
    if (m_hits.isEmpty()) {
        m_filterAction->trigger();
        return;
    }
    const QModelIndex current = m_table->currentIndex();
    const quint64 id = current.isValid() ? m_model->idAt(current.row()) : 0;
    auto hit = next ? std::upper_bound(m_hits.cbegin(), m_hits.cend(), id)
                    : std::lower_bound(m_hits.cbegin(), m_hits.cend(), id);
    if (next && hit == m_hits.cend())
        hit = m_hits.cbegin();
    else if (!next)
        hit = hit == m_hits.cbegin() ? m_hits.cend() - 1 : hit - 1;
    goTo(*hit);
}

// Hits that have been trimmed have no row.
void LogView::handleFirstId(quint64 firstId)
{
    m_filter.setFirstId(firstId);
    m_hits.erase(m_hits.cbegin(), std::lower_bound(m_hits.cbegin(), m_hits.cend(), firstId));
    updateStatus();
}

// Nothing counts any more that was read before.
void LogView::handleOtherTexts()
{
    m_filterProblem.clear();
    m_hits.clear();
    m_filter.restart();
    showHits();
}

void LogView::updateWaitsColumn()
{
    const ClusterModel &cluster = m_session.model();
    const auto lasts = [&](const WaitInfo &wait) { return cluster.nowMs() - wait.sinceMs >= WaitsComeMs; };
    if (std::any_of(cluster.waits().begin(), cluster.waits().end(), lasts)) {
        m_waitSeenMs = cluster.nowMs();
        m_table->setWaitsShown(true);
    } else if (cluster.nowMs() - m_waitSeenMs >= WaitsGoMs) {
        m_table->setWaitsShown(false);
        if (cluster.waitsTotal() == 0)
            m_waitsDelay.stop();
    }
}

void LogView::handleFilterEdited()
{
    m_filterDelay.stop();
    if (m_filterEdit->text() != m_filter.text())
        setFilter(m_filterEdit->text());
}

void LogView::handleGoTo()
{
    bool isNumber = false;
    const quint64 id = m_goToEdit->text().trimmed().toULongLong(&isNumber);
    if (!isNumber || id == 0)
        emit notice(u"goTo"_s, tr("An id is a whole number from 1."), true);
    else if (goTo(id))
        emit notice(u"goTo"_s, {}, false);
    else if (!m_session.model().isTold())
        emit notice(u"goTo"_s,
                    tr("Whether there is a message %1 is not known: no node has been heard yet.").arg(id),
                    true);
    else if (id > m_session.model().lastId())
        emit notice(u"goTo"_s,
                    tr("There is no message %1: the log ends at %2.").arg(id).arg(m_session.model().lastId()),
                    true);
    else if (id < m_session.model().firstId())
        emit notice(u"goTo"_s,
                    tr("Message %1 is no longer kept: the log begins at %2.")
                        .arg(id)
                        .arg(m_session.model().firstId()),
                    true);
    else if (m_model->isFiltered())
        emit notice(u"goTo"_s, tr("Message %1 is not among those that the filter shows.").arg(id), true);
    else
        emit notice(
            u"goTo"_s,
            tr("Message %1 is not among the newest %L2, which the log shows. Filter by its text to find it.")
                .arg(id)
                .arg(m_model->rowCount()),
            true);
}

bool LogView::goTo(quint64 id)
{
    const int row = m_model->rowOf(id);
    if (row < 0)
        return false;
    m_table->goToRow(row);
    m_table->setFocus();
    return true;
}

void LogView::copySelected()
{
    QList<quint64> ids;
    for (const QItemSelectionRange &range : m_table->selectionModel()->selection()) {
        if (quint64(ids.size()) + quint64(range.height()) > CopyLimit) {
            emit notice(u"copy"_s,
                        tr("Too much to copy: at most %1 messages; export them instead.")
                            .arg(QLocale().toString(CopyLimit)),
                        true);
            return;
        }
        for (int row = range.top(); row <= range.bottom(); ++row)
            ids.append(m_model->idAt(row));
    }
    if (ids.isEmpty())
        return;
    std::sort(ids.begin(), ids.end());
    m_copied.clear();
    emit notice(u"copy"_s, {}, false);
    m_copyReader.read(MessageReader::spansOf(ids));
}

void LogView::updateStatus()
{
    const ClusterModel &cluster = m_session.model();
    QStringList parts;
    if (!m_filter.query().isEmpty()) {
        if (cluster.isTold())
            parts.append(tr("%n match(es)", nullptr, int(m_hits.size())));
        if (const qsizetype unjudged = m_filter.unjudged(); unjudged > 0)
            parts.append(
                tr("the expression is too complex for %n message(s), the first is %1", nullptr, int(unjudged))
                    .arg(m_filter.firstUnjudged()));
        if (m_filter.isFull())
            parts.append(tr("more are not looked for"));
        else if (!m_filterProblem.isEmpty())
            parts.append(tr("not searched further: %1").arg(PlainText::oneLine(m_filterProblem, 100)));
        else if (!m_filter.query().problem().isEmpty())
            parts.append(PlainText::oneLine(m_filter.query().problem(), 100));
        else if (!m_filter.isComplete())
            parts.append(tr("searched %1 %").arg(m_filter.percent()));
    }
    if (!cluster.isTold()) {
        parts.append(tr("nothing is known of the log yet"));
        m_status->setText(parts.join(u"  ·  "_s));
        updateEmptyText();
        return;
    }
    // Name the reader if it is not the master, first: the end of the line is what a narrow window cuts off.
    const NodeInfo *master = cluster.master();
    if (const NodeInfo *reader = cluster.node(cluster.reader()); reader && reader != master)
        parts.append(tr("read from %1").arg(PlainText::oneLine(reader->name, 100)));
    parts.append(
        tr("%L1 message(s)", nullptr, int(std::min<quint64>(cluster.kept(), INT_MAX))).arg(cluster.kept()));
    if (cluster.firstId() > 1)
        parts.append(tr("kept from %L1 on").arg(cluster.firstId()));
    if (!m_model->isFiltered() && m_model->leftOut() >= cluster.firstId())
        parts.append(tr("the newest %L1 are shown").arg(m_model->rowCount()));
    parts.append(tr("committed up to %L1").arg(cluster.committedId()));
    const auto abandoned = std::count_if(cluster.waits().begin(), cluster.waits().end(),
                                         [](const WaitInfo &wait) { return !wait.isAwaited(); });
    if (cluster.waitsTotal() > quint64(abandoned)) {
        const int waiting = int(cluster.waitsTotal() - quint64(abandoned));
        const QString since = master ? ClusterText::since(*master, cluster.nowMs()) : QString();
        parts.append(cluster.areWaitsCurrent() ? tr("%n waiting", nullptr, waiting)
                                               : tr("%n waited as of %1", nullptr, waiting).arg(since));
    }
    m_status->setText(parts.join(u"  ·  "_s));
    updateEmptyText();
}

void LogView::updateEmptyText()
{
    if (!m_filter.query().problem().isEmpty())
        m_table->setEmptyText(PlainText::oneLine(m_filter.query().problem()));
    else if (!m_session.model().isTold())
        m_table->setEmptyText(tr("Nothing has been heard from the master yet."));
    else if (m_model->isFiltered() && !m_filterProblem.isEmpty())
        m_table->setEmptyText(tr("Not searched further: %1").arg(PlainText::oneLine(m_filterProblem)));
    else if (m_model->isFiltered() && !m_filter.isComplete())
        m_table->setEmptyText(
            tr("Looking for “%1”: nothing found yet.").arg(PlainText::oneLine(m_filter.text())));
    else if (m_model->isFiltered() && m_filter.query().asksForWaits() && !m_session.model().areWaitsCurrent())
        m_table->setEmptyText(tr("Who waits is not known: the master is not heard."));
    else if (m_model->isFiltered() && m_filter.query().asksForWaits())
        m_table->setEmptyText(
            tr("No message that waits matches “%1”. To find these words as text, put them in "
               "quotes: \"%1\".")
                .arg(PlainText::oneLine(m_filter.text())));
    else if (m_model->isFiltered() && m_filter.unjudged() > 0)
        m_table->setEmptyText(tr("No message is known to match “%1”: the expression is too complex for "
                                 "%n message(s).",
                                 nullptr, int(m_filter.unjudged()))
                                  .arg(PlainText::oneLine(m_filter.text())));
    else if (m_model->isFiltered())
        m_table->setEmptyText(tr("No message contains “%1”.").arg(PlainText::oneLine(m_filter.text())));
    else if (m_session.model().reader().isEmpty())
        m_table->setEmptyText(tr("The log was empty when a node was last heard."));
    else
        m_table->setEmptyText(tr("The log is empty. Append a message to see it arrive on every node."));
}

} // namespace replog
