// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMap>
#include <QObject>
#include <QTimer>

namespace replog {

class ClusterModel;

// The thresholds from which on an alarm is raised.
struct AlarmLimits
{
    int waitSeconds = 30; // age of the oldest wait; 0: no alarm
    int lag = 1000;       // messages that a node does not hold yet; 0: no alarm
    bool unhealthy = true;
    bool failedStore = true;

    static AlarmLimits stored(); // from the user's settings
    void store() const;

    friend bool operator==(const AlarmLimits &, const AlarmLimits &) = default;
};

// Watches the cluster for what an operator must learn of without looking. There is one alarm of a kind, whose
// text names the nodes; it is raised once and cleared once. A node that the user stopped here raises none.
class Alarms : public QObject
{
    Q_OBJECT
public:
    // `cluster` must outlive it.
    explicit Alarms(const ClusterModel &cluster, const AlarmLimits &limits = AlarmLimits::stored(),
                    QObject *parent = nullptr);

    const AlarmLimits &limits() const { return m_limits; }
    void setLimits(const AlarmLimits &limits);
    // The topic of a master that cannot be reached.
    static QString masterTopic();
    const QMap<QString, QString> &raised() const { return m_raised; } // text by topic
    // Checks all conditions; a timer calls it every second.
    void look();

signals:
    // Also emitted again when the text of a raised alarm changes.
    void alarm(const QString &topic, const QString &text, bool isNew);
    void over(const QString &topic);

private:
    QMap<QString, QString> current() const;
    QString waitAlarm() const; // empty: none
    void handleLogReplaced(const QString &name);

    const ClusterModel &m_cluster;
    AlarmLimits m_limits;
    QMap<QString, QString> m_raised;
    QString m_logBefore; // the first log that another one took the place of; empty: none did
    QString m_replacedAt;
    QTimer m_tick;
};

} // namespace replog
