// SPDX-License-Identifier: GPL-3.0-or-later
// Closed-loop load on Redis: every connection sends XADD and, for w > 1, WAIT w-1 behind it in the same
// packet, reads the answers and sends again. One thread, epoll.
//   redisload PORT CONNECTIONS W SECONDS MESSAGE-BYTES
#include "bench/tools/connection.h"
#include "bench/tools/latencies.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>
#include <vector>

namespace {

using namespace replog::bench;

std::string command(std::initializer_list<std::string> words)
{
    std::string out;
    out.append("*").append(std::to_string(words.size())).append("\r\n");
    for (const auto &word : words)
        out.append("$").append(std::to_string(word.size())).append("\r\n").append(word).append("\r\n");
    return out;
}

struct Client
{
    explicit Client(std::uint16_t port) : connection(port) {}
    Connection connection;
    BenchClock::time_point sentAt;
    std::string answer;
};

// "$N\r\n<id>\r\n" and, with WAIT, ":<replicas>\r\n". Returns whether the answers are whole; throws on any
// other.
bool isWhole(const std::string &answer, int replicas)
{
    if (answer.empty())
        return false;
    if (answer[0] != '$')
        throw std::runtime_error("Redis answered: " + answer);
    const std::size_t first = answer.find("\r\n");
    if (first == std::string::npos)
        return false;
    const std::size_t second = answer.find("\r\n", first + 2);
    if (second == std::string::npos)
        return false;
    if (replicas == 0)
        return true;
    const std::size_t third = answer.find("\r\n", second + 2);
    if (third == std::string::npos)
        return false;
    if (answer[second + 2] != ':' || std::atoi(answer.c_str() + second + 3) < replicas)
        throw std::runtime_error("WAIT answered: " + answer.substr(second + 2));
    return true;
}

int run(std::uint16_t port, int connections, int w, double seconds, std::size_t messageBytes)
{
    std::string request = command({"XADD", "log", "*", "m", std::string(messageBytes, 'x')});
    if (w > 1)
        request += command({"WAIT", std::to_string(w - 1), "0"});
    const int poll = ::epoll_create1(EPOLL_CLOEXEC);
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < connections; ++i) {
        clients.push_back(std::make_unique<Client>(port));
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = clients.back().get();
        ::epoll_ctl(poll, EPOLL_CTL_ADD, clients.back()->connection.fd(), &event);
    }
    Latencies latencies;
    const auto start = BenchClock::now();
    const auto end =
        start + std::chrono::duration_cast<BenchClock::duration>(std::chrono::duration<double>(seconds));
    for (const auto &client : clients) {
        client->sentAt = BenchClock::now();
        client->connection.send(request);
    }
    std::vector<epoll_event> events(256);
    char buffer[4096];
    while (BenchClock::now() < end) {
        const int ready = ::epoll_wait(poll, events.data(), static_cast<int>(events.size()), 1000);
        for (int i = 0; i < ready; ++i) {
            auto *client = static_cast<Client *>(events[static_cast<std::size_t>(i)].data.ptr);
            const ssize_t got = ::recv(client->connection.fd(), buffer, sizeof buffer, 0);
            if (got <= 0)
                throw std::runtime_error("Redis closed a connection");
            client->answer.append(buffer, static_cast<std::size_t>(got));
            if (!isWhole(client->answer, w - 1))
                continue;
            client->answer.clear();
            latencies.add(microsSince(client->sentAt));
            client->sentAt = BenchClock::now();
            client->connection.send(request);
        }
    }
    const double took = static_cast<double>(microsSince(start)) / 1e6;
    std::printf("{\"requests\":%zu,\"seconds\":%.3f,\"rate\":%.1f,\"errors\":0,%s}\n", latencies.count(),
                took, static_cast<double>(latencies.count()) / took, latencies.json().c_str());
    ::close(poll);
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 6) {
        std::fprintf(stderr, "usage: redisload PORT CONNECTIONS W SECONDS MESSAGE-BYTES\n");
        return 2;
    }
    try {
        return run(static_cast<std::uint16_t>(std::atoi(argv[1])), std::atoi(argv[2]), std::atoi(argv[3]),
                   std::atof(argv[4]), static_cast<std::size_t>(std::atoi(argv[5])));
    } catch (const std::exception &error) {
        std::fprintf(stderr, "redisload: %s\n", error.what());
        return 1;
    }
}
