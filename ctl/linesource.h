// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <QSemaphore>

#include <thread>

namespace replog {

// The lines of standard input, read on a thread of their own, so that a slow writer does not block the event
// loop. At most `ahead` lines are read and not released.
class LineSource : public QObject
{
    Q_OBJECT
public:
    explicit LineSource(int ahead, QObject *parent = nullptr);
    // A read in progress is abandoned; it ends with the process.
    ~LineSource() override;

    void start();
    void release() { m_room.release(); } // one line has been handled

signals:
    // In the owner's thread.
    void lineRead(const QByteArray &line); // without its line feed
    void ended();

private:
    QSemaphore m_room;
    std::thread m_thread;
};

} // namespace replog
