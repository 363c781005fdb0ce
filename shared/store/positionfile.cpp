// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/positionfile.h"

#include "shared/store/xxh3.h"

#include <QByteArray>
#include <QFile>
#include <QScopeGuard>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
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

Result<std::unique_ptr<PositionFile>> PositionFile::open(const QString &path)
{
    std::unique_ptr<PositionFile> position(new PositionFile(path));
    const int fd = ::open(QFile::encodeName(path).constData(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return ioError(QStringLiteral("open"), path);
    const auto closed = qScopeGuard([fd] { ::close(fd); });
    struct stat info = {};
    if (::fstat(fd, &info) != 0)
        return ioError(QStringLiteral("read"), path);
    if (!S_ISREG(info.st_mode) || info.st_size != FileSize)
        return wrongSize(path, info.st_size);
    // A failed read of the mapped pages would end the process.
    QByteArray content(FileSize, Qt::Uninitialized);
    if (::pread(fd, content.data(), FileSize, 0) < 0)
        return ioError(QStringLiteral("read"), path);
    void *const map = ::mmap(nullptr, FileSize, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return ioError(QStringLiteral("map"), path);
    position->m_map = static_cast<uchar *>(map);
    if (auto loaded = position->load(); !loaded)
        return loaded.error();
    return position;
}

Result<std::unique_ptr<PositionFile>> PositionFile::of(const QString &path, const QByteArray &content)
{
    if (content.size() != FileSize)
        return wrongSize(path, content.size());
    std::unique_ptr<PositionFile> position(new PositionFile(path));
    void *const map = ::mmap(nullptr, FileSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED)
        return ioError(QStringLiteral("map"), path);
    std::memcpy(map, content.constData(), FileSize);
    position->m_map = static_cast<uchar *>(map);
    if (auto loaded = position->load(); !loaded)
        return loaded.error();
    return position;
}

Result<void> PositionFile::load()
{
    uchar *at = m_map;
    for (Note *const note : {&m_committed, &m_durable, &m_manifest}) {
        if (!note->load(at, m_damagedCopies))
            return Error{Errc::Corrupt, QStringLiteral("%1 is damaged: no valid slot").arg(m_path)};
        at += 2 * SectorSize;
    }
    return {};
}

PositionFile::~PositionFile()
{
    if (m_map)
        ::munmap(m_map, FileSize);
}

Result<void> PositionFile::sync()
{
    if (::msync(m_map, FileSize, MS_SYNC) != 0)
        return ioError(QStringLiteral("sync"), m_path);
    return {};
}

void PositionFile::Note::set(const Value &to)
{
    value = to;
    Slot slot{++version, to, 0};
    slot.hash = hashOf(slot);
    uchar *const place = places[version % 2];
    std::memcpy(place, &slot, sizeof slot);
    std::memcpy(place + PageSize, &slot, sizeof slot);
}

bool PositionFile::Note::load(uchar *at, int &damaged)
{
    bool found = false;
    for (qsizetype i = 0; i < 2; ++i) {
        places[i] = at + i * SectorSize;
        for (const qsizetype page : {qsizetype(0), PageSize}) {
            Slot slot;
            std::memcpy(&slot, places[i] + page, sizeof slot);
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
