// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QByteArray>
#include <QString>

namespace replog {

// A small file that is nobody else's business: tokens, a private key.
struct SecretFile
{
    QByteArray text;
    QString warning; // that others may read it; empty if they may not

    // At most 1 MiB. A file that its group or others may write is refused: whoever may do that makes the
    // rules. Errors name the file and say what was in the way.
    static Result<SecretFile> read(const QString &path);
};

} // namespace replog
