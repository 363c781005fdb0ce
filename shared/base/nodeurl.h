// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QUrl>

namespace replog {

enum class DefaultPort { Allowed, Refused };

// Parses the address of a node: http(s)://host:port and nothing else (no user, password, query or fragment,
// and no path but "/"). The result has no slash and an explicit port; if the port may be left out, it is 80
// or 443. The error's text does not repeat the URL, because that may contain a password.
Result<QUrl> parseNodeUrl(const QString &text, DefaultPort defaultPort);

} // namespace replog
