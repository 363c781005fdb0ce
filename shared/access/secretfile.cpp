// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/access/secretfile.h"

#include "shared/access/regularfile.h"

#include <utility>

#include <sys/stat.h>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr qint64 MaxBytes = 1024 * 1024;
}

Result<SecretFile> SecretFile::read(const QString &path)
{
    auto file = RegularFile::read(path, MaxBytes);
    if (!file)
        return file.error();
    if ((file->mode & (S_IWGRP | S_IWOTH)) != 0)
        return unusableFile(path, u"its group or others may write it (chmod go-w)"_s);
    SecretFile secret;
    secret.text = std::move(file->content);
    if ((file->mode & S_IROTH) != 0)
        secret.warning = u"others may read '%1' (chmod o-r)"_s.arg(path);
    return secret;
}

} // namespace replog
