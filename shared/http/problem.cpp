// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/problem.h"

#include "shared/base/plaintext.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace replog {

using namespace Qt::StringLiterals;

int httpStatus(Errc code)
{
    switch (code) {
    case Errc::InvalidArgument:
        return 400;
    case Errc::NotFound:
        return 404;
    case Errc::Conflict:
        return 409;
    case Errc::Diverged:
        return 409;
    case Errc::StaleEpoch:
    case Errc::PreconditionFailed:
        return 412;
    case Errc::Gone:
        return 410;
    case Errc::TooLarge:
        return 413;
    case Errc::Exhausted:
        return 503;
    case Errc::NoSpace:
        return 507;
    case Errc::Unavailable:
        return 503;
    case Errc::Timeout:
        return 504;
    case Errc::TooSlow:
        return 408;
    case Errc::Unauthorized:
        return 401;
    case Errc::Forbidden:
        return 403;
    case Errc::Misdirected:
        return 421;
    case Errc::UnsupportedMedia:
        return 415;
    case Errc::KeyReused:
        return 422;
    case Errc::Io:
        return 500;
    case Errc::Corrupt:
        return 500;
    case Errc::InUse:
        return 500;
    case Errc::Protocol:
        return 502;
    }
    return 500;
}

QByteArrayView httpReason(int status)
{
    switch (status) {
    case 100:
        return "Continue";
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 202:
        return "Accepted";
    case 204:
        return "No Content";
    case 307:
        return "Temporary Redirect";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 406:
        return "Not Acceptable";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 410:
        return "Gone";
    case 411:
        return "Length Required";
    case 412:
        return "Precondition Failed";
    case 413:
        return "Content Too Large";
    case 415:
        return "Unsupported Media Type";
    case 417:
        return "Expectation Failed";
    case 421:
        return "Misdirected Request";
    case 422:
        return "Unprocessable Content";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Unavailable";
    case 504:
        return "Gateway Timeout";
    case 505:
        return "HTTP Version Not Supported";
    case 507:
        return "Insufficient Storage";
    default:
        return "Unknown";
    }
}

static QByteArray problemDocument(int status, const QString &detail, const QString &field,
                                  const QByteArray &members)
{
    QJsonObject object{
        {u"type"_s, u"about:blank"_s},
        {u"title"_s, QString::fromLatin1(httpReason(status))},
        {u"status"_s, status},
        {u"detail"_s, detail},
    };
    if (!field.isEmpty())
        object.insert(u"field"_s, field);
    QByteArray json = QJsonDocument(object).toJson(QJsonDocument::Compact);
    if (!members.isEmpty()) {
        json.chop(1);
        json += ',' + members + '}';
    }
    return json;
}

QByteArray problemJson(const Error &error, const QByteArray &members)
{
    return problemDocument(httpStatus(error.code), error.text, error.field, members);
}

QByteArray problemJson(const HttpRefusal &refusal)
{
    return problemDocument(refusal.status, boundedText(refusal.detail), boundedText(refusal.field), {});
}

} // namespace replog
