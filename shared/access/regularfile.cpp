// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/access/regularfile.h"

#include <QFile>

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

using namespace Qt::StringLiterals;

namespace replog {

Result<RegularFile> RegularFile::read(const QString &path, qint64 maxBytes)
{
    // Not to wait for a writer of a pipe. It means nothing for a regular file.
    const int descriptor = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0)
        return unusableFile(path, qt_error_string(errno));
    QFile file;
    if (!file.open(descriptor, QIODevice::ReadOnly, QFileDevice::AutoCloseHandle))
        return unusableFile(path, file.errorString());
    struct stat about = {};
    if (::fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode))
        return unusableFile(path, u"it is no regular file"_s);
    RegularFile regular;
    regular.mode = about.st_mode;
    regular.content = file.read(maxBytes + 1);
    if (file.error() != QFileDevice::NoError)
        return unusableFile(path, file.errorString());
    if (regular.content.size() > maxBytes)
        return unusableFile(path, u"it is longer than %1 MiB"_s.arg(maxBytes >> 20));
    return regular;
}

Error unusableFile(const QString &path, const QString &why)
{
    return {Errc::InvalidArgument, u"cannot use '%1': %2"_s.arg(path, why)};
}

} // namespace replog
