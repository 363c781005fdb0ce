// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/access/secretfile.h"

#include <QFile>

#include <sys/stat.h>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr qint64 MaxBytes = 1024 * 1024;
}

Result<SecretFile> SecretFile::read(const QString &path)
{
    const auto refused = [&path](const QString &why) {
        return Error{Errc::InvalidArgument, u"cannot use '%1': %2"_s.arg(path, why)};
    };
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return refused(file.errorString());
    struct stat about = {};
    if (::fstat(file.handle(), &about) != 0 || S_ISDIR(about.st_mode))
        return refused(u"it is no file"_s);
    if ((about.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return refused(u"its group or others may write it (chmod go-w)"_s);
    SecretFile secret;
    secret.text = file.read(MaxBytes + 1);
    if (file.error() != QFileDevice::NoError)
        return refused(file.errorString());
    if (secret.text.size() > MaxBytes)
        return refused(u"it is longer than 1 MiB"_s);
    if ((about.st_mode & S_IROTH) != 0)
        secret.warning = u"others may read '%1' (chmod o-r)"_s.arg(path);
    return secret;
}

} // namespace replog
