// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/sequence/sequencepanel.h"

#include "gui/cluster/clustersession.h"
#include "gui/sequence/sequenceview.h"
#include "gui/widgets/elidedlabel.h"
#include "gui/widgets/plaintext.h"

#include <QDateTime>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QLocale>
#include <QSaveFile>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr int RedrawMs = 50; // the least interval between redraws
constexpr int PassingMs = 500;

double nowMs()
{
    return double(QDateTime::currentMSecsSinceEpoch());
}

} // namespace

SequencePanel::SequencePanel(ClusterSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_reader(session), m_replaced(session.model()),
      m_view(new SequenceView(this)), m_id(new QLineEdit(this)), m_cut(new ElidedLabel(this)),
      m_hold(new QToolButton(this)), m_clear(new QToolButton(this)), m_export(new QToolButton(this)),
      m_texts(this)
{
    setObjectName(u"sequencePanel"_s);
    auto *const column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    auto *const bar = new QHBoxLayout;
    bar->setContentsMargins(8, 5, 8, 5);
    bar->setSpacing(6);
    m_id->setObjectName(u"sequenceId"_s);
    m_id->setClearButtonEnabled(true);
    m_id->setMaximumWidth(fontMetrics().averageCharWidth() * 32);
    bar->addWidget(m_id);
    m_cut->setObjectName(u"sequenceCut"_s);
    bar->addWidget(m_cut, 1);
    m_hold->setObjectName(u"sequenceHold"_s);
    m_hold->setCheckable(true);
    m_clear->setObjectName(u"sequenceClear"_s);
    m_export->setObjectName(u"sequenceExport"_s);
    for (QToolButton *button : {m_hold, m_clear, m_export}) {
        button->setFocusPolicy(Qt::TabFocus);
        bar->addWidget(button);
    }
    column->addLayout(bar);
    m_view->setObjectName(u"sequenceView"_s);
    column->addWidget(m_view, 1);
    setFocusProxy(m_view);
    m_redraw.setSingleShot(true);
    m_redraw.setInterval(RedrawMs);
    connect(&m_redraw, &QTimer::timeout, this, &SequencePanel::readSteps);
    connect(&m_reader, &TraceReader::began, &m_model, &SequenceModel::handleGap);
    connect(&m_reader, &TraceReader::traced, this, [this](const TraceEvent &event) {
        updateNow();
        m_model.add(event);
    });
    m_passing.setInterval(PassingMs);
    connect(&m_passing, &QTimer::timeout, this, [this] {
        updateNow();
        if (m_message == 0 && !m_hold->isChecked() && !m_view->scene().isEmpty())
            readSteps();
    });
    const ClusterModel &cluster = session.model();
    connect(&cluster, &ClusterModel::logReplaced, &m_model, &SequenceModel::clear);
    connect(&cluster, &ClusterModel::cleared, &m_model, &SequenceModel::handleCleared);
    connect(&cluster, &ClusterModel::nodeAdded, &m_model, &SequenceModel::handleAdded);
    for (const NodeInfo &node : cluster.nodes())
        m_model.handleAdded(node.name);
    connect(&cluster, &ClusterModel::epochChanged, this, [this] {
        const ClusterModel &model = m_session.model();
        // What is committed is still that of the time before, of which the new master may not hold all: with
        // w=1 the lost one alone committed it.
        if (const NodeInfo *master = model.master())
            m_model.handleCut(master->name, master->lastId, model.committedId());
    });
    connect(&cluster, &ClusterModel::connectionLost, this,
            [this](const QString &node) { m_model.handleLost(node, nowMs()); });
    connect(&cluster, &ClusterModel::nodeRemoved, &m_model, &SequenceModel::handleRemoved);
    connect(&m_replaced, &ReplacedNodes::replaced, &m_model, &SequenceModel::handleReplaced);
    connect(&cluster, &ClusterModel::nodeRenamed, &m_model, &SequenceModel::handleRenamed);
    connect(&cluster, &ClusterModel::connectionRestored, &m_model, &SequenceModel::handleHeard);
    connect(&m_model, &SequenceModel::changed, this, [this] {
        if (!m_redraw.isActive() && !m_hold->isChecked())
            m_redraw.start();
    });
    connect(&m_reader, &TraceReader::refused, this, [this](const QString &node, const QString &reason) {
        emit notice(u"trace"_s, tr("%1 does not tell what happens to messages: %2.").arg(node, reason), true);
    });
    connect(&session, &ClusterSession::appendPlaced, this, [this](quint64, quint64 id) {
        if (m_reader.isActive())
            m_model.handleLocated(id);
    });
    // What happens meanwhile is taken all the same, each at its time, and drawn when Hold ends.
    connect(m_hold, &QToolButton::toggled, this, [this](bool isHeld) {
        m_redraw.stop();
        updateNow();
        m_held = isHeld ? m_model.lastMs(LastMs) : QList<SequenceStep>();
        if (!isHeld)
            readSteps();
    });
    // These end what is held, too.
    const auto clear = [this] {
        m_model.clear();
        m_held.clear();
        readSteps();
    };
    connect(&session, &ClusterSession::closed, this, clear);
    connect(m_clear, &QToolButton::clicked, this, clear);
    connect(m_export, &QToolButton::clicked, this, &SequencePanel::askForFile);
    connect(m_id, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_message = text.trimmed().toULongLong();
        readSteps();
    });
    m_texts.add([this] { setTexts(); });
}

