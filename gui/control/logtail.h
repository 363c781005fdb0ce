// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QFile>
#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>

namespace replog {

// Follows a file that a process appends its output to, line by line. The file, unlike a pipe, outlives the
// dashboard: a node that is taken over after a crash shows what it wrote meanwhile, and never meets a broken
// pipe. A file beyond `maxFileBytes` is emptied once it is read (its writers append, so they go on at the
// start).
class LogTail : public QObject
{
    Q_OBJECT
public:
    static constexpr qint64 maxFileBytes = 16 * 1024 * 1024;
    static constexpr qsizetype maxLineBytes = 4096; // the rest of a longer line is cut, and says so

    explicit LogTail(QObject *parent = nullptr);

    // Begins at most `backlogBytes` before the end of the file, which is made if it is not there.
    bool follow(const QString &path, qint64 backlogBytes);
    // Takes up what is in the file by now; otherwise that happens as the file changes.
    void catchUp();

signals:
    void line(const QString &text);

private:
    void take(QByteArrayView piece);
    void emitLine(QByteArrayView text);

    QFile m_file;
    QFileSystemWatcher m_watcher;
    QTimer m_poll; // inotify is not everywhere (network file systems, exhausted watches)
    QByteArray m_partial;
    bool m_skipFirst = false;
};

} // namespace replog
