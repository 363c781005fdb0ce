// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/logtail.h"

using namespace Qt::StringLiterals;

namespace replog {

LogTail::LogTail(QObject *parent) : QObject(parent)
{
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, &LogTail::catchUp);
    connect(&m_poll, &QTimer::timeout, this, &LogTail::catchUp);
    m_poll.setInterval(1000);
}

bool LogTail::follow(const QString &path, qint64 backlogBytes)
{
    m_file.close();
    m_file.setFileName(path);
    m_partial.clear();
    if (!m_file.open(QIODevice::ReadWrite | QIODevice::Append))
        return false;
    const qint64 start = qMax<qint64>(0, m_file.size() - backlogBytes);
    m_skipFirst = start > 0 && backlogBytes > 0; // the first line read is probably incomplete
    m_file.seek(start);
    m_watcher.addPath(path);
    m_poll.start();
    if (backlogBytes > 0)
        // later, so that the caller can connect to lines first
        QTimer::singleShot(0, this, &LogTail::catchUp);
    return true;
}

void LogTail::catchUp()
{
    if (!m_file.isOpen())
        return;
    if (m_file.pos() > m_file.size())
        m_file.seek(0); // the file was truncated
    // Read one slice per turn: a node that writes without end must not block the event loop.
    constexpr qint64 slice = 256 * 1024;
    const QByteArray piece = m_file.read(slice);
    take(piece);
    if (piece.size() == slice)
        QTimer::singleShot(0, this, &LogTail::catchUp);
    else if (m_file.pos() > maxFileBytes && m_file.resize(0))
        m_file.seek(0);
}

void LogTail::take(QByteArrayView piece)
{
    while (!piece.isEmpty()) {
        const qsizetype end = piece.indexOf('\n');
        const QByteArrayView part = end < 0 ? piece : piece.first(end);
        const qsizetype room = maxLineBytes + 1 - m_partial.size();
        m_partial.append(part.first(qMin(part.size(), qMax<qsizetype>(0, room))));
        if (end < 0)
            return;
        emitLine(m_partial);
        m_partial.clear();
        piece = piece.sliced(end + 1);
    }
}

void LogTail::emitLine(QByteArrayView text)
{
    if (m_skipFirst) {
        m_skipFirst = false;
        return;
    }
    if (text.size() > maxLineBytes)
        emit line(QString::fromUtf8(text.first(maxLineBytes)) + u" […]"_s);
    else
        emit line(QString::fromUtf8(text));
}

} // namespace replog
