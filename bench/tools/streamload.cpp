// SPDX-License-Identifier: GPL-3.0-or-later
// Appends by NDJSON bodies: each connection sends its share of the messages as one chunked request, a message
// a line, while its answer is read beside.
//   streamload PORT CONNECTIONS W MESSAGES MESSAGE-BYTES
#include "bench/tools/connection.h"
#include "bench/tools/latencies.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

using namespace replog::bench;

constexpr std::size_t linesAPiece = 500;

std::string chunk(const std::string &piece)
{
    std::array<char, 24> head{};
    std::snprintf(head.data(), head.size(), "%zx\r\n", piece.size());
    std::string out(head.data());
    return out.append(piece).append("\r\n");
}

void streamOne(std::uint16_t port, int w, std::uint64_t messages, std::size_t bytes)
{
    std::string line;
    line.append("\"").append(bytes, 'x').append("\"\n");
    std::string piece;
    for (std::size_t i = 0; i < linesAPiece; ++i)
        piece += line;
    const std::string fullChunk = chunk(piece);
    Connection connection(port);
    connection.send("POST /api/v1/messages?w=" + std::to_string(w) +
                    " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
                    "application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
    std::exception_ptr sendError;
    std::thread sender([&] {
        try {
            std::uint64_t left = messages;
            for (; left >= linesAPiece; left -= linesAPiece)
                connection.send(fullChunk);
            if (left > 0)
                connection.send(chunk(piece.substr(0, left * line.size())));
            connection.send("0\r\n\r\n");
        } catch (const std::exception &) {
            sendError = std::current_exception();
        }
    });
    std::string tail;
    int status = 0;
    std::exception_ptr readError;
    try {
        status = connection.readHead();
        for (auto read = connection.readBody(); !read.empty(); read = connection.readBody()) {
            tail.append(read);
            if (tail.size() > 4096)
                tail.erase(0, tail.size() - 2048);
        }
    } catch (const std::exception &) {
        readError = std::current_exception();
    }
    sender.join();
    if (readError)
        std::rethrow_exception(readError);
    if (sendError)
        std::rethrow_exception(sendError);
    if (status / 100 != 2 || tail.find("problem") != std::string::npos ||
        tail.find("\"error\"") != std::string::npos)
        throw std::runtime_error("answered " + std::to_string(status) + ": " + tail);
}

int run(std::uint16_t port, int connections, int w, std::uint64_t messages, std::size_t bytes)
{
    const auto start = BenchClock::now();
    std::vector<std::thread> threads;
    std::vector<std::exception_ptr> errors(static_cast<std::size_t>(connections));
    const std::uint64_t each = messages / static_cast<std::uint64_t>(connections);
    for (auto &error : errors) {
        threads.emplace_back([&error, port, w, each, bytes] {
            try {
                streamOne(port, w, each, bytes);
            } catch (const std::exception &) {
                error = std::current_exception();
            }
        });
    }
    for (auto &thread : threads)
        thread.join();
    for (const auto &error : errors) {
        if (error)
            std::rethrow_exception(error);
    }
    const double took = static_cast<double>(microsSince(start)) / 1e6;
    const auto sent = each * static_cast<std::uint64_t>(connections);
    std::printf("{\"messages\":%llu,\"seconds\":%.3f,\"rate\":%.1f}\n", static_cast<unsigned long long>(sent),
                took, static_cast<double>(sent) / took);
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 6) {
        std::fprintf(stderr, "usage: streamload PORT CONNECTIONS W MESSAGES MESSAGE-BYTES\n");
        return 2;
    }
    try {
        return run(static_cast<std::uint16_t>(std::atoi(argv[1])), std::atoi(argv[2]), std::atoi(argv[3]),
                   std::strtoull(argv[4], nullptr, 10), static_cast<std::size_t>(std::atoi(argv[5])));
    } catch (const std::exception &error) {
        std::fprintf(stderr, "streamload: %s\n", error.what());
        return 1;
    }
}
