// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a node's whole log as NDJSON and counts the lines.
//   readload PORT VIEW
#include "bench/tools/connection.h"
#include "bench/tools/latencies.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>

namespace {

using namespace replog::bench;

int run(std::uint16_t port, const std::string &view)
{
    Connection connection(port);
    const auto start = BenchClock::now();
    connection.send("GET /api/v1/messages?from=1&view=" + view +
                    " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/x-ndjson\r\n\r\n");
    const int status = connection.readHead();
    std::uint64_t lines = 0;
    std::uint64_t bytes = 0;
    for (auto piece = connection.readBody(); !piece.empty(); piece = connection.readBody()) {
        lines += static_cast<std::uint64_t>(std::count(piece.begin(), piece.end(), '\n'));
        bytes += piece.size();
    }
    if (status != 200)
        throw std::runtime_error("answered " + std::to_string(status));
    const double took = static_cast<double>(microsSince(start)) / 1e6;
    std::printf("{\"messages\":%llu,\"bytes\":%llu,\"seconds\":%.3f,\"rate\":%.1f}\n",
                static_cast<unsigned long long>(lines), static_cast<unsigned long long>(bytes), took,
                static_cast<double>(lines) / took);
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 3) {
        std::fprintf(stderr, "usage: readload PORT all|committed\n");
        return 2;
    }
    try {
        return run(static_cast<std::uint16_t>(std::atoi(argv[1])), argv[2]);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "readload: %s\n", error.what());
        return 1;
    }
}
