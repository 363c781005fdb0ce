// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/securityfields.h"

#include "client/clienttls.h"
#include "gui/control/connection.h"
#include "gui/control/keyring.h"
#include "gui/widgets/plainlabel.h"

#include <QCheckBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

SecurityFields::SecurityFields(QWidget *parent)
    : QWidget(parent), m_fold(new QToolButton(this)), m_page(new QWidget(this)),
      m_form(new QFormLayout(m_page))
{
    auto *const column = new QVBoxLayout(this);
    column->setContentsMargins({});
    m_fold->setObjectName(u"security"_s);
    m_fold->setText(tr("C&ertificates and token"));
    m_fold->setCheckable(true);
    m_fold->setAutoRaise(true);
    m_fold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_fold->setArrowType(Qt::RightArrow);
    column->addWidget(m_fold, 0, Qt::AlignLeft);
    column->addWidget(m_page);
    m_form->setContentsMargins(20, 0, 0, 0);
    m_ca = addFile(u"caFile"_s, tr("Authoritie&s:"), tr("PEM file; empty: the system's"));
    m_cert = addFile(u"certFile"_s, tr("&Our certificate:"), tr("PEM file, where asked for"));
    m_key = addFile(u"keyFile"_s, tr("&Its key:"), tr("PEM file"));
    m_token = new QLineEdit(m_page);
    m_token->setObjectName(u"token"_s);
    m_token->setEchoMode(QLineEdit::Password);
    m_token->setPlaceholderText(tr("where asked for"));
    m_token->setAccessibleName(tr("Token"));
    m_form->addRow(tr("&Token:"), m_token);
    auto *const hint =
        new PlainLabel(tr("It is sent to the addresses that stand above, and to no other: those of "
                          "further nodes go behind the master's, after a comma."),
                       m_page);
    hint->setWordWrap(true);
    m_form->addRow(QString(), hint);
    m_keep = new QCheckBox(tr("&Keep it in the system's keyring"), m_page);
    m_keep->setObjectName(u"keepToken"_s);
    m_form->addRow(QString(), m_keep);
    m_form->setRowVisible(m_keep, Keyring::isThere());
    m_page->hide();
    connect(m_fold, &QToolButton::toggled, this, [this](bool open) {
        m_fold->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
        m_page->setVisible(open);
        if (QWidget *dialog = window(); dialog->isVisible())
            dialog->adjustSize();
    });
    for (QLineEdit *edit : {m_ca, m_cert, m_key, m_token})
        connect(edit, &QLineEdit::textChanged, this, &SecurityFields::edited);
}

QLineEdit *SecurityFields::addFile(const QString &name, const QString &label, const QString &hint)
{
    auto *const edit = new QLineEdit(m_page);
    edit->setObjectName(name);
    edit->setPlaceholderText(hint);
    edit->setAccessibleName(QString(label).remove(u'&').remove(u':'));
    auto *const browse = new QToolButton(m_page);
    browse->setText(tr("Browse…"));
    auto *const row = new QHBoxLayout;
    row->addWidget(edit);
    row->addWidget(browse);
    m_form->addRow(label, row);
    if (auto *const buddy = qobject_cast<QLabel *>(m_form->labelForField(row)))
        buddy->setBuddy(edit);
    connect(browse, &QToolButton::clicked, this, [this, edit] {
        auto *const dialog = new QFileDialog(this, tr("PEM File"), edit->text(),
                                             tr("PEM files (*.pem *.crt *.key);;All files (*)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::ExistingFile);
        connect(dialog, &QFileDialog::fileSelected, edit, &QLineEdit::setText);
        dialog->open();
    });
    return edit;
}

void SecurityFields::setConnection(const Connection &connection)
{
    m_ca->setText(connection.client.caFile);
    m_cert->setText(connection.client.certFile);
    m_key->setText(connection.client.keyFile);
    m_token->setText(QString::fromUtf8(connection.client.token));
    m_keep->setChecked(connection.isKept);
    if (connection.hasToken || !m_ca->text().isEmpty() || !m_cert->text().isEmpty())
        unfold();
}

Result<ClientOptions> SecurityFields::options() const
{
    ClientOptions options;
    options.caFile = m_ca->text().trimmed();
    options.certFile = m_cert->text().trimmed();
    options.keyFile = m_key->text().trimmed();
    options.token = m_token->text().trimmed().toUtf8();
    if (options.certFile.isEmpty() != options.keyFile.isEmpty())
        return Error{Errc::InvalidArgument, tr("Our certificate and its key go together."), u"certFile"_s};
    // The token goes into a header field: a character that could end the field is an error.
    const auto isOdd = [](char c) { return c <= 0x20 || c >= 0x7F; };
    if (std::any_of(options.token.begin(), options.token.end(), isOdd))
        return Error{Errc::InvalidArgument, tr("Token: has a character that no token has."), u"token"_s};
    QString problem;
    static_cast<void>(clientTls(options, problem));
    if (!problem.isEmpty())
        return Error{Errc::InvalidArgument, problem, u"caFile"_s};
    return options;
}

bool SecurityFields::keepsToken() const
{
    return m_keep->isChecked() && Keyring::isThere();
}

void SecurityFields::unfold()
{
    m_fold->setChecked(true);
}

void SecurityFields::askForToken()
{
    unfold();
    m_token->setFocus();
    m_token->selectAll();
}

} // namespace replog
