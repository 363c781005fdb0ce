// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/control/connection.h"
#include "shared/base/result.h"

#include <QDialog>
#include <QNetworkAccessManager>

#include <memory>

class QDialogButtonBox;
class QLineEdit;
class QRadioButton;

namespace replog {

class InlineError;
class NodeClient;
class SecurityFields;
struct CallResult;

// Asks for a running cluster, by its master's address or by a cluster file, and for the token and
// certificates that it needs. It tries the address before it closes, and shows errors beside the fields.
class ConnectDialog : public QDialog
{
    Q_OBJECT
public:
    explicit ConnectDialog(QWidget *parent = nullptr);
    ~ConnectDialog() override;

    // Fills the fields from a stored connection.
    void setConnection(const Connection &connection);
    // Tells the user that the token is needed again.
    void askForToken();
    // Tries what the fields say, as its button does.
    void submit();

    // `text` is "host:port" or a URL. The Error says what is wrong.
    static Result<QUrl> parseAddress(const QString &text);
    // The same for one address, or several with commas between them.
    static Result<QList<QUrl>> parseAddresses(const QString &text);

signals:
    void chosen(const replog::Connection &connection);

private:
    Result<Connection> read();
    void tryConnection();
    void handleAnswer(const CallResult &answer);
    void choose();
    QString reservation() const;
    void letInsist(const QString &why);
    QString explain(const CallResult &answer) const;
    void setBusy(bool busy);
    void forgetTrial();
    void browse();

    QNetworkAccessManager m_network;
    std::unique_ptr<NodeClient> m_trial;
    Connection m_connection; // being tried
    QRadioButton *m_byAddress;
    QRadioButton *m_byFile;
    QLineEdit *m_address;
    QLineEdit *m_file;
    SecurityFields *m_security;
    InlineError *m_error;
    QDialogButtonBox *m_buttons;
    QList<QUrl> m_named;    // all addresses that the user gave
    bool m_silent = false;  // the trial got no answer
    bool m_insists = false; // a warning is shown; the next press of the button accepts it
};

} // namespace replog
