// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/options.h"
#include "shared/http/httpserver.h"
#include "shared/node/spacemeter.h"

namespace replog {

// The options that master and secondary share.
void declareNodeOptions(Options &options, const QString &defaultPort, const QString &defaultName);
void declareBackupOptions(Options &options);
void declareLoggingOptions(Options &options);
HttpLimits httpLimitsOf(const Options &options);
MinFree minFreeOf(const Options &options);
// Absolute; empty if the node makes no backups. Error: it is the data folder, lies in it, or holds it.
Result<QString> backupDirOf(const Options &options);
// The address to listen on; the error names --host.
Result<QHostAddress> hostOf(const Options &options);
// Where others reach a node that listens on `host` and `port`.
QString urlOf(const QHostAddress &host, quint16 port, bool isTls);

} // namespace replog
