// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/positionfile.h"

#include "shared/store/storeerror.h"
#include "shared/store/xxh3.h"

#include <QByteArray>
#include <QFile>
#include <QScopeGuard>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace replog {

namespace {

constexpr qsizetype PageSize = 4096;
constexpr qsizetype FileSize = 2 * PageSize;
constexpr qsizetype OlderFileSize = PageSize; // of format 2
constexpr qsizetype SectorSize = 512; // each slot has a sector of its own: one bad sector spoils one slot
constexpr qsizetype Notes = 3;

struct Slot
{
    quint64 version = 0;
    std::array<quint64, 3> value = {};
    quint64 hash = 0;
};

quint64 hashOf(const Slot &slot)
{
    return xxh3(&slot, offsetof(Slot, hash), 0x7265706c6f67706f);
}

Error ioError(const QString &what, const QString &path)
{
    return {Errc::Io,
            QStringLiteral("cannot %1 %2: %3").arg(what, path, QString::fromLocal8Bit(std::strerror(errno)))};
}

// A file system that copies on write needs room for every write; where it can, it writes this file in place,
// so that a note finds room on a full disk. A snapshot undoes that for a write.
void keepInPlace(int fd)
{
    int flags = 0;
    if (::ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0) {
        flags |= FS_NOCOW_FL;
        ::ioctl(fd, FS_IOC_SETFLAGS, &flags); // most file systems have no such flag
    }
}

bool writeAll(int fd, const QByteArray &content)
{
    return ::write(fd, content.constData(), std::size_t(content.size())) == content.size() &&
           ::fsync(fd) == 0;
}

} // namespace

QByteArray PositionFile::content(quint64 committed, const Durable &durable, const Manifest &manifest)
{
    // Write all of it: the first store to a hole would need a block, and the disk may be full by then.
    QByteArray content(FileSize, '\0');
    const Value values[Notes] = {{committed, 0, 0},
                                 {durable.lastId, durable.sequence, 0},
                                 {manifest.number, manifest.size, manifest.hash}};
    for (qsizetype place = 0; place < 2 * Notes; ++place) {
        Slot slot{quint64(place % 2), values[place / 2], 0};
        slot.hash = hashOf(slot);
        for (const qsizetype page : {qsizetype(0), PageSize})
            std::memcpy(content.data() + page + place * SectorSize, &slot, sizeof slot);
    }
    return content;
}

Result<void> PositionFile::create(const QString &path)
{
    const QByteArray content = PositionFile::content(0, {}, {});
    const QByteArray name = QFile::encodeName(path);
    const QByteArray newName = name + ".new";
    ::unlink(newName.constData()); // left by a creation that was interrupted
    const int fd = ::open(newName.constData(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return ioError(QStringLiteral("create"), path);
    keepInPlace(fd);
    const bool written = writeAll(fd, content);
    const int failure = errno;
    ::close(fd);
    errno = failure;
    if (!written)
        return ioError(QStringLiteral("write"), path);
    if (::rename(newName.constData(), name.constData()) != 0)
        return ioError(QStringLiteral("create"), path);
    return {};
}

namespace {

Error wrongSize(const QString &path, qint64 size)
{
    return {Errc::Corrupt, size == OlderFileSize
                               ? QStringLiteral("%1 is of an older format than this program's").arg(path)
                               : QStringLiteral("%1 has a wrong size").arg(path)};
}

} // namespace

Result<std::unique_ptr<PositionFile>> PositionFile::open(const QString &path, rocksdb::FileSystem &files)
{
    const int fd = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return ioError(QStringLiteral("open"), path);
    const auto closed = qScopeGuard([fd] { ::close(fd); });
    struct stat info = {};
    if (::fstat(fd, &info) != 0)
        return ioError(QStringLiteral("read"), path);
    if (!S_ISREG(info.st_mode) || info.st_size != FileSize)
        return wrongSize(path, info.st_size);
    QByteArray content(FileSize, '\0');
    if (::pread(fd, content.data(), FileSize, 0) < 0)
        return ioError(QStringLiteral("read"), path);
    auto position = of(path, content);
    if (!position)
        return position;
    const rocksdb::IOStatus opened =
        files.NewRandomRWFile(path.toStdString(), {}, &(*position)->m_file, nullptr);
    if (!opened.ok())
        return storeError(opened, QStringLiteral("cannot open %1").arg(path));
    return position;
}

Result<std::unique_ptr<PositionFile>> PositionFile::of(const QString &path, const QByteArray &content)
{
    if (content.size() != FileSize)
        return wrongSize(path, content.size());
    std::unique_ptr<PositionFile> position(new PositionFile(path, content));
    if (auto loaded = position->load(); !loaded)
        return loaded.error();
    return position;
}

PositionFile::PositionFile(const QString &path, const QByteArray &content)
    : m_path(path), m_committed{.place = 0}, m_durable{.place = 2 * SectorSize},
      m_manifest{.place = 4 * SectorSize}, m_content(content)
{
}

Result<void> PositionFile::load()
{
    for (Note *const note : {&m_committed, &m_durable, &m_manifest}) {
        if (!note->load(m_content, m_damagedCopies))
            return Error{Errc::Corrupt, QStringLiteral("%1 is damaged: no valid slot").arg(m_path)};
    }
    return {};
}

void PositionFile::set(Note &note, const Value &to)
{
    const std::lock_guard lock(m_mutex);
    note.set(to, m_content);
    m_isWritten = false;
}

// Writes both pages whole: the kernel then need not read them first, and what an earlier write that failed
// has left out is there again.
rocksdb::IOStatus PositionFile::write()
{
    const std::lock_guard lock(m_mutex);
    if (m_isWritten || !m_file)
        return rocksdb::IOStatus::OK();
    rocksdb::IOStatus status =
        m_file->Write(0, {m_content.constData(), std::size_t(m_content.size())}, {}, nullptr);
    m_isWritten = status.ok();
    return status;
}

rocksdb::IOStatus PositionFile::writeSynced()
{
    const rocksdb::IOStatus status = write();
    return status.ok() && m_file ? m_file->Fsync({}, nullptr) : status;
}

Result<void> PositionFile::sync()
{
    if (const rocksdb::IOStatus status = writeSynced(); !status.ok())
        return storeError(status, QStringLiteral("cannot write %1").arg(m_path));
    return {};
}

void PositionFile::Note::set(const Value &to, QByteArray &content)
{
    value = to;
    Slot slot{++version, to, 0};
    slot.hash = hashOf(slot);
    char *const first = content.data() + place + qsizetype(version % 2) * SectorSize;
    std::memcpy(first, &slot, sizeof slot);
    std::memcpy(first + PageSize, &slot, sizeof slot);
}

bool PositionFile::Note::load(const QByteArray &content, int &damaged)
{
    bool found = false;
    for (qsizetype i = 0; i < 2; ++i) {
        for (const qsizetype page : {qsizetype(0), PageSize}) {
            Slot slot;
            std::memcpy(&slot, content.constData() + place + i * SectorSize + page, sizeof slot);
            if (slot.hash != hashOf(slot) || slot.version % 2 != quint64(i)) {
                ++damaged;
                continue;
            }
            if (found && slot.version < version)
                continue;
            found = true;
            version = slot.version;
            value = slot.value;
        }
    }
    return found;
}

} // namespace replog
