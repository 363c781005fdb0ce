// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/ctloutput.h"

#include "ctl/ctloptions.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <poll.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace replog::ctloutput {

namespace {

bool g_progressShown = false;
int g_outputFault = 0; // errno of the first thing that stdout did not take

void clearProgress()
{
    if (std::exchange(g_progressShown, false))
        std::fputs("\r\033[K", stderr);
}

// Moves the cursor, changes the direction of text, or cannot be seen.
bool isUnsafe(char32_t c)
{
    switch (QChar::category(c)) {
    case QChar::Other_Control:
    case QChar::Other_Format: // includes marks of text direction
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return true;
    default:
        return false;
    }
}

// With what is unsafe as JSON escapes.
QString escaped(const QString &text)
{
    QString out;
    out.reserve(text.size());
    for (qsizetype at = 0; at < text.size();) {
        const bool isPair =
            text[at].isHighSurrogate() && at + 1 < text.size() && text[at + 1].isLowSurrogate();
        const QStringView one = QStringView(text).sliced(at, isPair ? 2 : 1);
        const bool isSafe =
            !isUnsafe(isPair ? QChar::surrogateToUcs4(one[0], one[1]) : char32_t(one[0].unicode()));
        for (const QChar c : one)
            out += isSafe ? QString(c) : u"\\u%1"_s.arg(uint(c.unicode()), 4, 16, QChar(u'0'));
        at += one.size();
    }
    return out;
}

} // namespace

QString shown(const QString &text)
{
    QString out = text;
    return escaped(out.replace(u'\n', "\\n"_L1).replace(u'\t', "\\t"_L1));
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
    const QByteArray text = QJsonDocument(object).toJson(QJsonDocument::Compact);
    // Between the texts there is ASCII alone.
    const bool isPlain = std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
    bytes((isPlain ? text : escaped(QString::fromUtf8(text)).toUtf8()) + '\n');
}

void bytes(const QByteArray &data)
{
    const auto size = static_cast<std::size_t>(data.size());
    if (std::fwrite(data.constData(), 1, size, stdout) != size && g_outputFault == 0)
        g_outputFault = errno;
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
    errno = 0;
    if ((std::fflush(stdout) != 0 || std::ferror(stdout) != 0) && g_outputFault == 0)
        g_outputFault = errno != 0 ? errno : EIO;
}

bool isGone()
{
    if (g_outputFault != 0)
        return true;
    pollfd reader{STDOUT_FILENO, 0, 0}; // asks for nothing, and is told of errors all the same
    if (::poll(&reader, 1, 0) != 1 || (reader.revents & (POLLERR | POLLHUP)) == 0)
        return false;
    g_outputFault = EPIPE;
    return true;
}

int finish(int code)
{
    flush();
    if (g_outputFault == 0)
        return code;
    error(u"standard output: %1"_s.arg(QString::fromLocal8Bit(std::strerror(g_outputFault))));
    return code == ctlexit::Ok ? ctlexit::Failed : code;
}

} // namespace replog::ctloutput
