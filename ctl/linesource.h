// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <QSemaphore>

#include <thread>

namespace replog {

// The lines of standard input, read on a thread of their own, so that a slow writer does not block the event
// loop. At most `ahead` lines are read and not released; of a line with more than `longest` bytes no more are
// kept.
class LineSource : public QObject
{
    Q_OBJECT
public:
    LineSource(int ahead, qsizetype longest, QObject *parent = nullptr);
    // A read in progress is abandoned; it ends with the process.
    ~LineSource() override;

    void start();
    void release() { m_room.release(); } // one line has been handled

signals:
    // In the owner's thread.
    void lineRead(const QByteArray &line); // without its line feed
    void lineTooLong(qint64 number);       // counts as a line; the rest of it is skipped
    void failed(const QString &reason);    // standard input cannot be read; ended() follows
    void ended();

private:
    void read();

    QSemaphore m_room;
    const qsizetype m_longest;
    std::thread m_thread;
};

} // namespace replog
