// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/tools/connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace replog::bench {

namespace {

std::runtime_error systemError(const char *what)
{
    return std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

} // namespace

Connection::Connection(std::uint16_t port)
{
    m_fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (m_fd < 0)
        throw systemError("socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(m_fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0) {
        const auto error = systemError("connect");
        ::close(m_fd);
        throw error;
    }
    const int on = 1;
    ::setsockopt(m_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Connection::~Connection()
{
    ::close(m_fd);
}

void Connection::send(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t sent = ::send(m_fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno == EINTR)
                continue;
            throw systemError("send");
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

bool Connection::fill()
{
    if (m_begin > 0 && m_begin == m_buffer.size()) {
        m_buffer.clear();
        m_begin = 0;
    }
    const std::size_t had = m_buffer.size();
    m_buffer.resize(had + 256 * 1024);
    for (;;) {
        const ssize_t got = ::recv(m_fd, m_buffer.data() + had, m_buffer.size() - had, 0);
        if (got < 0 && errno == EINTR)
            continue;
        m_buffer.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got < 0)
            throw systemError("recv");
        return got > 0;
    }
}

std::string Connection::readLine()
{
    for (std::size_t from = m_begin;;) {
        const std::size_t end = m_buffer.find("\r\n", from);
        if (end != std::string::npos) {
            std::string line = m_buffer.substr(m_begin, end - m_begin);
            m_begin = end + 2;
            return line;
        }
        const std::size_t kept = m_buffer.size() - m_begin;
        if (!fill())
            throw std::runtime_error("the connection was closed inside an answer");
        from = m_begin + (kept > 0 ? kept - 1 : 0);
    }
}

int Connection::readHead()
{
    const std::string status = readLine();
    if (status.size() < 12 || status.compare(0, 5, "HTTP/") != 0)
        throw std::runtime_error("not an HTTP answer: " + status);
    m_chunked = false;
    m_untilClose = true;
    m_left = 0;
    for (;;) {
        std::string line = readLine();
        if (line.empty())
            break;
        std::transform(line.begin(), line.end(), line.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (line.compare(0, 15, "content-length:") == 0) {
            m_left = std::stoull(line.substr(15));
            m_untilClose = false;
        } else if (line.compare(0, 18, "transfer-encoding:") == 0 &&
                   line.find("chunked") != std::string::npos) {
            m_chunked = true;
            m_untilClose = false;
        }
    }
    const int code = std::stoi(status.substr(9, 3));
    m_bodyEnded = !m_chunked && !m_untilClose && m_left == 0;
    return code;
}

std::string_view Connection::take(std::size_t atMost)
{
    const std::size_t size = std::min(atMost, m_buffer.size() - m_begin);
    const std::string_view piece(m_buffer.data() + m_begin, size);
    m_begin += size;
    return piece;
}

std::string_view Connection::readBody()
{
    if (m_bodyEnded)
        return {};
    if (m_chunked && m_left == 0) {
        std::string line = readLine();
        if (line.empty()) // the line end after the previous chunk
            line = readLine();
        m_left = std::stoull(line, nullptr, 16);
        if (m_left == 0) {
            readLine();
            m_bodyEnded = true;
            return {};
        }
    }
    if (m_begin == m_buffer.size() && !fill()) {
        if (!m_untilClose)
            throw std::runtime_error("the connection was closed inside a body");
        m_bodyEnded = true;
        return {};
    }
    if (m_untilClose)
        return take(m_buffer.size());
    const std::string_view piece = take(m_left);
    m_left -= piece.size();
    m_bodyEnded = !m_chunked && m_left == 0;
    return piece;
}

int Connection::readAnswer(std::string &body)
{
    const int code = readHead();
    body.clear();
    for (std::string_view piece = readBody(); !piece.empty(); piece = readBody())
        body.append(piece);
    return code;
}

std::string postRequest(std::string_view path, std::string_view contentType, std::string_view body)
{
    std::string request = "POST ";
    request.append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ").append(contentType);
    request.append("\r\nContent-Length: ")
        .append(std::to_string(body.size()))
        .append("\r\n\r\n")
        .append(body);
    return request;
}

} // namespace replog::bench
