// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/alarms/alarmsdialog.h"

#include "gui/widgets/plainlabel.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QSpinBox>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace replog {

AlarmsDialog::AlarmsDialog(Alarms &alarms, QWidget *parent)
    : QDialog(parent), m_alarms(alarms), m_wait(new QSpinBox(this)), m_lag(new QSpinBox(this)),
      m_unhealthy(new QCheckBox(tr("A node is not &healthy"), this)),
      m_failed(new QCheckBox(tr("A node's &store has failed"), this))
{
    setObjectName(u"alarmsDialog"_s);
    setWindowTitle(tr("Alarms"));
    auto *const column = new QVBoxLayout(this);
    auto *const intro = new PlainLabel(
        tr("What the window tells in its bar at the top, and the desktop in a notice, without being asked."),
        this);
    intro->setWordWrap(true);
    column->addWidget(intro);
    auto *const form = new QFormLayout;
    m_wait->setObjectName(u"alarmWait"_s);
    m_wait->setRange(0, 86'400);
    m_wait->setSuffix(tr(" s"));
    m_wait->setSpecialValueText(tr("never"));
    m_lag->setObjectName(u"alarmLag"_s);
    m_lag->setRange(0, 1'000'000'000);
    m_lag->setSingleStep(100);
    m_lag->setSpecialValueText(tr("never"));
    m_unhealthy->setObjectName(u"alarmUnhealthy"_s);
    m_failed->setObjectName(u"alarmFailed"_s);
    form->addRow(tr("A message &waits longer than:"), m_wait);
    form->addRow(tr("A node &lags by more messages than:"), m_lag);
    form->addRow(QString(), m_unhealthy);
    form->addRow(QString(), m_failed);
    column->addLayout(form);
    auto *const buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    connect(buttons, &QDialogButtonBox::accepted, this, &AlarmsDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    column->addWidget(buttons);
    const AlarmLimits &limits = alarms.limits();
    m_wait->setValue(limits.waitSeconds);
    m_lag->setValue(limits.lag);
    m_unhealthy->setChecked(limits.unhealthy);
    m_failed->setChecked(limits.failedStore);
}

AlarmLimits AlarmsDialog::limits() const
{
    return {m_wait->value(), m_lag->value(), m_unhealthy->isChecked(), m_failed->isChecked()};
}

void AlarmsDialog::accept()
{
    limits().store();
    m_alarms.setLimits(limits());
    QDialog::accept();
}

} // namespace replog
