// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/sequence/traceevent.h"

#include <QHash>
#include <QObject>
#include <QTimer>

class QNetworkReply;

namespace replog {

class ClusterSession;

// Reads the traces of all nodes while they are shown: a trace costs a node something only while it is read.
class TraceReader : public QObject
{
    Q_OBJECT
public:
    // `session` must outlive it.
    explicit TraceReader(ClusterSession &session, QObject *parent = nullptr);
    ~TraceReader() override;

    void setActive(bool active);
    bool isActive() const { return m_active; }

signals:
    void began(const QString &node); // events follow from here on
    void traced(const replog::TraceEvent &event);
    // The node refuses its trace; it is asked again later.
    void refused(const QString &node, const QString &reason);

private:
    struct Stream
    {
        QNetworkReply *reply = nullptr;
        QByteArray line;
    };

    void openMissing();
    void close(const QString &node);
    void read(const QString &node);
    void handleEnd(const QString &node);

    ClusterSession &m_session;
    bool m_active = false;
    QHash<QString, Stream> m_streams;
    QTimer m_again;
};

} // namespace replog
