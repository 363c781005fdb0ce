// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>

#include <functional>
#include <utility>

namespace replog {

// The bytes of one client, both ways: over plain TCP or over TLS. Event loop's thread.
class Channel : public QObject
{
    Q_OBJECT
public:
    enum class End {
        None,
        HalfClosed, // the client sends nothing more, and may still read (plain TCP only)
        HungUp,     // the client is gone
    };

    using QObject::QObject;

    // Called from the event loop when there may be something to read, or the client has ended. Not a signal,
    // since it is called for each request.
    void onReadable(std::function<void()> call) { m_onReadable = std::move(call); }
    // Whether onReadable is called at all.
    virtual void setReading(bool isOn) = 0;
    // Moves up to `room` bytes to `to` and returns how many; 0 if nothing has come or the client has ended.
    virtual qsizetype read(char *to, qsizetype room) = 0;
    // How the client has ended, as far as read() has got.
    virtual End end() const = 0;
    // The same without reading: also sees an end that comes after data which nobody has read.
    virtual End endAhead() const = 0;

    // Sends one after the other. What cannot be sent at once is kept, without a copy, and sent later.
    virtual void write(const QByteArray &first, const QByteArray &second = {},
                       const QByteArray &third = {}) = 0;
    // Bytes that are kept.
    virtual qsizetype pending() const = 0;
    // Tells the client that nothing follows what was written.
    virtual void shutdown() = 0;
    // Ends both directions and drops what is pending. Nothing is called or emitted afterwards.
    virtual void close() = 0;
    virtual bool isTls() const = 0;
    // Bytes that this client takes, with all objects that serve it, measured with a thousand of them.
    virtual qint64 footprint() const { return 10 * 1024; }
    // Whether a client can be heard: over TLS not before the handshake.
    virtual bool isReady() const { return true; }

signals:
    void written(); // some of what was pending; not for what write() could send at once
    void failed();  // the connection cannot be used any more; from the event loop, once

protected:
    void tellReadable()
    {
        if (m_onReadable)
            m_onReadable();
    }

private:
    std::function<void()> m_onReadable;
};

} // namespace replog
