// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/walfilesystem.h"

#include <algorithm>
#include <string_view>

namespace replog {

using rocksdb::DataVerificationInfo;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

namespace {

constexpr std::uint64_t ZeroStep = 256 * 1024;
// The kernel caches what one call writes in one piece, and writes back whole pieces: zeros written page by
// page keep the sync of a small commit to a page (4 KiB instead of 128 KiB on ext4 with large folios).
constexpr std::uint64_t PageBytes = 4096;
// Writing zeros first doubles the bytes written: that pays only where a sync's time does not depend on its
// bytes.
constexpr std::size_t SmallWrite = 16 * 1024;

const char zeros[PageBytes] = {};

class WalFile final : public rocksdb::FSWritableFileOwnerWrapper
{
public:
    explicit WalFile(std::unique_ptr<FSWritableFile> &&file) : FSWritableFileOwnerWrapper(std::move(file)) {}

    IOStatus Append(const Slice &data, const IOOptions &options, IODebugContext *debug) override
    {
        return PositionedAppend(data, m_size, options, debug);
    }

    // Where the log ends.
    IOStatus PositionedAppend(const Slice &data, std::uint64_t at, const IOOptions &options,
                              IODebugContext *debug) override
    {
        const std::uint64_t end = at + data.size();
        if (end > m_preparedTo && data.size() <= SmallWrite) {
            const std::uint64_t to = (end / ZeroStep + 1) * ZeroStep;
            if (zero(end, to, options, debug).ok())
                m_preparedTo = to; // without room for the zeros there may be room for the data
        }
        IOStatus status = target()->PositionedAppend(data, at, options, debug);
        if (status.ok())
            m_size = end;
        return status;
    }

    IOStatus Append(const Slice &data, const IOOptions &options, const DataVerificationInfo &,
                    IODebugContext *debug) override
    {
        return Append(data, options, debug);
    }

    IOStatus PositionedAppend(const Slice &data, std::uint64_t at, const IOOptions &options,
                              const DataVerificationInfo &, IODebugContext *debug) override
    {
        return PositionedAppend(data, at, options, debug);
    }

    IOStatus Truncate(std::uint64_t size, const IOOptions &options, IODebugContext *debug) override
    {
        m_size = size;
        m_preparedTo = 0;
        return target()->Truncate(size, options, debug);
    }

    IOStatus Close(const IOOptions &options, IODebugContext *debug) override
    {
        if (m_preparedTo > m_size) {
            if (IOStatus status = target()->Truncate(m_size, options, debug); !status.ok())
                return status;
        }
        return target()->Close(options, debug);
    }

    std::uint64_t GetFileSize(const IOOptions &, IODebugContext *) override { return m_size; }

private:
    IOStatus zero(std::uint64_t from, std::uint64_t to, const IOOptions &options, IODebugContext *debug)
    {
        IOStatus status;
        while (from < to && status.ok()) {
            const std::uint64_t next = std::min((from / PageBytes + 1) * PageBytes, to);
            status = target()->PositionedAppend(Slice(zeros, next - from), from, options, debug);
            from = next;
        }
        return status;
    }

    std::uint64_t m_size = 0;       // bytes of the log
    std::uint64_t m_preparedTo = 0; // zeros are written up to here
};

} // namespace

IOStatus WalFileSystem::NewWritableFile(const std::string &name, const rocksdb::FileOptions &options,
                                        std::unique_ptr<FSWritableFile> *result, IODebugContext *debug)
{
    IOStatus status = target()->NewWritableFile(name, options, result, debug);
    if (status.ok() && std::string_view(name).ends_with(".log"))
        *result = std::make_unique<WalFile>(std::move(*result));
    return status;
}

} // namespace replog
