// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/storeerror.h"

#include "shared/store/statustext.h"

namespace replog {

Error storeError(const rocksdb::Status &status, const QString &what)
{
    const QString text = statusText(status);
    if (status.IsCorruption() || status.IsPathNotFound())
        return {Errc::Corrupt, QStringLiteral("%1: %2").arg(what, text)};
    return {Errc::Io, QStringLiteral("%1: %2").arg(what, text)};
}

Error withDiskAdvice(Error error)
{
    error.text += QStringLiteral("; nothing shows that the log is damaged: look at the disk, and at the "
                                 "permissions and limits (open files, memory) of this process");
    return error;
}

Error writeError(const rocksdb::Status &status)
{
    Error error = storeError(status, QStringLiteral("cannot write the log"));
    error.text += QStringLiteral("; restart this node once the disk is in order");
    return error;
}

} // namespace replog
