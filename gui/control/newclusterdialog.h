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

// Asks for the options of a new local cluster and shows errors beside the fields.
class NewClusterDialog : public QDialog
{
    Q_OBJECT
public:
    explicit NewClusterDialog(QWidget *parent = nullptr);

    LocalCluster::Options options() const;
    // Shows why the cluster could not be opened and lets the user try again.
    void setProblem(const QString &text);

signals:
    void
    // The dialog stays open until accept() or reject().
    submitted(const replog::LocalCluster::Options &options);

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
