// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/connectdialog.h"

#include "gui/cluster/nodeclient.h"
#include "gui/widgets/inlineerror.h"
#include "gui/widgets/plainlabel.h"

#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSettings>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace replog {

ConnectDialog::ConnectDialog(QWidget *parent) : QDialog(parent)
{
    setWindowTitle(tr("Connect to a Cluster"));
    auto *const layout = new QVBoxLayout(this);
    auto *const form = new QFormLayout;
    layout->addLayout(form);

    m_byAddress = new QRadioButton(tr("&Master's address:"), this);
    m_byAddress->setChecked(true);
    m_address = new QLineEdit(this);
    m_address->setObjectName(u"address"_s);
    m_address->setMinimumWidth(fontMetrics().averageCharWidth() * 40);
    m_address->setPlaceholderText(u"http://127.0.0.1:30000"_s);
    m_address->setText(QSettings().value(u"connect/address"_s).toString());
    m_address->setAccessibleName(tr("Master's address"));
    form->addRow(m_byAddress, m_address);
    auto *const hint = new PlainLabel(tr("The other nodes are found through the master."), this);
    form->addRow(QString(), hint);

    m_byFile = new QRadioButton(tr("Cluster &file:"), this);
    m_byFile->setObjectName(u"byFile"_s);
    m_file = new QLineEdit(this);
    m_file->setObjectName(u"file"_s);
    m_file->setText(QSettings().value(u"connect/file"_s).toString());
    m_file->setAccessibleName(tr("Cluster file"));
    auto *const browseButton = new QToolButton(this);
    browseButton->setText(tr("&Browse…"));
    auto *const fileRow = new QHBoxLayout;
    fileRow->addWidget(m_file);
    fileRow->addWidget(browseButton);
    form->addRow(m_byFile, fileRow);
    auto *const fileHint = new PlainLabel(
        tr("A JSON file that names the nodes, and the commands that start, stop and kill them."), this);
    fileHint->setWordWrap(true);
    form->addRow(QString(), fileHint);

    m_error = new InlineError(this);
    m_error->setObjectName(u"error"_s);
    layout->addWidget(m_error);
    layout->addStretch();
    m_buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    layout->addWidget(m_buttons);

    connect(m_address, &QLineEdit::textEdited, this, [this] { m_byAddress->setChecked(true); });
    connect(m_file, &QLineEdit::textEdited, this, [this] { m_byFile->setChecked(true); });
    for (QLineEdit *edit : {m_address, m_file})
        connect(edit, &QLineEdit::textChanged, this, &ConnectDialog::forgetTrial);
    connect(m_byFile, &QRadioButton::toggled, this, &ConnectDialog::forgetTrial);
    connect(browseButton, &QToolButton::clicked, this, &ConnectDialog::browse);
    connect(m_buttons, &QDialogButtonBox::accepted, this, &ConnectDialog::submit);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    m_address->selectAll();
    m_address->setFocus();
    forgetTrial();
}

Result<QUrl> ConnectDialog::parseAddress(const QString &text)
{
    QString full = text.trimmed();
    if (full.isEmpty())
        return Error{Errc::InvalidArgument, tr("Address: give the master's host and port."), u"address"_s};
    if (!full.contains(u"://"_s))
        full.prepend(u"http://"_s);
    QUrl url(full, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty())
        return Error{Errc::InvalidArgument, tr("Address: must be like http://host:port."), u"address"_s};
    if (url.scheme() != u"http"_s && url.scheme() != u"https"_s)
        return Error{Errc::InvalidArgument, tr("Address: only http and https are spoken."), u"address"_s};
    if (url.port() < 0)
        return Error{Errc::InvalidArgument,
                     tr("Address: the port is missing (a master's usual one is 30000)."), u"address"_s};
    url.setPath({});
    url.setQuery(QString());
    url.setFragment({});
    return url;
}

void ConnectDialog::submit()
{
    if (m_byFile->isChecked()) {
        const Result<ClusterFile> file = ClusterFile::read(m_file->text().trimmed());
        if (!file) {
            m_error->setText(tr("Cluster file: %1").arg(file.error().text));
            return;
        }
        QSettings().setValue(u"connect/file"_s, m_file->text().trimmed());
        emit fileChosen(*file, QFileInfo(m_file->text().trimmed()).absoluteFilePath());
        accept();
        return;
    }
    const Result<QUrl> url = parseAddress(m_address->text());
    if (!url) {
        m_error->setText(url.error().text);
        return;
    }
    if (m_silent == *url) {
        QSettings().setValue(u"connect/address"_s, m_address->text().trimmed());
        emit addressChosen(*url);
        accept();
        return;
    }
    tryAddress(*url);
}

void ConnectDialog::tryAddress(const QUrl &url)
{
    setBusy(true);
    constexpr int limitMs = 10000;
    NodeClient::callOn(&m_network, url, {}, "GET", u"/api/v1/status"_s, {}, {}, limitMs, this,
                       [this, url](const CallResult &answer) { handleAnswer(url, answer); });
}

void ConnectDialog::handleAnswer(const QUrl &url, const CallResult &answer)
{
    setBusy(false);
    if (answer.status == 0) {
        m_silent = url;
        m_error->setText(tr("It does not answer. %1 It can be watched all the same, for when it comes.")
                             .arg(answer.error));
        m_buttons->button(QDialogButtonBox::Ok)->setText(tr("Connect &Anyway"));
        return;
    }
    const QString role = answer.json()[u"role"_s].toString();
    if (role == u"secondary"_s) {
        m_error->setText(tr("That is a secondary. Give its master's address."));
    } else if (role != u"master"_s) {
        m_error->setText(answer.error.isEmpty()
                             ? tr("Something answers there, but it is no Replog node.")
                             : tr("Something answers there, but it is no Replog node: %1").arg(answer.error));
    } else {
        QSettings().setValue(u"connect/address"_s, m_address->text().trimmed());
        emit addressChosen(url);
        accept();
    }
}

void ConnectDialog::setBusy(bool busy)
{
    for (QWidget *widget : std::initializer_list<QWidget *>{m_address, m_file, m_byAddress, m_byFile})
        widget->setEnabled(!busy);
    QPushButton *const ok = m_buttons->button(QDialogButtonBox::Ok);
    ok->setEnabled(!busy);
    ok->setText(busy ? tr("Connecting…") : tr("&Connect"));
    if (busy)
        m_error->setText({});
}

void ConnectDialog::forgetTrial()
{
    m_silent.reset();
    m_error->setText({});
    m_buttons->button(QDialogButtonBox::Ok)->setText(tr("&Connect"));
}

void ConnectDialog::browse()
{
    auto *const dialog =
        new QFileDialog(this, tr("Cluster File"), m_file->text(), tr("Cluster files (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        m_byFile->setChecked(true);
        m_file->setText(path);
    });
    dialog->open();
}

} // namespace replog
