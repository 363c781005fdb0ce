// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <QSemaphore>

#include <thread>

namespace replog {

// The lines of standard input, read on a thread of its own: a slow writer on the other end does not hold up
// the event loop. No more than `ahead` lines are read before take() has asked for more.
class LineSource : public QObject
{
    Q_OBJECT
public:
    explicit LineSource(int ahead, QObject *parent = nullptr);
    // Leaves a read that is under way to the end of the process.
    ~LineSource() override;

    void start();
    void release() { m_room.release(); } // one line was dealt with

signals:
    // In the owner's thread.
    void lineRead(const QByteArray &line); // without its line feed
    void ended();

private:
    QSemaphore m_room;
    std::thread m_thread;
};

} // namespace replog
