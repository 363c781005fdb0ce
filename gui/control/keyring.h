// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <functional>

class QObject;
class QUrl;

namespace replog {

// Tokens in the system's keyring (Secret Service, KWallet, macOS, Windows), by the place of the connection
// that they are for. Built without QtKeychain there is none, and tokens are asked for each time. Nothing here
// ever waits; what is asked is answered from the event loop, unless `context` is gone by then.
namespace Keyring {

bool isThere();
// `token` is empty where none is kept; `problem` says why the keyring could not be asked, empty if it could.
void read(const QUrl &place, QObject *context,
          const std::function<void(const QByteArray &token, const QString &problem)> &done);
// An empty token takes away what is kept.
void write(const QUrl &place, const QByteArray &token, QObject *context,
           const std::function<void(const QString &problem)> &done);

} // namespace Keyring

} // namespace replog
