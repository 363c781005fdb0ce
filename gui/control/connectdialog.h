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

// Asks for a cluster that runs already: by its master's address, which is tried before the dialog closes, or
// by a cluster file, and for what the cluster wants of its clients. What is wrong stands beside the fields.
class ConnectDialog : public QDialog
{
    Q_OBJECT
public:
    explicit ConnectDialog(QWidget *parent = nullptr);
    ~ConnectDialog() override;

    // As that was spoken to before.
    void setConnection(const Connection &connection);
    // Says that the cluster wants its token again.
    void askForToken();

    // "host:port" or a URL; nothing and a reason if it is neither.
    static Result<QUrl> parseAddress(const QString &text);
    // One, or several behind commas.
    static Result<QList<QUrl>> parseAddresses(const QString &text);

signals:
    void chosen(const replog::Connection &connection);

private:
    void submit();
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
    Connection m_connection; // that is tried
    QRadioButton *m_byAddress;
    QRadioButton *m_byFile;
    QLineEdit *m_address;
    QLineEdit *m_file;
    SecurityFields *m_security;
    InlineError *m_error;
    QDialogButtonBox *m_buttons;
    QList<QUrl> m_named;    // its nodes, as they are asked for
    bool m_silent = false;  // tried without an answer
    bool m_insists = false; // what was said against it is taken by pressing the button again
};

} // namespace replog
