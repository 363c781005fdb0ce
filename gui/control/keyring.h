// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <functional>

class QObject;
class QUrl;

namespace replog {

// Tokens in the system's keyring (Secret Service, KWallet, macOS, Windows), by the place of their connection.
// A build without QtKeychain has no keyring and asks for the token each time. No call blocks; callbacks run
// in the event loop, unless `context` is gone by then.
namespace Keyring {

bool isThere();
// `token` is empty if none is stored. `problem` says why the keyring could not be read; empty if it could.
void read(const QUrl &place, QObject *context,
          const std::function<void(const QByteArray &token, const QString &problem)> &done);
// An empty token removes the stored one.
void write(const QUrl &place, const QByteArray &token, QObject *context,
           const std::function<void(const QString &problem)> &done);

} // namespace Keyring

} // namespace replog
