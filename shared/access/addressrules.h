// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QHostAddress>
#include <QUrl>

namespace replog {

// A node without both kinds of tokens is for its own machine, unless its operator insists.
Result<void> checkListening(const QHostAddress &host, bool hasTokens, bool hasClusterTokens, bool isInsecure);

// The URL under which a node registers, from `peer`: http(s)://host:port and nothing else. Without tokens of
// the cluster anybody may register, so that the master calls nobody but its own machine and whoever asked.
// Gives the URL; errors name the field url.
Result<QUrl> registeredUrl(const QString &text, const QHostAddress &peer, bool hasClusterTokens);

} // namespace replog
