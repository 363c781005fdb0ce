// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLoggingCategory>
#include <QString>
#include <QStringView>

namespace replog {

enum class LogFormat { Text, Json };
enum class LogLevel { Debug, Info, Warning, Error };

// Logging goes through Qt's categories, one a part of the program:
//     Q_LOGGING_CATEGORY(lcReplication, "replog.replication")
//     qCInfo(lcReplication).noquote() << "registered" << logField(u"node", name) << logField(u"last_id", id);
// A message of a category or level that is off is not even formatted.
//
// Text:  2026-01-31T12:00:00.123Z info  replication: registered node=s1 last_id=7
// JSON:  {"time":"2026-01-31T12:00:00.123Z","level":"info","category":"replication","message":"registered",
//         "node":"s1","last_id":"7"}   (one line)

// Sends all messages of this process to stderr, one write a line, from any thread. Nobody who logs waits for
// whoever reads stderr: up to 1 MiB is kept for it, further lines are lost and counted. `level` is the least
// that is shown of the categories "replog.*"; of all others warnings and worse. QT_LOGGING_RULES refines
// both.
void installLogging(LogFormat format, LogLevel level);
// Waits for the lines that are kept, at most `waitMs`: before the process ends.
void flushLog(int waitMs = 1000);
// Lines that nobody will read.
quint64 logLinesLost();

// A named value of a message. Names are snake_case. A value longer than 500 characters is cut, as it may come
// from a peer.
QString logField(QStringView name, QStringView value);
QString logField(QStringView name, qint64 value);
QString logField(QStringView name, quint64 value);
inline QString logField(QStringView name, int value)
{
    return logField(name, qint64(value));
}

// One line as installLogging() writes it, for `message` with its fields; without the line feed.
QByteArray logLine(LogFormat format, QtMsgType type, QByteArrayView category, const QString &message,
                   qint64 msSinceEpoch);

// "text" and "json"; "debug", "info", "warning" and "error": what --log-format and --log-level take.
LogFormat logFormatOf(const QString &name);
LogLevel logLevelOf(const QString &name);

} // namespace replog
