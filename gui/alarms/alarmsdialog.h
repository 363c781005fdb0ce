// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/alarms/alarms.h"

#include <QDialog>

class QCheckBox;
class QSpinBox;

namespace replog {

// The settings of the alarms; OK stores them.
class AlarmsDialog : public QDialog
{
    Q_OBJECT
public:
    // `alarms` must outlive it.
    explicit AlarmsDialog(Alarms &alarms, QWidget *parent = nullptr);

    AlarmLimits limits() const;
    void accept() override;

private:
    Alarms &m_alarms;
    QSpinBox *m_wait;
    QSpinBox *m_lag;
    QCheckBox *m_unhealthy;
    QCheckBox *m_failed;
};

} // namespace replog