void SequencePanel::setTexts()
{
    m_id->setPlaceholderText(tr("Only message…"));
    m_id->setAccessibleName(tr("Id of the message whose way is shown"));
    m_hold->setText(tr("Hold"));
    m_hold->setToolTip(tr("Keeps the picture as it is"));
    m_clear->setText(tr("Clear"));
    m_clear->setToolTip(tr("Begins with an empty picture"));
    m_export->setText(tr("Export as SVG…"));
    m_view->setAccessibleName(tr("Messages in flight, from node to node"));
    updateView();
}

void SequencePanel::showMessage(quint64 id)
{
    m_id->setText(id > 0 ? QString::number(id) : QString());
}

void SequencePanel::setInView(bool inView)
{
    m_reader.setActive(inView);
    if (!inView) {
        m_passing.stop();
        return;
    }
    m_passing.start();
    updateNow();
    if (!m_hold->isChecked())
        readSteps();
}

void SequencePanel::updateNow()
{
    m_model.setNow(nowMs());
}

void SequencePanel::readSteps()
{
    if (m_message > 0)
        m_steps = m_model.ofMessage(m_message);
    else if (!m_id->text().trimmed().isEmpty())
        m_steps.clear(); // what is typed is no id
    else
        m_steps = m_hold->isChecked() ? m_held : m_model.lastMs(LastMs);
    updateView();
}

QString SequencePanel::emptyText() const
{
    const QString asked = m_id->text().trimmed();
    if (m_message > 0)
        return tr("Nothing was traced of message %1. Traces are read only while this panel is in view, and "
                  "the oldest steps are dropped.")
            .arg(m_message);
    if (!asked.isEmpty())
        return tr("“%1” is no id: an id is a whole number from 1.").arg(PlainText::oneLine(asked, 40));
    return tr("Append a message to see it travel from node to node. Faults of a node (Node ▸ Faults…) "
              "slow it down or lose it on its way.");
}

void SequencePanel::updateView()
{
    QStringList nodes;
    for (const NodeInfo &node : m_session.model().nodes())
        nodes.append(node.name);
    const QList<SequenceStep> &steps = m_steps;
    // Whoever is silent may be so for longer than the picture goes back.
    const auto isSilent = [](const SequenceStep &step) { return step.kind == SequenceStep::Kind::Silent; };
    const auto silent = std::count_if(steps.cbegin(), steps.cend(), isSilent);
    QString cut;
    if (m_message == 0 && steps.size() - silent >= SequenceModel::MostShown) {
        const double first = std::find_if_not(steps.cbegin(), steps.cend(), isSilent)->begin;
        const double last = std::find_if_not(steps.crbegin(), steps.crend(), isSilent)->begin;
        cut = tr("Much is in flight: only the last %1 s are shown")
                  .arg(QLocale().toString((last - first) / 1000, 'f', 1));
    }
    m_cut->setText(cut);
    m_view->setEmptyText(emptyText());
    m_view->setSteps(steps, nodes);
    m_export->setEnabled(!m_view->scene().isEmpty());
}

void SequencePanel::askForFile()
{
    auto *const dialog =
        new QFileDialog(this, tr("Export as SVG"), u"replog-messages.svg"_s, tr("SVG pictures (*.svg)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(u"svg"_s);
    connect(dialog, &QFileDialog::fileSelected, this, &SequencePanel::exportTo);
    dialog->open();
}

bool SequencePanel::exportTo(const QString &path)
{
    const QByteArray svg = m_view->scene().toSvg(m_view->palette());
    QSaveFile file(path);
    const bool done = file.open(QIODevice::WriteOnly) && file.write(svg) == svg.size() && file.commit();
    emit notice(u"svg"_s,
                done ? tr("The picture is in %1.").arg(path) : tr("%1: %2").arg(path, file.errorString()),
                !done);
    return done;
}

} // namespace replog
