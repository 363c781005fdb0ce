// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "secondary/masterlink.h"
#include "secondary/registrar.h"
#include "secondary/replicalog.h"
#include "secondary/secondaryapi.h"
#include "shared/base/eventloopscheduler.h"
#include "shared/node/nodeserver.h"
#include "shared/store/rockslogstore.h"

#include <QObject>

#include <memory>

namespace replog {

class Options;

// A secondary in a process: connects the state machines to the real store, network and clock.
class SecondaryService : public QObject
{
    Q_OBJECT
public:
    explicit SecondaryService(QObject *parent = nullptr);
    ~SecondaryService() override;

    // Opens the store and listens; listening() or failed() follows. The error is for whoever started the
    // process.
    Result<void> start(const Options &options);
    // Reads tokens and certificates again.
    void reload();
    // Syncs; finished() follows.
    void shutDown();

signals:
    void listening(const QByteArray &name, const QString &url);
    void failed(const replog::Error &error);
    void finished();

private:
    void connectParts();
    void declareMetrics();
    QJsonObject status() const;

    EventLoopScheduler m_scheduler;
    SystemRandom m_random;
    QByteArray m_name;
    QUrl m_advertised;
    qint64 m_startedMs = 0;
    std::unique_ptr<NodeAccess> m_access;
    std::unique_ptr<RocksLogStore> m_store;
    std::unique_ptr<ReplicaLog> m_log;
    std::unique_ptr<FaultInjector> m_faults;
    std::unique_ptr<Registrar> m_registrar;
    std::unique_ptr<MasterLink> m_master;
    std::unique_ptr<WaitRoom> m_room;
    std::unique_ptr<NodeServer> m_server;
    std::unique_ptr<SecondaryApi> m_api;
    bool m_faultsEnabled = false;
    bool m_shuttingDown = false;
};

} // namespace replog
