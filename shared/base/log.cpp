// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/log.h"

#include "shared/base/linewriter.h"
#include "shared/base/plaintext.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

#include <cstdlib>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

bool isShowable(QChar c)
{
    return c.isPrint() || c.isSurrogate();
}

// Marks the beginning of each field, so that the handler can separate fields; never part of a text.
constexpr QChar fieldMark(u'\x1f');

LogFormat currentFormat = LogFormat::Text; // set before the first message
// Set together with currentFormat; never deleted, because any thread may log until the process ends.
LineWriter *writer = nullptr;
constexpr qsizetype MaxKeptBytes = 1024 * 1024;

QLatin1StringView levelName(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return "debug"_L1;
    case QtInfoMsg:
        return "info"_L1;
    case QtWarningMsg:
        return "warning"_L1;
    case QtCriticalMsg:
    case QtFatalMsg:
        break;
    }
    return "error"_L1;
}

QString shown(QStringView value)
{
    bool plain = !value.isEmpty();
    for (const QChar c : value)
        plain = plain && isShowable(c) && !c.isSpace() && c != u'"' && c != u'=';
    if (plain)
        return value.toString();
    QString out = u"\""_s;
    for (const QChar c : value) {
        if (c == u'"' || c == u'\\')
            out += u'\\';
        if (c == u'\n')
            out += "\\n"_L1;
        else if (isShowable(c))
            out += c;
        else
            out += u"\\u%1"_s.arg(uint(c.unicode()), 4, 16, QChar(u'0'));
    }
    return out + u'"';
}

void handle(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    const QByteArrayView category(context.category ? context.category : "default");
    writer->write(logLine(currentFormat, type, category, message, QDateTime::currentMSecsSinceEpoch()) +
                  '\n');
    if (type == QtFatalMsg) {
        writer->flush(1000);
        std::abort();
    }
}

} // namespace

QByteArray logLine(LogFormat format, QtMsgType type, QByteArrayView category, const QString &message,
                   qint64 msSinceEpoch)
{
    if (category.startsWith("replog."))
        category = category.sliced(7);
    const QStringList parts = message.split(fieldMark);
    const QString text = parts.first().trimmed();
    const QString time = QDateTime::fromMSecsSinceEpoch(msSinceEpoch).toUTC().toString(Qt::ISODateWithMs);
    if (format == LogFormat::Json) {
        QJsonObject object{{u"time"_s, time},
                           {u"level"_s, QString(levelName(type))},
                           {u"category"_s, QString::fromUtf8(category)},
                           {u"message"_s, text}};
        for (qsizetype i = 1; i < parts.size(); ++i) {
            const qsizetype equals = parts.at(i).indexOf(u'=');
            const QString name = parts.at(i).left(equals);
            if (!object.contains(name))
                object.insert(name, parts.at(i).mid(equals + 1).trimmed());
        }
        return QJsonDocument(object).toJson(QJsonDocument::Compact);
    }
    QString line = time + u' ' + QString(levelName(type)).leftJustified(7) + u' ' +
                   QString::fromUtf8(category) + u": "_s;
    // A message must be one line, even with line feeds in a peer's text.
    for (const QChar c : text)
        line += isShowable(c) ? c : QChar(u' ');
    for (qsizetype i = 1; i < parts.size(); ++i) {
        const qsizetype equals = parts.at(i).indexOf(u'=');
        line += u' ' + parts.at(i).left(equals) + u'=' +
                shown(QStringView(parts.at(i)).mid(equals + 1).trimmed());
    }
    return line.toUtf8();
}

void installLogging(LogFormat format, LogLevel level)
{
    currentFormat = format;
    QString rules = u"*.debug=false\n*.info=false\n"_s;
    rules += u"replog.*.debug=%1\n"_s.arg(level <= LogLevel::Debug ? "true"_L1 : "false"_L1);
    rules += u"replog.*.info=%1\n"_s.arg(level <= LogLevel::Info ? "true"_L1 : "false"_L1);
    rules += u"replog.*.warning=%1\n"_s.arg(level <= LogLevel::Warning ? "true"_L1 : "false"_L1);
    QLoggingCategory::setFilterRules(rules);
    if (writer == nullptr) {
        writer = new LineWriter(STDERR_FILENO, MaxKeptBytes, [](quint64 lost) -> QByteArray {
            return logLine(currentFormat, QtWarningMsg, "replog.log",
                           u"lines lost"_s + logField(u"lines", lost), QDateTime::currentMSecsSinceEpoch()) +
                   '\n';
        });
    }
    qInstallMessageHandler(handle);
}

void flushLog(int waitMs)
{
    if (writer != nullptr)
        writer->flush(waitMs);
}

quint64 logLinesLost()
{
    return writer == nullptr ? 0 : writer->lost();
}

QString logField(QStringView name, QStringView value)
{
    QString text = boundedText(value);
    text.replace(fieldMark, u' ');
    return fieldMark + name.toString() + u'=' + text;
}

QString logField(QStringView name, qint64 value)
{
    return logField(name, QString::number(value));
}

QString logField(QStringView name, quint64 value)
{
    return logField(name, QString::number(value));
}

LogFormat logFormatOf(const QString &name)
{
    return name == "json"_L1 ? LogFormat::Json : LogFormat::Text;
}

LogLevel logLevelOf(const QString &name)
{
    if (name == "debug"_L1)
        return LogLevel::Debug;
    if (name == "warning"_L1)
        return LogLevel::Warning;
    return name == "error"_L1 ? LogLevel::Error : LogLevel::Info;
}

} // namespace replog
