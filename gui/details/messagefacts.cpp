// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/details/messagefacts.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QLocale>
#include <QStringDecoder>

#include <algorithm>
#include <climits>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr qsizetype TextCharacters = 500;
constexpr qsizetype MostHeaders = 64;
constexpr qsizetype HeaderLines = 12; // header lines shown; the curl command has all of them
constexpr qsizetype HexLine = 16;
constexpr qsizetype ArgumentBytes = 100 * 1024; // Linux takes arguments of less than 128 KiB

// Quotes any text as one word of a POSIX shell.
QString quoted(const QString &text)
{
    return u'\'' + QString(text).replace(u'\'', u"'\\''"_s) + u'\'';
}

} // namespace

MessageFacts MessageFacts::read(const QJsonObject &document)
{
    const auto number = [&](QLatin1StringView name) {
        return quint64(std::max<qint64>(0, document.value(name).toInteger()));
    };
    MessageFacts facts;
    facts.id = number("id"_L1);
    const QJsonValue encoded = document.value("message_base64"_L1);
    facts.bytes = encoded.isString() ? QByteArray::fromBase64(encoded.toString().toLatin1())
                                     : document.value("message"_L1).toString().toUtf8();
    facts.type = document.value("type"_L1).toString().left(TextCharacters);
    const QJsonObject headers = document.value("headers"_L1).toObject();
    for (auto it = headers.begin(); it != headers.end() && facts.headers.size() < MostHeaders; ++it)
        facts.headers.append({it.key().left(TextCharacters), it.value().toString()});
    facts.timeMs = document.value("time"_L1).toInteger(-1);
    facts.epoch = number("epoch"_L1);
    facts.w = quint32(number("w"_L1));
    if (document.contains("acks"_L1))
        facts.acks = quint32(number("acks"_L1));
    facts.satisfied = document.value("satisfied"_L1).toBool();
    facts.released = document.value("released"_L1).toBool();
    return facts;
}

bool MessageFacts::isText() const
{
    return bytes.isValidUtf8() && !bytes.contains('\0');
}

QString MessageFacts::text() const
{
    return QString::fromUtf8(' ' + bytes).sliced(1); // a byte order mark at the beginning would be dropped
}

QJsonDocument MessageFacts::json() const
{
    return bytes.size() <= JsonBytes ? QJsonDocument::fromJson(bytes) : QJsonDocument();
}

QString MessageFacts::hex() const
{
    QString all;
    const qsizetype end = std::min(bytes.size(), HexBytes);
    for (qsizetype at = 0; at < end; at += HexLine) {
        QString codes, signs;
        for (qsizetype i = at; i < at + HexLine; ++i) {
            if (i < end) {
                const auto byte = uchar(bytes[i]);
                codes += u"%1 "_s.arg(byte, 2, 16, QChar(u'0'));
                signs += QChar(byte >= 0x20 && byte < 0x7F ? char16_t(byte) : u'.');
            } else {
                codes += u"   "_s;
            }
        }
        all += u"%1  %2 %3\n"_s.arg(at, 6, 16, QChar(u'0')).arg(codes, signs);
    }
    if (end < bytes.size())
        all += tr("… %L1 more byte(s)").arg(bytes.size() - end);
    return all;
}

QList<QPair<QString, QString>> MessageFacts::lines(quint64 committedId) const
{
    const QLocale locale;
    QList<QPair<QString, QString>> all{{tr("Id"), QString::number(id)}};
    all.append(
        {tr("Size"),
         tr("%L1 byte(s)", nullptr, int(std::min<qsizetype>(bytes.size(), INT_MAX))).arg(bytes.size())});
    if (timeMs >= 0)
        all.append({tr("Time"),
                    locale.toString(QDateTime::fromMSecsSinceEpoch(timeMs), u"yyyy-MM-dd HH:mm:ss.zzz"_s)});
    if (!type.isEmpty())
        all.append({tr("Type"), type});
    if (epoch > 0)
        all.append({tr("Epoch"), QString::number(epoch)});
    if (w > 0) {
        all.append({tr("Asked for"), tr("w=%1").arg(w)});
        all.append({tr("Acks"), acksLine(committedId)});
    }
    all += headers.first(std::min(headers.size(), HeaderLines));
    if (headers.size() > HeaderLines)
        all.append({tr("Further headers"), QString::number(headers.size() - HeaderLines)});
    return all;
}

QString MessageFacts::acksLine(quint64 committedId) const
{
    if (!acks)
        return tr("known to the master alone"); // so is whether an operator released the wait
    const QString text = satisfied           ? tr("%1, satisfied")
                         : released          ? tr("%1, released")
                         : id <= committedId ? tr("%1 known of so far")
                                             : tr("%1, it waits");
    return text.arg(*acks);
}

QString MessageFacts::curl(const QUrl &node, const ClientOptions &options) const
{
    QString access;
    if (node.scheme() == "https"_L1) {
        const std::pair<QLatin1StringView, QString> files[] = {
            {"--cacert"_L1, options.caFile}, {"--cert"_L1, options.certFile}, {"--key"_L1, options.keyFile}};
        for (const auto &[option, file] : files) {
            if (!file.isEmpty())
                access += option + u' ' + quoted(file) + u' ';
        }
    }
    if (!options.token.isEmpty())
        access += "-H @FILE "_L1;
    QJsonObject body;
    if (isText())
        body.insert("message"_L1, text());
    else
        body.insert("message_base64"_L1, QString::fromLatin1(bytes.toBase64()));
    if (!type.isEmpty())
        body.insert("type"_L1, type);
    if (w > 0)
        body.insert("w"_L1, int(w));
    QJsonObject named;
    for (const auto &[name, value] : headers)
        named.insert(name, value);
    if (!named.isEmpty())
        body.insert("headers"_L1, named);
    const QString json = QString::fromUtf8(QJsonDocument(body).toJson(QJsonDocument::Compact));
    const QString address = quoted(node.toString(QUrl::StripTrailingSlash) + u"/api/v1/messages"_s);
    const QString data = quoted(json);
    if (data.toUtf8().size() <= ArgumentBytes)
        return u"curl %1-H 'Content-Type: application/json' -d %2 %3"_s.arg(access, data, address);
    // JSON of one line that begins with "{" cannot be the line that ends it.
    return u"curl %1-H 'Content-Type: application/json' --data-binary @- %2 <<'END'\n%3\nEND\n"_s.arg(
        access, address, json);
}

} // namespace replog
