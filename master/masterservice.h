// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/masterapi.h"
#include "master/masternode.h"
#include "shared/base/eventloopscheduler.h"
#include "shared/node/nodeserver.h"
#include "shared/store/rockslogstore.h"

#include <QObject>

#include <memory>

namespace replog {

class Options;

// A master in a process: connects the state machines to the real store, network and clock.
class MasterService : public QObject
{
    Q_OBJECT
public:
    explicit MasterService(QObject *parent = nullptr);
    ~MasterService() override;

    // Opens the store and begins; listening() or failed() follows. The error is for the person who started
    // the process.
    Result<void> start(const Options &options);
    // Reads tokens and certificates again.
    void reload();
    // Answers every waiter, syncs; finished() follows.
    void shutDown();

signals:
    void listening(const QByteArray &name, const QString &url);
    void failed(const replog::Error &error);
    void finished();

private:
    void connectLog();
    void connectStatus();
    void declareMetrics();

    EventLoopScheduler m_scheduler;
    SystemRandom m_random;
    qint64 m_startedMs = 0;
    std::unique_ptr<NodeAccess> m_access;
    std::unique_ptr<RocksLogStore> m_store;
    std::unique_ptr<MasterNode> m_node;
    std::unique_ptr<NodeServer> m_server;
    std::unique_ptr<MasterApi> m_api;
    bool m_shuttingDown = false;
};

} // namespace replog
