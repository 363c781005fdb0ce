// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/clientoptions.h"
#include "shared/base/result.h"

#include <QWidget>

class QCheckBox;
class QFormLayout;
class QLineEdit;
class QToolButton;

namespace replog {

struct Connection;

// Fields for token and TLS files of a connection, folded away while none of them is used.
class SecurityFields : public QWidget
{
    Q_OBJECT
public:
    explicit SecurityFields(QWidget *parent = nullptr);

    void setConnection(const Connection &connection);
    // The values of the fields. Error: what is wrong with a field or a file that it names.
    Result<ClientOptions> options() const;
    bool keepsToken() const; // whether the token is to be stored in the keyring
    void unfold();
    void askForToken(); // unfolds the fields and focuses the token

signals:
    void edited();

private:
    QLineEdit *addFile(const QString &name, const QString &label, const QString &hint);

    QToolButton *m_fold;
    QWidget *m_page;
    QFormLayout *m_form;
    QLineEdit *m_ca;
    QLineEdit *m_cert;
    QLineEdit *m_key;
    QLineEdit *m_token;
    QCheckBox *m_keep;
};

} // namespace replog
