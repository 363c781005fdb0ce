// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/nodeclient.h"

#include <QDialog>
#include <QJsonObject>

class QCheckBox;
class QDialogButtonBox;
class QDoubleSpinBox;
class QLabel;
class QSpinBox;

namespace replog {

class ClusterSession;
class WrappedText;

// Shows and changes the faults that a secondary injects; errors of the calls appear in the dialog.
class FaultsDialog : public QDialog
{
    Q_OBJECT
public:
    // `session` must outlive the dialog.
    FaultsDialog(ClusterSession &session, const QString &node, QWidget *parent = nullptr);

private:
    void handleRead(const CallResult &result);
    void apply(bool closeAfter);
    void setFaults(const QJsonObject &faults);
    QJsonObject fields() const;
    void explainDelay();
    void say(const QString &text, bool isError);

    ClusterSession &m_session;
    QString m_node;
    QSpinBox *m_delay;
    QDoubleSpinBox *m_failBefore;
    QDoubleSpinBox *m_failAfter;
    QDoubleSpinBox *m_drop;
    QCheckBox *m_block;
    QWidget *m_fields;
    QLabel *m_late;
    // The fields as they were when the node told its faults. Those that were not changed since are not
    // written: they may show less than the node told.
    QJsonObject m_told;
    WrappedText *m_said;
    QDialogButtonBox *m_buttons;
};

} // namespace replog
