// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QByteArray>
#include <QString>

namespace replog {

// A small file with a secret: tokens or a private key.
struct SecretFile
{
    QByteArray text;
    QString warning; // says that others may read the file; empty if they may not

    // Reads a file of at most 1 MiB. A file that its group or others may write is refused, because they could
    // replace the secret. Errors name the file and the reason.
    static Result<SecretFile> read(const QString &path);
};

} // namespace replog
