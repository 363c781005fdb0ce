// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QUrl>

namespace replog {

enum class DefaultPort { Allowed, Refused };

// The address of a node: http(s)://host:port and nothing else (no user, password, path but a lone slash,
// query or fragment). Gives it without the slash and with its port written out; one that is left out is 80
// or 443, if that is allowed. The error's text says what is wrong, without repeating the URL: it may hold a
// password.
Result<QUrl> parseNodeUrl(const QString &text, DefaultPort defaultPort);

} // namespace replog
