// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/log/replicate.h"

#include <QObject>
#include <QUrl>

namespace replog {

// Carries deliveries to one secondary, in order. Exactly one of answered/failed follows each send(), from the
// event loop, never from inside it, save that after abort() tickets may also be forgotten. Event loop's
// thread.
class PeerTransport : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    virtual void setUrl(const QUrl &url) = 0;
    virtual void send(quint64 ticket, const Delivery &delivery) = 0;
    virtual void abort() = 0;

signals:
    void answered(quint64 ticket, const replog::ReplicateAnswer &answer);
    void failed(quint64 ticket, const replog::Error &error);
};

} // namespace replog
