// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/control/localcluster.h"

#include <QDialog>

class QDialogButtonBox;
class QLabel;
class QLineEdit;
class QRadioButton;
class QSpinBox;

namespace replog {

class InlineError;

// Asks for what a new local cluster needs. Says beside the fields what is wrong with them.
class NewClusterDialog : public QDialog
{
    Q_OBJECT
public:
    explicit NewClusterDialog(QWidget *parent = nullptr);

    LocalCluster::Options options() const;
    // The cluster could not be opened with these options: says why and lets the user try again.
    void setProblem(const QString &text);

signals:
    void
    submitted(const replog::LocalCluster::Options &options); // the dialog stays open until somebody closes it

private:
    void validate();
    void browse();

    QSpinBox *m_secondaries;
    QRadioButton *m_temporary;
    QRadioButton *m_named;
    QLineEdit *m_folder;
    QLabel *m_note;
    InlineError *m_error;
    QDialogButtonBox *m_buttons;
};

} // namespace replog
