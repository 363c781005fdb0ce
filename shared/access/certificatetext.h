// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QByteArray>
#include <QList>
#include <QSslCertificate>
#include <QString>

namespace replog {

// The certificates in the PEM text of a file: at least one, and all that begin there. The error names the
// file.
Result<QList<QSslCertificate>> certificatesIn(const QString &path, const QByteArray &pem);

} // namespace replog
