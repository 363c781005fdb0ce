// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/connectdialog.h"

#include "gui/cluster/nodeclient.h"
#include "gui/control/clusterfile.h"
#include "gui/control/keyring.h"
#include "gui/control/securityfields.h"
#include "gui/widgets/inlineerror.h"
#include "gui/widgets/plainlabel.h"

#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHostAddress>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSettings>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

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

    m_security = new SecurityFields(this);
    layout->addWidget(m_security);
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
    connect(m_security, &SecurityFields::edited, this, &ConnectDialog::forgetTrial);
    connect(browseButton, &QToolButton::clicked, this, &ConnectDialog::browse);
    connect(m_buttons, &QDialogButtonBox::accepted, this, &ConnectDialog::submit);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    m_address->selectAll();
    m_address->setFocus();
    forgetTrial();
    if (const Result<QList<QUrl>> last = parseAddresses(m_address->text()))
        m_security->setConnection(Connection::remembered(last->first()));
}

ConnectDialog::~ConnectDialog() = default;

void ConnectDialog::setConnection(const Connection &connection)
{
    if (connection.place.isLocalFile()) {
        m_file->setText(connection.place.toLocalFile());
        m_byFile->setChecked(true);
    } else {
        QStringList addresses{connection.place.toString()};
        for (const QUrl &other : connection.client.nodes)
            addresses.append(other.toString());
        m_address->setText(addresses.join(u", "_s));
        m_byAddress->setChecked(true);
    }
    m_security->setConnection(connection);
}

void ConnectDialog::askForToken()
{
    m_error->setText(tr("The cluster asks for its token."));
    m_security->askForToken();
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
    if (!url.userInfo().isEmpty())
        return Error{Errc::InvalidArgument,
                     tr("Address: a user has no meaning there; a token has a field of its own."),
                     u"address"_s};
    if (url.port() < 0)
        return Error{Errc::InvalidArgument,
                     tr("Address: the port is missing (a master's usual one is 30000)."), u"address"_s};
    url.setPath({});
    url.setQuery(QString());
    url.setFragment({});
    return url;
}

Result<QList<QUrl>> ConnectDialog::parseAddresses(const QString &text)
{
    QList<QUrl> urls;
    const QStringList parts = text.split(u',');
    for (const QString &part : parts) {
        const Result<QUrl> url = parseAddress(part);
        if (!url)
            return url.error();
        urls.append(*url);
    }
    return urls;
}

void ConnectDialog::submit()
{
    const Result<Connection> wanted = read();
    if (!wanted) {
        m_error->setText(wanted.error().text);
        return;
    }
    m_connection = *wanted;
    const bool inKeyring = m_connection.isKept && !m_connection.hasToken;
    if (!inKeyring || !Connection::remembered(m_connection.place).isKept) {
        m_connection.isKept = m_connection.isKept && m_connection.hasToken;
        tryConnection();
        return;
    }
    setBusy(true);
    Keyring::read(m_connection.place, this, [this](const QByteArray &token, const QString &problem) {
        setBusy(false);
        m_connection.client.token = token;
        m_connection.hasToken = m_connection.isKept = !token.isEmpty();
        if (problem.isEmpty())
            tryConnection();
        else
            m_error->setText(tr("The keyring cannot be read: %1").arg(problem));
    });
}

Result<Connection> ConnectDialog::read()
{
    Connection connection;
    QList<QUrl> named;
    if (m_byFile->isChecked()) {
        const QString path = m_file->text().trimmed();
        const Result<ClusterFile> file = ClusterFile::read(path);
        if (!file)
            return Error{Errc::InvalidArgument, tr("Cluster file: %1").arg(file.error().text), u"file"_s};
        connection.place = QUrl::fromLocalFile(QFileInfo(path).absoluteFilePath());
        for (const KnownNode &node : file->description.nodes)
            named.append(node.url);
    } else {
        const Result<QList<QUrl>> urls = parseAddresses(m_address->text());
        if (!urls)
            return urls.error();
        named = *urls;
        connection.place = named.first();
    }
    Result<ClientOptions> options = m_security->options();
    if (!options) {
        m_security->unfold();
        return options.error();
    }
    connection.client = *options;
    connection.client.nodes = m_byFile->isChecked() ? QList<QUrl>() : named.sliced(1);
    connection.hasToken = !connection.client.token.isEmpty();
    connection.isKept = m_security->keepsToken();
    m_named = named;
    return connection;
}

