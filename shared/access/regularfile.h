// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QByteArray>
#include <QString>

#include <sys/types.h>

namespace replog {

// The content of a file that an operator named, and its mode. Files are read in the event loop: what is no
// regular file (a pipe, a device) could keep it waiting, and is an error, as is one of more than `maxBytes`.
struct RegularFile
{
    static Result<RegularFile> read(const QString &path, qint64 maxBytes);

    QByteArray content;
    mode_t mode = 0;
};

// "cannot use 'PATH': WHY", Errc::InvalidArgument.
Error unusableFile(const QString &path, const QString &why);

} // namespace replog
