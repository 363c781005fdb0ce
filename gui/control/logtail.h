// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QFile>
#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>

namespace replog {

// Follows, line by line, a file to which a process appends its output. Unlike a pipe, the file outlives the
// dashboard: after a crash the output of an adopted node is still there, and the node never gets SIGPIPE. A
// file larger than `maxFileBytes` is truncated once it is read; as its writers append, they go on at its
// start.
class LogTail : public QObject
{
    Q_OBJECT
public:
    static constexpr qint64 maxFileBytes = 16 * 1024 * 1024;
    static constexpr qsizetype maxLineBytes = 4096; // a longer line is cut, with a mark

    explicit LogTail(QObject *parent = nullptr);

    // Begins at most `backlogBytes` before the end of the file, which is created if it does not exist.
    bool follow(const QString &path, qint64 backlogBytes);
    // Reads what the file holds now; otherwise that happens when the file changes.
    void catchUp();

signals:
    void line(const QString &text);

private:
    void take(QByteArrayView piece);
    void emitLine(QByteArrayView text);

    QFile m_file;
    QFileSystemWatcher m_watcher;
    QTimer m_poll; // for when inotify does not work (network file systems, no watches left)
    QByteArray m_partial;
    bool m_skipFirst = false;
};

} // namespace replog
