// SPDX-License-Identifier: GPL-3.0-or-later
// Clients that wait: so many appends with a concern that cannot be met yet, several on each connection.
// Prints "waiting" once all are sent, and ends when its standard input is closed; an answer meanwhile is an
// error.
//   waitload PORT CLIENTS A-CONNECTION W
#include "bench/tools/connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>
#include <vector>

namespace {

using namespace replog::bench;

int run(std::uint16_t port, int clients, int aConnection, const std::string &w)
{
    const std::string request = postRequest("/api/v1/messages", "application/json",
                                            "{\"message\":\"" + std::string(50, 'x') + "\",\"w\":" + w + "}");
    std::vector<std::unique_ptr<Connection>> connections;
    for (int left = clients; left > 0; left -= aConnection) {
        connections.push_back(std::make_unique<Connection>(port));
        std::string requests;
        for (int i = 0; i < std::min(left, aConnection); ++i)
            requests += request;
        connections.back()->send(requests);
    }
    std::printf("waiting\n");
    std::fflush(stdout);
    char byte = 0;
    while (::read(STDIN_FILENO, &byte, 1) > 0) {
    }
    for (const auto &connection : connections) {
        if (::recv(connection->fd(), &byte, 1, MSG_DONTWAIT) >= 0)
            throw std::runtime_error("a waiting client was answered or cut off");
    }
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 5) {
        std::fprintf(stderr, "usage: waitload PORT CLIENTS A-CONNECTION W\n");
        return 2;
    }
    try {
        return run(static_cast<std::uint16_t>(std::atoi(argv[1])), std::atoi(argv[2]), std::atoi(argv[3]),
                   argv[4]);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "waitload: %s\n", error.what());
        return 1;
    }
}
