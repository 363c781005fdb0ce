// SPDX-License-Identifier: GPL-3.0-or-later
// Followers of a log that one client appends to: each by an event stream, or by one long poll after the
// other; some of them ask for all of the log and never read. How long from sending an append to its message
// being with a follower, and how many are delivered.
//   followload PORT stream|poll FOLLOWERS STALLED APPENDS-A-SECOND SECONDS
// 0 appends a second: one after the other, as fast as they are answered. Prints "following" once all have
// asked.
#include "bench/tools/connection.h"
#include "bench/tools/latencies.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace replog::bench;

constexpr std::string_view Stamp = "\"message\":\"";
constexpr std::string_view IdName = "\"id\":";
constexpr int PatienceSeconds = 120; // for what is still on its way at the end

std::uint64_t numberAt(std::string_view text, std::size_t at)
{
    std::uint64_t value = 0;
    std::from_chars(text.data() + at, text.data() + text.size(), value);
    return value;
}

// Whether it is all of one answer, of a body with a length or in chunks.
bool isWholeAnswer(std::string_view answer)
{
    constexpr std::string_view LengthName = "\r\nContent-Length: ";
    const std::size_t head = answer.find("\r\n\r\n");
    if (head == std::string_view::npos)
        return false;
    const std::size_t length = answer.substr(0, head).find(LengthName);
    if (length == std::string_view::npos)
        return answer.ends_with("\r\n0\r\n\r\n");
    return answer.size() >= head + 4 + numberAt(answer, length + LengthName.size());
}

// Appends are stamped with the time of their sending; their ids follow on from `last`.
class Followers
{
public:
    Followers(std::uint16_t port, bool polls, int count, int stalled, std::uint64_t last,
              BenchClock::time_point start)
        : m_polls(polls), m_start(start), m_epoll(::epoll_create1(EPOLL_CLOEXEC))
    {
        for (int i = 0; i < count; ++i) {
            auto follower = std::make_unique<Follower>(port, i < stalled ? 1 : last + 1);
            ask(*follower);
            if (i >= stalled) {
                epoll_event event{};
                event.events = EPOLLIN;
                event.data.ptr = follower.get();
                if (::epoll_ctl(m_epoll, EPOLL_CTL_ADD, follower->connection.fd(), &event) != 0)
                    throw std::runtime_error("epoll_ctl failed");
            }
            m_followers.push_back(std::move(follower));
        }
    }

    // Until `expected()` messages, once it is known, are delivered in all.
    void run(const std::atomic<std::uint64_t> &expected)
    {
        std::array<epoll_event, 256> events{};
        while (m_delivered < expected) {
            const int count = ::epoll_wait(m_epoll, events.data(), static_cast<int>(events.size()), 100);
            for (int i = 0; i < count; ++i)
                read(*static_cast<Follower *>(events[static_cast<std::size_t>(i)].data.ptr));
            if (expected != Unknown && microsSince(m_lastRead) > PatienceSeconds * 1'000'000LL)
                throw std::runtime_error(std::to_string(m_delivered) + " of " + std::to_string(expected) +
                                         " messages were delivered");
        }
    }

    static constexpr std::uint64_t Unknown = ~std::uint64_t(0);
    std::uint64_t delivered() const { return m_delivered; }
    Latencies &latencies() { return m_latencies; }

private:
    struct Follower
    {
        Follower(std::uint16_t port, std::uint64_t first) : connection(port), next(first) {}

        Connection connection;
        std::uint64_t next;
        std::string rest; // of an answer, or of an event
    };

    void ask(Follower &follower) const
    {
        const std::string from = std::to_string(follower.next);
        follower.connection.send(
            m_polls
                ? "GET /api/v1/messages?from=" + from +
                      "&wait_ms=600000 HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/x-ndjson\r\n\r\n"
                : "GET /api/v1/messages?from=" + from +
                      " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n");
    }

    void read(Follower &follower)
    {
        std::array<char, 64 * 1024> piece{};
        const ssize_t got = ::recv(follower.connection.fd(), piece.data(), piece.size(), MSG_DONTWAIT);
        if (got < 0)
            return;
        if (got == 0)
            throw std::runtime_error("a follower was cut off");
        m_lastRead = BenchClock::now();
        follower.rest.append(piece.data(), static_cast<std::size_t>(got));
        if (!m_polls) {
            follower.rest.erase(0, takeWhole(follower, follower.rest.rfind("\n\n")));
        } else if (isWholeAnswer(follower.rest)) {
            takeWhole(follower, follower.rest.size());
            follower.rest.clear();
            ask(follower);
        }
    }

