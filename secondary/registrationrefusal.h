// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>

#include <optional>

namespace replog {

// Why a master does not take this node in, from its 409 to a registration: a problem document (RFC 9457) that
// names the field of the registration that stands against it. Nothing for any other document: some other
// service answered. Any thread.
std::optional<QString> decodeRegistrationRefusal(QByteArrayView contentType, QByteArrayView body);

} // namespace replog
