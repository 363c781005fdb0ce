// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/ctloutput.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <cstdio>
#include <utility>

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace replog::ctloutput {

namespace {

bool g_progressShown = false;

void clearProgress()
{
    if (std::exchange(g_progressShown, false))
        std::fputs("\r\033[K", stderr);
}

bool isUnsafe(QChar c)
{
    switch (c.category()) {
    case QChar::Other_Control:
    case QChar::Other_Format: // includes marks of text direction
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return true;
    default:
        return false;
    }
}

} // namespace

QString shown(const QString &text)
{
    QString out;
    out.reserve(text.size());
    for (const QChar c : text) {
        if (c == u'\n')
            out += "\\n"_L1;
        else if (c == u'\t')
            out += "\\t"_L1;
        else if (isUnsafe(c))
            out += u"\\u%1"_s.arg(uint(c.unicode()), 4, 16, QChar(u'0'));
        else
            out += c;
    }
    return out;
}

void line(const QString &text)
{
    clearProgress();
    bytes(text.toUtf8() + '\n');
}

void error(const QString &text)
{
    clearProgress();
    std::fprintf(stderr, "replogctl: %s\n", shown(text).toUtf8().constData());
}

void json(const QJsonObject &object)
{
    bytes(QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n');
}

void bytes(const QByteArray &data)
{
    std::fwrite(data.constData(), 1, static_cast<std::size_t>(data.size()), stdout);
}

QString cell(const QJsonValue &value)
{
    if (value.isDouble())
        return QString::number(value.toInteger());
    return value.isString() ? value.toString() : u"-"_s;
}

QString seconds(const QJsonValue &milliseconds)
{
    return milliseconds.isDouble() ? QString::number(milliseconds.toDouble() / 1000, 'f', 1) + u" s"_s
                                   : u"-"_s;
}

QStringList texts(const QJsonValue &list)
{
    QStringList out;
    for (const QJsonValue &name : list.toArray())
        out.append(name.toString());
    return out;
}

void table(const QStringList &heading, const QList<QStringList> &rows)
{
    QList<QStringList> all{heading};
    for (const QStringList &row : rows) {
        QStringList cells;
        for (const QString &each : row)
            cells.append(shown(each));
        all.append(cells);
    }
    QList<qsizetype> widths(heading.size());
    for (const QStringList &row : all) {
        for (qsizetype i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    }
    for (const QStringList &row : all) {
        QString text;
        for (qsizetype i = 0; i < row.size(); ++i)
            text += i + 1 < row.size() ? row[i].leftJustified(widths[i] + 2) : row[i];
        line(text);
    }
}

void message(const QJsonObject &entry)
{
    static const bool toTerminal = ::isatty(STDOUT_FILENO) == 1;
    QString text = entry.value("message"_L1).toString();
    if (const auto coded = entry.value("message_base64"_L1); coded.isString())
        text = u"base64:"_s + coded.toString();
    line(QString::number(entry.value("id"_L1).toInteger()) + u'\t' + (toTerminal ? shown(text) : text));
}

bool showsProgress()
{
    static const bool toTerminal = ::isatty(STDERR_FILENO) == 1;
    return toTerminal;
}

void progress(const QString &text)
{
    if (!showsProgress())
        return;
    std::fprintf(stderr, "\r\033[K%s", text.toUtf8().constData());
    g_progressShown = true;
}

void flush()
{
    clearProgress();
    std::fflush(stdout);
}

} // namespace replog::ctloutput
