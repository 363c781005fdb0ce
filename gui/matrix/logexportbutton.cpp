// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/matrix/logexportbutton.h"

#include "gui/cluster/clustermodel.h"
#include "gui/matrix/logmodel.h"
#include "gui/widgets/plaintext.h"

#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPushButton>
#include <QToolButton>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr qsizetype HolderCharacters = 200;

} // namespace

LogExportButton::LogExportButton(MessagePages::Fetch fetch, const ClusterModel &cluster, const LogModel &log,
                                 QWidget *parent)
    : QWidget(parent), m_fetch(std::move(fetch)), m_cluster(cluster), m_log(log),
      m_button(new QToolButton(this)), m_cancel(new QPushButton(this)), m_json(new QAction(this)),
      m_csv(new QAction(this)), m_texts(this)
{
    m_json->setObjectName(u"exportJsonAction"_s);
    m_json->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_E));
    connect(m_json, &QAction::triggered, this, [this] { ask(LogExporter::Format::JsonLines); });
    m_csv->setObjectName(u"exportCsvAction"_s);
    m_csv->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E));
    connect(m_csv, &QAction::triggered, this, [this] { ask(LogExporter::Format::Csv); });
    addActions({m_json, m_csv});

    m_button->setObjectName(u"exportButton"_s);
    m_button->setPopupMode(QToolButton::InstantPopup);
    m_button->addActions(actions());
    m_cancel->hide();
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (m_exporter)
            m_exporter->cancel();
        end();
        emit notice({}, false);
    });
    auto *line = new QHBoxLayout(this);
    line->setContentsMargins({});
    line->addWidget(m_button);
    line->addWidget(m_cancel);
    m_texts.add([this] { setTexts(); });
}

// On some systems a field takes Ctrl+E for itself, as End.
bool LogExportButton::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::ShortcutOverride)
        return QWidget::eventFilter(watched, event);
    const QKeySequence pressed(static_cast<QKeyEvent *>(event)->keyCombination());
    if (m_json->shortcut() != pressed && m_csv->shortcut() != pressed)
        return QWidget::eventFilter(watched, event);
    event->ignore();
    return true;
}

void LogExportButton::setTexts()
{
    m_json->setText(tr("Export as &JSON Lines…"));
    m_csv->setText(tr("Export as C&SV…"));
    m_button->setText(tr("Export"));
    m_button->setToolTip(tr("Write what is shown to a file"));
    m_cancel->setText(tr("Cancel Export"));
}

void LogExportButton::ask(LogExporter::Format format)
{
    const bool json = format == LogExporter::Format::JsonLines;
    auto *dialog = new QFileDialog(this, tr("Export the log"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(json ? u"jsonl"_s : u"csv"_s);
    dialog->setNameFilters(
        {json ? tr("JSON lines (*.jsonl)") : tr("Comma-separated values (*.csv)"), tr("All files (*)")});
    dialog->selectFile(json ? u"log.jsonl"_s : u"log.csv"_s);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, format](const QString &path) { exportTo(path, format); });
    dialog->open();
}

void LogExportButton::exportTo(const QString &path, LogExporter::Format format)
{
    if (m_exporter)
        return;
    QList<IdSpan> spans;
    if (m_log.isFiltered()) {
        QList<quint64> ids;
        ids.reserve(m_log.rowCount());
        for (int row = 0; row < m_log.rowCount(); ++row)
            ids.append(m_log.idAt(row));
        spans = MessageReader::spansOf(ids);
    } else if (m_cluster.kept() > 0) {
        spans = {{m_cluster.firstId(), m_cluster.lastId()}};
    }
    m_exporter = new LogExporter(
        m_fetch, m_log.nodes(),
        [this](const LogMessage &message, const QString &node) {
            switch (m_log.cellState(message.id, node,
                                    message.epoch)) { // not translated: files are read by programs
            case CellState::Committed:
                return u"committed"_s;
            case CellState::Held:
                return u"held"_s;
            case CellState::Stored:
                return u"stored"_s;
            case CellState::OnItsWay:
                return u"on-its-way"_s;
            case CellState::Missing:
                return u"missing"_s;
            case CellState::Unknown:
                break;
            }
            return u"unknown"_s;
        },
        this);
    connect(m_exporter, &LogExporter::progressed, this, [this](quint64 written, quint64 total) {
        if (written < total)
            emit notice(tr("Exporting: %L1 of %L2 messages.").arg(written).arg(total), false);
    });
    const auto finish = [this, last = spans.isEmpty() ? 0 : spans.last().last](
                            const QString &file, quint64 written, quint64 missingFrom) {
        end();
        const QString text =
            tr("%n message(s) written to %1.", nullptr, int(written)).arg(QFileInfo(file).absoluteFilePath());
        emit notice(missingFrom > 0 ? text + u' ' + leftOut(missingFrom, last) : text, false);
    };
    connect(m_exporter, &LogExporter::finished, this, finish);
    connect(m_exporter, &LogExporter::failed, this, [this](const QString &error) {
        end();
        emit notice(tr("Not exported: %1").arg(error), true);
    });
    m_button->hide();
    m_cancel->show();
    m_exporter->start(path, format, spans);
}

QString LogExportButton::leftOut(quint64 first, quint64 last) const
{
    QStringList holders;
    for (const NodeInfo &node : m_cluster.nodes()) {
        if (node.name != m_cluster.reader() && m_cluster.provenAt(node) >= first)
            holders.append(node.name);
    }
    const QString held = PlainText::oneLine(holders.join(u", "_s), HolderCharacters);
    QStringList parts{first == last ? tr("Message %1 is left out.").arg(first)
                                    : tr("Messages %1 to %2 are left out.").arg(first).arg(last),
                      tr("%1, which is read, does not hold that much.").arg(m_cluster.reader())};
    if (!holders.isEmpty())
        parts.append(tr("Held by: %1.").arg(held));
    return parts.join(u' ');
}

void LogExportButton::end()
{
    if (m_exporter)
        m_exporter->deleteLater();
    m_exporter = nullptr;
    m_cancel->hide();
    m_button->show();
}

} // namespace replog
