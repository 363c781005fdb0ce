// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/control/clusterfile.h"

#include <QDialog>
#include <QNetworkAccessManager>

#include <optional>

class QDialogButtonBox;
class QLineEdit;
class QRadioButton;

namespace replog {

class InlineError;
struct CallResult;

// Asks for a cluster that runs already: by its master's address, which is tried before the dialog closes, or
// by a cluster file. What is wrong stands beside the fields.
class ConnectDialog : public QDialog
{
    Q_OBJECT
public:
    explicit ConnectDialog(QWidget *parent = nullptr);

    // "host:port" or a URL; nothing and a reason if it is neither.
    static Result<QUrl> parseAddress(const QString &text);

signals:
    void addressChosen(const QUrl &url);
    void fileChosen(const replog::ClusterFile &file, const QString &path);

private:
    void submit();
    void tryAddress(const QUrl &url);
    void handleAnswer(const QUrl &url, const CallResult &answer);
    void setBusy(bool busy);
    void forgetTrial();
    void browse();

    QNetworkAccessManager m_network;
    QRadioButton *m_byAddress;
    QRadioButton *m_byFile;
    QLineEdit *m_address;
    QLineEdit *m_file;
    InlineError *m_error;
    QDialogButtonBox *m_buttons;
    std::optional<QUrl> m_silent; // tried without an answer: accepted if the user insists
};

} // namespace replog
