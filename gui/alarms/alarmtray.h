// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <memory>

class QSystemTrayIcon;

namespace replog {

class Alarms;

// Shows alarms as desktop notifications, where the desktop has a tray. The icon is visible while an alarm is
// raised.
class AlarmTray : public QObject
{
    Q_OBJECT
public:
    // `alarms` must outlive it.
    explicit AlarmTray(Alarms &alarms, QObject *parent = nullptr);
    ~AlarmTray() override;

    // The icon's tool tip: what is raised now, an alarm a line.
    static QString tip(const Alarms &alarms);

signals:
    void activated(); // the user wants to see the window

private:
    void handleAlarm(const QString &text, bool isNew);
    void handleOver();

    Alarms &m_alarms;
    std::unique_ptr<QSystemTrayIcon> m_icon;
};

} // namespace replog
