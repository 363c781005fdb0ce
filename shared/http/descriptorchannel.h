// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/channel.h"

#include <QSocketNotifier>

#include <deque>

namespace replog {

// Plain TCP on the descriptor itself. QTcpSocket closes a connection as soon as the client has ended its
// half, though the client may be waiting for its answer; and it needs a turn of the event loop to write.
class DescriptorChannel final : public Channel
{
    Q_OBJECT
public:
    // Takes the (non-blocking) descriptor over.
    explicit DescriptorChannel(int descriptor, QObject *parent = nullptr);
    ~DescriptorChannel() override;

    void setReading(bool isOn) override;
    qsizetype read(char *to, qsizetype room) override;
    End end() const override { return m_end; }
    End endAhead() const override;
    void write(const QByteArray &first, const QByteArray &second = {}, const QByteArray &third = {}) override;
    qsizetype pending() const override { return m_pending; }
    void shutdown() override;
    void close() override;
    bool isTls() const override { return false; }

private:
    class ReadNotifier;

    void keep(const QByteArray &bytes, qsizetype from);
    void watchWritable();
    void handleWritable();
    void drop();
    void fail();

    int m_descriptor; // -1 once closed
    End m_end = End::None;
    bool m_isFailed = false; // nothing more is sent
    std::deque<QByteArray> m_queue;
    qsizetype m_sentOfFront = 0; // bytes of the queue's first piece
    qsizetype m_pending = 0;
    QSocketNotifier *m_readNotifier = nullptr;  // child
    QSocketNotifier *m_writeNotifier = nullptr; // child; none while everything could be sent
};

} // namespace replog
