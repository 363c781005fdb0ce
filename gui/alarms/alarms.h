// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QObject>
#include <QTimer>

namespace replog {

class ClusterModel;

// From when on something is worth an alarm.
struct AlarmLimits
{
    int waitSeconds = 30; // of the oldest wait; 0: never
    int lag = 1000;       // messages that a node does not hold yet; 0: never
    bool unhealthy = true;
    bool failedStore = true;

    static AlarmLimits stored(); // as the user has set them
    void store() const;

    friend bool operator==(const AlarmLimits &, const AlarmLimits &) = default;
};

// Watches the cluster for what an operator should know of without looking. Each alarm is raised once and is
// over once; what a user has stopped here is none.
class Alarms : public QObject
{
    Q_OBJECT
public:
    // `cluster` must outlive it.
    explicit Alarms(const ClusterModel &cluster, const AlarmLimits &limits = AlarmLimits::stored(),
                    QObject *parent = nullptr);

    const AlarmLimits &limits() const { return m_limits; }
    void setLimits(const AlarmLimits &limits);
    const QHash<QString, QString> &raised() const { return m_raised; } // text by topic
    // Looks at everything; done every second by itself.
    void look();

signals:
    // The text of one that is raised may change.
    void alarm(const QString &topic, const QString &text, bool isNew);
    void over(const QString &topic);

private:
    QHash<QString, QString> current() const;

    const ClusterModel &m_cluster;
    AlarmLimits m_limits;
    QHash<QString, QString> m_raised;
    QTimer m_tick;
};

} // namespace replog
