// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QHostAddress>
#include <QUrl>

namespace replog {

// A node that lacks one of the two kinds of tokens may listen on loopback only, unless `insecure`.
Result<void> checkListening(const QHostAddress &host, bool hasTokens, bool hasClusterTokens, bool isInsecure);

// Checks the URL with which a node at `peer` registers: http(s)://host:port and nothing else. Without cluster
// tokens anybody may register; then the host must be loopback or `peer`, so that nobody can make the master
// call a third machine. Errors name the field url.
Result<QUrl> registeredUrl(const QString &text, const QHostAddress &peer, bool hasClusterTokens);

} // namespace replog