// A warning about a connection that may work all the same; empty if there is none.
QString ConnectDialog::reservation() const
{
    const auto isOpen = [](const QUrl &url) {
        return url.scheme() == u"http"_s && url.host() != u"localhost"_s &&
               !QHostAddress(url.host()).isLoopback();
    };
    const auto open = std::find_if(m_named.begin(), m_named.end(), isOpen);
    if (!m_connection.hasToken || open == m_named.end())
        return {};
    return tr("On the way to %1 everybody could read the token: that address does not begin with https://.")
        .arg(open->authority());
}

void ConnectDialog::tryConnection()
{
    if (const QString against = reservation(); !against.isEmpty() && !m_insists) {
        letInsist(against);
        return;
    }
    if (m_silent || m_connection.place.isLocalFile()) {
        choose();
        return;
    }
    setBusy(true);
    constexpr int LimitMs = 10000;
    ClientOptions options = m_connection.client;
    options.nodes.append(m_connection.place);
    m_network.clearConnectionCache(); // connections of an earlier trial, with other certificates
    m_trial = std::make_unique<NodeClient>(&m_network, m_connection.place, options);
    m_trial->call("GET", u"/api/v1/status"_s, {}, LimitMs, this,
                  [this](const CallResult &answer) { handleAnswer(answer); });
}

void ConnectDialog::handleAnswer(const CallResult &answer)
{
    setBusy(false);
    const QString role = answer.json()[u"role"_s].toString();
    if (role == u"master"_s) {
        choose();
        return;
    }
    m_silent = answer.status == 0 && !answer.insecure;
    if (m_silent)
        letInsist(explain(answer));
    else
        m_error->setText(explain(answer));
    if (answer.insecure)
        m_security->unfold();
    if (answer.status == 401 || answer.status == 403)
        m_security->askForToken();
}

void ConnectDialog::letInsist(const QString &why)
{
    m_insists = true;
    m_error->setText(why);
    m_buttons->button(QDialogButtonBox::Ok)->setText(tr("Connect &Anyway"));
}

// Why the connection cannot be used, and what to change.
QString ConnectDialog::explain(const CallResult &answer) const
{
    switch (answer.status) {
    case 0:
        if (answer.insecure) {
            QString why = answer.error;
            if (!why.endsWith(u'.'))
                why += u'.';
            return tr("%1 Nothing was sent to it. If its certificate is right, give the file of the "
                      "authority "
                      "that signed it. The address of a node without TLS begins with http://.")
                .arg(why);
        }
        if (m_connection.place.scheme() == u"http"_s && answer.closed)
            return tr("It hangs up at once. If it speaks TLS, its address begins with https://. It can be "
                      "watched all the same, for when it answers.");
        if (m_connection.place.scheme() == u"https"_s && answer.closed)
            return tr("It ended the secure connection. It may want a certificate of ours, from an authority "
                      "that "
                      "it trusts. %1")
                .arg(answer.error);
        return tr("It does not answer. %1 It can be watched all the same, for when it comes.")
            .arg(answer.error);
    case 401:
        return m_connection.hasToken ? tr("It does not know this token.") : tr("It asks for a token.");
    case 403:
        return tr("This token may not read there: %1").arg(answer.error);
    case 421:
        return tr("It does not answer to that name. Give its IP address, or start it with --allow-host %1.")
            .arg(m_connection.place.host());
    default:
        break;
    }
    if (answer.json()[u"role"_s].toString() == u"secondary"_s)
        return tr("That is a secondary. Give its master's address.");
    return answer.error.isEmpty()
               ? tr("Something answers there, but it is no Replog node.")
               : tr("Something answers there, but it is no Replog node: %1").arg(answer.error);
}

void ConnectDialog::choose()
{
    if (m_connection.place.isLocalFile())
        QSettings().setValue(u"connect/file"_s, m_file->text().trimmed());
    else
        QSettings().setValue(u"connect/address"_s, m_address->text().trimmed());
    emit chosen(m_connection);
    accept();
}

void ConnectDialog::setBusy(bool busy)
{
    for (QWidget *widget :
         std::initializer_list<QWidget *>{m_address, m_file, m_byAddress, m_byFile, m_security})
        widget->setEnabled(!busy);
    QPushButton *const ok = m_buttons->button(QDialogButtonBox::Ok);
    ok->setEnabled(!busy);
    ok->setText(busy ? tr("Connecting…") : tr("&Connect"));
    if (busy)
        m_error->setText({});
}

void ConnectDialog::forgetTrial()
{
    m_silent = false;
    m_insists = false;
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
