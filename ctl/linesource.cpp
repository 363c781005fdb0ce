// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/linesource.h"

#include <cerrno>
#include <cstring>

#include <unistd.h>

namespace replog {

namespace {
constexpr qsizetype ChunkSize = 64 * 1024;
}

LineSource::LineSource(int ahead, qsizetype longest, QObject *parent)
    : QObject(parent), m_room(ahead), m_longest(longest)
{
}

LineSource::~LineSource()
{
    if (m_thread.joinable())
        m_thread.detach();
}

void LineSource::start()
{
    m_thread = std::thread([this] { read(); });
}

void LineSource::read()
{
    const auto tell = [this](auto emitting) {
        QMetaObject::invokeMethod(this, emitting, Qt::QueuedConnection);
    };
    QByteArray chunk(ChunkSize, Qt::Uninitialized);
    QByteArray line;
    qint64 number = 1;
    bool isSkipped = false; // the rest of the line
    const auto take = [&](QByteArrayView part) {
        if (isSkipped)
            return;
        if (line.size() + part.size() <= m_longest) {
            line.append(part);
            return;
        }
        isSkipped = true;
        line = QByteArray();
        m_room.acquire();
        tell([this, number] { emit lineTooLong(number); });
    };
    const auto end = [&] {
        if (!isSkipped) {
            m_room.acquire();
            tell([this, bytes = line] { emit lineRead(bytes); });
        }
        line = QByteArray();
        isSkipped = false;
        ++number;
    };
    bool isOpen = false; // a line that has no end yet
    for (;;) {
        const ssize_t count = ::read(STDIN_FILENO, chunk.data(), std::size_t(chunk.size()));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            tell([this, reason = QString::fromLocal8Bit(std::strerror(errno))] { emit failed(reason); });
        if (count <= 0)
            break;
        QByteArrayView left = QByteArrayView(chunk).first(count);
        for (qsizetype lf = left.indexOf('\n'); lf >= 0; lf = left.indexOf('\n')) {
            take(left.first(lf));
            end();
            left = left.sliced(lf + 1);
            isOpen = false;
        }
        take(left);
        isOpen = isOpen || !left.isEmpty();
    }
    if (isOpen)
        end();
    tell([this] { emit ended(); });
}

} // namespace replog
