// SPDX-License-Identifier: GPL-3.0-or-later
// What the machine can do without us, to show beside our figures:
//   limits sync FOLDER BYTES SECONDS             write+fdatasync of so many bytes, one after the other
//   limits rocksdb FOLDER BATCH BYTES SECONDS    RocksDB alone: one synced WriteBatch of so many messages
//   after another limits loopback BYTES SECONDS                NDJSON lines of such messages through a TCP
//   connection, lines counted
#include "bench/tools/latencies.h"

#include <rocksdb/db.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

using namespace replog::bench;

constexpr std::size_t RecordBytes = 16 * 1024;

BenchClock::time_point endAfter(double seconds)
{
    return BenchClock::now() +
           std::chrono::duration_cast<BenchClock::duration>(std::chrono::duration<double>(seconds));
}

void print(std::uint64_t count, BenchClock::time_point start)
{
    const double took = static_cast<double>(microsSince(start)) / 1e6;
    std::printf("{\"count\":%llu,\"seconds\":%.3f,\"rate\":%.1f}\n", static_cast<unsigned long long>(count),
                took, static_cast<double>(count) / took);
}

void syncLimit(const std::string &folder, std::size_t bytes, double seconds)
{
    const std::string path = folder + "/sync";
    const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0)
        throw std::runtime_error(path + ": " + std::strerror(errno));
    const std::string data(bytes, 'x');
    const auto start = BenchClock::now();
    const auto end = endAfter(seconds);
    std::uint64_t count = 0;
    for (; BenchClock::now() < end; ++count) {
        if (::write(file, data.data(), data.size()) < 0 || ::fdatasync(file) != 0)
            throw std::runtime_error(path + ": " + std::strerror(errno));
    }
    print(count, start);
    ::close(file);
    ::unlink(path.c_str());
}

// As our store does it: what is written together shares a key, up to 16 KiB.
void rocksdbLimit(const std::string &folder, std::uint64_t batchSize, std::size_t bytes, double seconds)
{
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB *opened = nullptr;
    const std::string path = folder + "/rocksdb";
    const auto check = [](const rocksdb::Status &status) {
        if (!status.ok())
            throw std::runtime_error(status.ToString());
    };
    check(rocksdb::DB::Open(options, path, &opened));
    std::unique_ptr<rocksdb::DB> db(opened);
    rocksdb::WriteOptions synced;
    synced.sync = true;
    const std::string record(std::min(batchSize * bytes, std::max(RecordBytes, bytes)), 'x');
    const std::uint64_t recordMessages = record.size() / bytes;
    std::uint64_t id = 0;
    const auto start = BenchClock::now();
    const auto end = endAfter(seconds);
    while (BenchClock::now() < end) {
        rocksdb::WriteBatch batch;
        for (std::uint64_t left = batchSize; left > 0;) {
            const std::uint64_t count = std::min(left, recordMessages);
            left -= count;
            id += count;
            const std::uint64_t key = __builtin_bswap64(id);
            check(batch.Put(rocksdb::Slice(reinterpret_cast<const char *>(&key), sizeof key),
                            rocksdb::Slice(record.data(), count * bytes)));
        }
        check(db->Write(synced, &batch));
    }
    print(id, start);
    db.reset();
    check(rocksdb::DestroyDB(path, options));
}

void loopbackLimit(std::size_t bytes, double seconds)
{
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (::bind(listener, reinterpret_cast<const sockaddr *>(&address), length) != 0 ||
        ::listen(listener, 1) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr *>(&address), &length) != 0)
        throw std::runtime_error(std::strerror(errno));
    const int sender = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(sender, reinterpret_cast<const sockaddr *>(&address), length) != 0)
        throw std::runtime_error(std::strerror(errno));
    const int receiver = ::accept(listener, nullptr, nullptr);
    const auto start = BenchClock::now();
    std::thread sending([&] {
        std::string lines;
        while (lines.size() < 64 * 1024)
            lines.append("\"").append(bytes, 'x').append("\"\n");
        for (const auto end = endAfter(seconds); BenchClock::now() < end;) {
            for (std::string_view left = lines; !left.empty();) {
                const ssize_t sent = ::send(sender, left.data(), left.size(), MSG_NOSIGNAL);
                if (sent <= 0)
                    return;
                left.remove_prefix(static_cast<std::size_t>(sent));
            }
        }
        ::shutdown(sender, SHUT_WR);
    });
    std::uint64_t count = 0;
    std::string buffer(256 * 1024, 0);
    for (;;) {
        const ssize_t got = ::recv(receiver, buffer.data(), buffer.size(), 0);
        if (got <= 0)
            break;
        count += static_cast<std::uint64_t>(std::count(buffer.begin(), buffer.begin() + got, '\n'));
    }
    sending.join();
    print(count, start);
    ::close(receiver);
    ::close(sender);
    ::close(listener);
}

} // namespace

int main(int argc, char **argv)
{
    const std::string what = argc > 1 ? argv[1] : "";
    const auto number = [argv](int at) { return std::strtoull(argv[at], nullptr, 10); };
    try {
        if (what == "sync" && argc == 5)
            syncLimit(argv[2], number(3), std::atof(argv[4]));
        else if (what == "rocksdb" && argc == 6)
            rocksdbLimit(argv[2], number(3), number(4), std::atof(argv[5]));
        else if (what == "loopback" && argc == 4)
            loopbackLimit(number(2), std::atof(argv[3]));
        else {
            std::fprintf(stderr,
                         "usage: limits sync FOLDER BYTES SECONDS | rocksdb FOLDER BATCH BYTES SECONDS | "
                         "loopback BYTES SECONDS\n");
            return 2;
        }
    } catch (const std::exception &error) {
        std::fprintf(stderr, "limits: %s\n", error.what());
        return 1;
    }
    return 0;
}
