// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cassert>
#include <utility>
#include <variant>

namespace replog {

// What went wrong, in terms that callers act on. The mapping to HTTP status stands in
// shared/http/problem.cpp, the mapping to process exit codes in shared/base/exitcode.cpp; nowhere else.
enum class Errc {
    InvalidArgument, // the caller's input; the text names the field
    NotFound,
    Conflict,           // held with other content, or given up
    Diverged,           // committed history differs
    StaleEpoch,         // the sender is a stale master
    PreconditionFailed, // the caller's condition does not hold
    Gone,               // was here, and never will be again
    TooLarge,
    Exhausted,   // no room for more waits or connections; try again later
    NoSpace,     // the disk has less room than is to be left free
    Unavailable, // read-only, fenced or shutting down
    Timeout,
    TooSlow,          // a request that took too long to come
    Unauthorized,     // no token, or an unknown one
    Forbidden,        // the right for this is missing, or a web page asks
    Misdirected,      // meant for another host or node
    UnsupportedMedia, // the type, charset or encoding of a body
    KeyReused,        // idempotency key used before with other content
    Io,               // the store or a file failed; the node must stop accepting
    Corrupt,          // the store holds what it must not hold
    InUse,            // port or data folder taken
    Protocol,         // a peer's answer makes no sense
};

struct Error
{
    Errc code = Errc::Io;
    QString text;       // one line, for a person
    QString field = {}; // the input field that was bad, if any
};

// A value or an Error (C++20 has no std::expected).
template <typename T>
class [[nodiscard]] Result
{
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return m_state.index() == 0; }
    const T &operator*() const & { return value(); }
    T &operator*() & { return value(); }
    T &&operator*() && { return std::move(value()); }
    const T *operator->() const { return &value(); }
    T *operator->() { return &value(); }
    const T &value() const
    {
        assert(*this);
        return *std::get_if<0>(&m_state);
    }
    T &value()
    {
        assert(*this);
        return *std::get_if<0>(&m_state);
    }
    const Error &error() const
    {
        assert(!*this);
        return *std::get_if<1>(&m_state);
    }

private:
    std::variant<T, Error> m_state;
};

template <>
class [[nodiscard]] Result<void>
{
public:
    Result() = default;
    Result(Error error) : m_error(std::move(error)), m_ok(false) {}

    explicit operator bool() const { return m_ok; }
    const Error &error() const
    {
        assert(!m_ok);
        return m_error;
    }

private:
    Error m_error;
    bool m_ok = true;
};

} // namespace replog
