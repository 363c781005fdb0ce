// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace replog::bench {

// A blocking TCP connection to 127.0.0.1 with the part of HTTP/1.1 that the load tools need. Errors throw
// std::runtime_error, because a measurement with an error is worthless.
class Connection
{
public:
    explicit Connection(std::uint16_t port);
    ~Connection();
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    int fd() const { return m_fd; }
    void send(std::string_view bytes);
    // One answer with its whole body (Content-Length or chunked). Returns the status.
    int readAnswer(std::string &body);

    // The head of an answer only; the body follows by readBody().
    int readHead();
    // The next piece of the decoded body; empty at its end.
    std::string_view readBody();

private:
    bool fill();
    std::string_view take(std::size_t atMost);
    std::string readLine();

    int m_fd = -1;
    std::string m_buffer;
    std::size_t m_begin = 0;
    bool m_chunked = false;
    bool m_untilClose = false;
    std::uint64_t m_left = 0; // of the body or of the current chunk
    bool m_bodyEnded = true;
};

// Builds a POST request with a Content-Length.
std::string postRequest(std::string_view path, std::string_view contentType, std::string_view body);

} // namespace replog::bench
