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
// A message of a disabled category or level is not formatted.
//
// Text:  2026-01-31T12:00:00.123Z info  replication: registered node=s1 last_id=7
// JSON:  {"time":"2026-01-31T12:00:00.123Z","level":"info","category":"replication","message":"registered",
//         "node":"s1","last_id":"7"}   (one line)

// Sends all messages of this process to stderr, one write for each line, from any thread. Logging never waits
// for the reader of stderr: up to 1 MiB is queued, further lines are lost and counted. `level` is the lowest
// level shown for categories "replog.*"; other categories show warnings and errors. QT_LOGGING_RULES refines
// both.
void installLogging(LogFormat format, LogLevel level);
// Waits at most `waitMs` for queued lines. Call it before the process ends.
void flushLog(int waitMs = 1000);
// The number of lost lines.
quint64 logLinesLost();

// A named value of a message. Names are snake_case. Values are cut to 500 characters, because they may come
// from a peer.
QString logField(QStringView name, QStringView value);
QString logField(QStringView name, qint64 value);
QString logField(QStringView name, quint64 value);
inline QString logField(QStringView name, int value)
{
    return logField(name, qint64(value));
}

// Formats `message` with its fields as the handler does; without the line feed.
QByteArray logLine(LogFormat format, QtMsgType type, QByteArrayView category, const QString &message,
                   qint64 msSinceEpoch);

// The values of --log-format ("text", "json") and --log-level ("debug", "info", "warning", "error").
LogFormat logFormatOf(const QString &name);
LogLevel logLevelOf(const QString &name);

} // namespace replog