    // Everything up to there; how much that was.
    std::size_t takeWhole(Follower &follower, std::size_t end)
    {
        if (end == std::string::npos)
            return 0;
        const std::string_view whole = std::string_view(follower.rest).substr(0, end);
        for (std::size_t at = whole.find(IdName); at != std::string::npos; at = whole.find(IdName, at)) {
            if (numberAt(whole, at + IdName.size()) != follower.next++)
                throw std::runtime_error("a message is missing or doubled before: " +
                                         std::string(whole.substr(at, 80)));
            at = whole.find(Stamp, at);
            const auto sent = static_cast<std::int64_t>(numberAt(whole, at + Stamp.size()));
            m_latencies.add(microsSince(m_start) - sent);
            ++m_delivered;
        }
        return end;
    }

    const bool m_polls;
    const BenchClock::time_point m_start;
    const int m_epoll;
    std::vector<std::unique_ptr<Follower>> m_followers;
    BenchClock::time_point m_lastRead = BenchClock::now();
    std::uint64_t m_delivered = 0;
    Latencies m_latencies;
};

// The id.
std::uint64_t append(Connection &connection, std::int64_t stamp)
{
    std::string message = std::to_string(stamp) + ' ';
    message.resize(100, 'x');
    connection.send(postRequest("/api/v1/messages", "application/json", "{\"message\":\"" + message + "\"}"));
    std::string body;
    if (const int status = connection.readAnswer(body); status != 201)
        throw std::runtime_error("append answered " + std::to_string(status) + ": " + body);
    return numberAt(body, body.find(IdName) + IdName.size());
}

int run(std::uint16_t port, bool polls, int count, int stalled, int rate, int seconds)
{
    const auto start = BenchClock::now();
    Connection writer(port);
    const std::uint64_t before = append(writer, 0);
    Followers followers(port, polls, count, stalled, before, start);
    std::printf("following\n");
    std::fflush(stdout);
    std::atomic<std::uint64_t> expected = Followers::Unknown;
    std::exception_ptr readError;
    std::thread reader([&] {
        try {
            followers.run(expected);
        } catch (const std::exception &) {
            readError = std::current_exception();
        }
    });
    const auto begin = BenchClock::now();
    std::uint64_t appended = 0;
    std::exception_ptr appendError;
    try {
        for (; microsSince(begin) < seconds * 1'000'000LL; ++appended) {
            if (rate > 0)
                std::this_thread::sleep_until(begin +
                                              std::chrono::microseconds(1'000'000LL * appended / rate));
            append(writer, microsSince(start));
        }
    } catch (const std::exception &) {
        appendError = std::current_exception();
    }
    const double took = static_cast<double>(microsSince(begin)) / 1e6;
    expected = appended * static_cast<std::uint64_t>(count - stalled);
    reader.join();
    if (appendError)
        std::rethrow_exception(appendError);
    if (readError)
        std::rethrow_exception(readError);
    const double delivering = static_cast<double>(microsSince(begin)) / 1e6;
    std::printf("{\"appended\":%llu,\"appends_rate\":%.1f,\"delivered\":%llu,\"rate\":%.1f,\"delay\":{%s}}\n",
                static_cast<unsigned long long>(appended), static_cast<double>(appended) / took,
                static_cast<unsigned long long>(followers.delivered()),
                static_cast<double>(followers.delivered()) / delivering,
                followers.latencies().json().c_str());
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 7) {
        std::fprintf(stderr,
                     "usage: followload PORT stream|poll FOLLOWERS STALLED APPENDS-A-SECOND SECONDS\n");
        return 2;
    }
    try {
        return run(static_cast<std::uint16_t>(std::atoi(argv[1])), std::string_view(argv[2]) == "poll",
                   std::atoi(argv[3]), std::atoi(argv[4]), std::atoi(argv[5]), std::atoi(argv[6]));
    } catch (const std::exception &error) {
        std::fprintf(stderr, "followload: %s\n", error.what());
        return 1;
    }
}
