// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/alarms/alarmtray.h"

#include "gui/alarms/alarms.h"
#include "gui/widgets/plaintext.h"

#include <QApplication>
#include <QSystemTrayIcon>

namespace replog {

AlarmTray::AlarmTray(Alarms &alarms, QObject *parent) : QObject(parent), m_alarms(alarms)
{
    connect(&alarms, &Alarms::alarm, this,
            [this](const QString &, const QString &text, bool isNew) { handleAlarm(text, isNew); });
    connect(&alarms, &Alarms::over, this, [this] {
        if (m_alarms.raised().isEmpty())
            m_icon.reset();
    });
}

AlarmTray::~AlarmTray() = default;

void AlarmTray::handleAlarm(const QString &text, bool isNew)
{
    if (!isNew || !QSystemTrayIcon::isSystemTrayAvailable())
        return;
    if (!m_icon) {
        m_icon = std::make_unique<QSystemTrayIcon>(QApplication::windowIcon());
        connect(m_icon.get(), &QSystemTrayIcon::activated, this, &AlarmTray::activated);
        connect(m_icon.get(), &QSystemTrayIcon::messageClicked, this, &AlarmTray::activated);
        m_icon->show();
    }
    m_icon->setToolTip(PlainText::notice(text));
    m_icon->showMessage(tr("Replog"), PlainText::notice(text), QSystemTrayIcon::Warning);
}

} // namespace replog
