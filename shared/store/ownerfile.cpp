// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/ownerfile.h"

#include "shared/store/folders.h"
#include "shared/store/statustext.h"
#include "shared/store/storeerror.h"
#include "shared/store/storekeys.h"
#include "shared/store/xxh3.h"

#include <memory>
#include <string>

namespace replog {

namespace {

constexpr std::size_t MostBytes = 4096;

// Lines for people, and a checksum of them.
std::string contentOf(const Owner &owner)
{
    QByteArray lines = "role " + owner.role.toPercentEncoding() + "\nname " + owner.name.toPercentEncoding() +
                       "\nnode " + encodeId(owner.nodeId).toHex() + '\n';
    const quint64 hash = xxh3(lines.constData(), std::size_t(lines.size()), 0);
    lines += "hash " + QByteArray::number(hash, 16).rightJustified(16, '0') + '\n';
    return lines.toStdString();
}

QByteArray valueOf(const QByteArray &line, const QByteArray &name)
{
    return line.startsWith(name) ? line.sliced(name.size()) : QByteArray();
}

} // namespace

OwnerFile::OwnerFile(rocksdb::FileSystem &files, const QString &folder)
    : m_files(files), m_folder(folder.toStdString()), m_path(m_folder + "/owner")
{
}

Result<Owner> OwnerFile::read() const
{
    const QString path = QString::fromStdString(m_path);
    std::string bytes(MostBytes, '\0');
    rocksdb::Slice content;
    std::unique_ptr<rocksdb::FSSequentialFile> file;
    rocksdb::IOStatus status = m_files.NewSequentialFile(m_path, {}, &file, nullptr);
    if (status.IsNotFound() || status.IsPathNotFound())
        return Error{Errc::NotFound, QStringLiteral("%1 is missing").arg(path)};
    if (status.ok())
        status = file->Read(bytes.size(), {}, &content, bytes.data(), nullptr);
    if (!status.ok())
        return storeError(status, QStringLiteral("cannot read %1").arg(path));
    const QList<QByteArray> lines = toBytes(content).split('\n');
    const auto nodeId = decodeId(QByteArray::fromHex(valueOf(lines.value(2), "node ")).toStdString());
    const Owner owner{QByteArray::fromPercentEncoding(valueOf(lines.value(0), "role ")),
                      QByteArray::fromPercentEncoding(valueOf(lines.value(1), "name ")),
                      nodeId.value_or(Id128())};
    if (contentOf(owner) != content.ToStringView())
        return Error{Errc::Corrupt, QStringLiteral("%1 is damaged").arg(path)};
    return owner;
}

Result<void> OwnerFile::write(const Owner &owner)
{
    const std::string made = m_path + ".new";
    // Left by a start that was interrupted, or a link that somebody put there.
    rocksdb::Status status = m_files.DeleteFile(made, {}, nullptr);
    if (status.ok() || status.IsNotFound() || status.IsPathNotFound())
        status = writeWhole(m_files, made, contentOf(owner));
    if (status.ok())
        status = m_files.RenameFile(made, m_path, {}, nullptr);
    if (status.ok())
        status = syncFolder(m_files, m_folder);
    if (!status.ok())
        return Error{
            Errc::Io,
            QStringLiteral("cannot write %1: %2").arg(QString::fromStdString(m_path), statusText(status))};
    return {};
}

} // namespace replog
