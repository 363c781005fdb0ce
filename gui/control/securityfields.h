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

// Fields for what a cluster with TLS or tokens asks for, folded away while none of them is used.
class SecurityFields : public QWidget
{
    Q_OBJECT
public:
    explicit SecurityFields(QWidget *parent = nullptr);

    void setConnection(const Connection &connection);
    // As the fields say it. Error: what is wrong with them or with the files that they name.
    Result<ClientOptions> options() const;
    bool keepsToken() const; // in the keyring
    void unfold();
    void askForToken(); // unfolds, and puts the cursor there

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
