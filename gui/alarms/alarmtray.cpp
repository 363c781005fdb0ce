// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/alarms/alarmtray.h"

#include "gui/alarms/alarms.h"
#include "gui/widgets/plaintext.h"

#include <QApplication>
#include <QStringList>
#include <QSystemTrayIcon>

namespace replog {

AlarmTray::AlarmTray(Alarms &alarms, QObject *parent) : QObject(parent), m_alarms(alarms)
{
    connect(&alarms, &Alarms::alarm, this,
            [this](const QString &, const QString &text, bool isNew) { handleAlarm(text, isNew); });
    connect(&alarms, &Alarms::over, this, &AlarmTray::handleOver);
}

AlarmTray::~AlarmTray() = default;

QString AlarmTray::tip(const Alarms &alarms)
{
    QStringList lines;
    for (const QString &text : alarms.raised())
        lines.append(PlainText::notice(text));
    return lines.join(u'\n');
}

void AlarmTray::handleOver()
{
    if (m_alarms.raised().isEmpty())
        m_icon.reset();
    else if (m_icon)
        m_icon->setToolTip(tip(m_alarms));
}

void AlarmTray::handleAlarm(const QString &text, bool isNew)
{
    if (m_icon)
        m_icon->setToolTip(tip(m_alarms));
    if (!isNew || !QSystemTrayIcon::isSystemTrayAvailable())
        return;
    if (!m_icon) {
        m_icon = std::make_unique<QSystemTrayIcon>(QApplication::windowIcon());
        connect(m_icon.get(), &QSystemTrayIcon::activated, this, &AlarmTray::activated);
        connect(m_icon.get(), &QSystemTrayIcon::messageClicked, this, &AlarmTray::activated);
        m_icon->show();
    }
    m_icon->setToolTip(tip(m_alarms));
    m_icon->showMessage(tr("Replog"), PlainText::notice(text), QSystemTrayIcon::Warning);
}

} // namespace replog
