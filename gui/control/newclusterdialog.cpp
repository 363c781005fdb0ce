// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/newclusterdialog.h"

#include "gui/widgets/inlineerror.h"
#include "gui/widgets/plainlabel.h"

#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace replog {

NewClusterDialog::NewClusterDialog(QWidget *parent) : QDialog(parent)
{
    setWindowTitle(tr("New Local Cluster"));
    auto *const layout = new QVBoxLayout(this);
    auto *const intro = new PlainLabel(
        tr("A master and its secondaries are started on this computer, as processes of the dashboard."),
        this);
    intro->setWordWrap(true);
    layout->addWidget(intro);

    auto *const form = new QFormLayout;
    layout->addLayout(form);
    m_secondaries = new QSpinBox(this);
    m_secondaries->setObjectName(u"secondaries"_s);
    m_secondaries->setRange(0, 9);
    m_secondaries->setValue(2);
    m_secondaries->setAccessibleName(tr("Number of secondaries"));
    form->addRow(tr("&Secondaries:"), m_secondaries);

    m_temporary = new QRadioButton(tr("in a &temporary folder, removed when the cluster is closed"), this);
    m_temporary->setChecked(true);
    m_named = new QRadioButton(tr("in a &folder that is kept:"), this);
    m_named->setObjectName(u"named"_s);
    form->addRow(tr("Data:"), m_temporary);
    form->addRow(QString(), m_named);
    m_folder = new QLineEdit(this);
    m_folder->setObjectName(u"folder"_s);
    m_folder->setMinimumWidth(fontMetrics().averageCharWidth() * 40);
    m_folder->setPlaceholderText(QDir::home().filePath(u"replog"_s));
    m_folder->setAccessibleName(tr("Folder for the data"));
    auto *const browseButton = new QToolButton(this);
    browseButton->setText(tr("&Browse…"));
    auto *const folderRow = new QHBoxLayout;
    folderRow->addWidget(m_folder);
    folderRow->addWidget(browseButton);
    form->addRow(QString(), folderRow);
    m_note = new PlainLabel(this);
    m_note->setWordWrap(true);
    form->addRow(QString(), m_note);

    m_error = new InlineError(this);
    m_error->setObjectName(u"error"_s);
    layout->addWidget(m_error);
    layout->addStretch();
    m_buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_buttons->button(QDialogButtonBox::Ok)->setText(tr("St&art"));
    layout->addWidget(m_buttons);

    connect(m_named, &QRadioButton::toggled, this, &NewClusterDialog::validate);
    connect(m_folder, &QLineEdit::textEdited, this, [this] { m_named->setChecked(true); });
    connect(m_folder, &QLineEdit::textChanged, this, &NewClusterDialog::validate);
    connect(browseButton, &QToolButton::clicked, this, &NewClusterDialog::browse);
    connect(m_buttons, &QDialogButtonBox::accepted, this, [this] { emit submitted(options()); });
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    validate();
}

LocalCluster::Options NewClusterDialog::options() const
{
    LocalCluster::Options options;
    options.secondaries = m_secondaries->value();
    if (m_named->isChecked())
        options.folder = m_folder->text().trimmed();
    return options;
}

void NewClusterDialog::setProblem(const QString &text)
{
    m_error->setText(text);
}

void NewClusterDialog::validate()
{
    QString problem, note;
    bool existing = false;
    if (m_named->isChecked()) {
        const QString folder = m_folder->text().trimmed();
        const QFileInfo info(folder);
        if (folder.isEmpty()) {
            note = tr("Name a new or empty folder, or one that holds a cluster.");
        } else if (info.isRelative()) {
            problem = tr("Folder: give the whole path, from / on.");
        } else if (info.exists() && !info.isDir()) {
            problem = tr("Folder: that is a file.");
        } else if (QFileInfo::exists(RunRecord::pathIn(folder))) {
            const Result<RunRecord> record = RunRecord::read(RunRecord::pathIn(folder));
            existing = bool(record);
            if (record)
                note = tr("The folder holds a cluster of a master and %n secondary(s); it will be opened.",
                          nullptr, int(record->nodes.size()) - 1);
            else
                problem = record.error().text;
        } else if (info.exists() && !QDir(folder).isEmpty()) {
            problem = tr("Folder: it is not empty, and what it holds is no cluster.");
        }
    }
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
    m_error->setText(problem);
    m_secondaries->setEnabled(!existing);
    const bool complete = !m_named->isChecked() || !m_folder->text().trimmed().isEmpty();
    m_buttons->button(QDialogButtonBox::Ok)->setEnabled(complete && problem.isEmpty());
}

void NewClusterDialog::browse()
{
    auto *const dialog = new QFileDialog(this, tr("Folder for the Cluster's Data"), m_folder->text());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &folder) {
        m_named->setChecked(true);
        m_folder->setText(folder);
    });
    dialog->open();
}

} // namespace replog
