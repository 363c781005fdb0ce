// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/httpserver.h"

#include <QString>

namespace replog {

class RocksLogStore;

// POST /api/v1/backup {"name"}: makes a backup of the store in the folder `name` of `dir`, and answers once
// it is durable. `store` must outlive the server.
void addBackupRoute(HttpServer &server, RocksLogStore &store, const QString &dir);

} // namespace replog
