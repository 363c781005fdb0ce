// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/positionfile.h"

#include "shared/store/xxh3.h"

#include <QByteArray>

#include <cerrno>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

namespace replog {

namespace {

constexpr qsizetype FileSize = 4096;
constexpr qsizetype SectorSize = 512; // each slot has a sector of its own: one bad sector spoils one slot

struct Slot
{
    quint64 version = 0;
    quint64 value = 0;
    quint64 hash = 0;
};

quint64 hashOf(const Slot &slot)
{
    return xxh3(&slot, offsetof(Slot, hash), 0x7265706c6f67706f);
}

Error ioError(const QFile &file, const QString &what)
{
    return {Errc::Io, QStringLiteral("cannot %1 %2: %3").arg(what, file.fileName(), file.errorString())};
}

} // namespace

bool PositionFile::exists(const QString &path)
{
    return QFile::exists(path);
}

Result<void> PositionFile::create(const QString &path)
{
    // All of it is written out: a hole would be filled at the first store, when the disk may be full.
    QByteArray content(FileSize, '\0');
    for (qsizetype number = 0; number < 2; ++number) {
        for (qsizetype i = 0; i < 2; ++i) {
            Slot slot{quint64(i), 0, 0};
            slot.hash = hashOf(slot);
            std::memcpy(content.data() + (2 * number + i) * SectorSize, &slot, sizeof slot);
        }
    }
    QFile file(path + QStringLiteral(".new"));
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(content) != FileSize ||
        !file.flush() || ::fsync(file.handle()) != 0)
        return ioError(file, QStringLiteral("write"));
    file.close();
    if (!file.rename(path))
        return ioError(file, QStringLiteral("rename"));
    return {};
}

Result<std::unique_ptr<PositionFile>> PositionFile::open(const QString &path)
{
    std::unique_ptr<PositionFile> position(new PositionFile(path));
    QFile &file = position->m_file;
    if (!file.open(QIODevice::ReadWrite))
        return ioError(file, QStringLiteral("open"));
    if (file.size() != FileSize)
        return Error{Errc::Corrupt, QStringLiteral("%1 has a wrong size").arg(path)};
    position->m_map = file.map(0, FileSize);
    if (!position->m_map)
        return ioError(file, QStringLiteral("map"));
    if (!position->m_committed.load(position->m_map) ||
        !position->m_last.load(position->m_map + 2 * SectorSize))
        return Error{Errc::Corrupt, QStringLiteral("%1 is damaged: no valid slot").arg(path)};
    return position;
}

Result<void> PositionFile::sync()
{
    if (::msync(m_map, FileSize, MS_SYNC) != 0)
        return Error{Errc::Io, QStringLiteral("cannot sync %1: %2")
                                   .arg(m_file.fileName(), QString::fromLocal8Bit(std::strerror(errno)))};
    return {};
}

void PositionFile::Number::set(quint64 to)
{
    value = to;
    Slot slot{++version, to, 0};
    slot.hash = hashOf(slot);
    std::memcpy(places[version % 2], &slot, sizeof slot);
}

bool PositionFile::Number::load(uchar *at)
{
    bool found = false;
    for (qsizetype i = 0; i < 2; ++i) {
        places[i] = at + i * SectorSize;
        Slot slot;
        std::memcpy(&slot, places[i], sizeof slot);
        if (slot.hash != hashOf(slot) || slot.version % 2 != quint64(i) || (found && slot.version < version))
            continue;
        found = true;
        version = slot.version;
        value = slot.value;
    }
    return found;
}

} // namespace replog
