// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/httprequest.h"

#include <QByteArrayView>
#include <QString>

namespace replog {

// The request line and headers of one request, checked as strictly as RFC 9112 allows: whatever two parsers
// could read in two ways is refused.
struct RequestHead
{
    HttpRequest request;    // all but body and arguments, and the path unless it was percent-encoded
    QByteArrayView rawPath; // not percent-decoded, so that an encoded slash stays inside its segment; in
                            // request's headers
    bool isHttp10 = false;
    bool keepAlive = true;
    bool expectContinue = false;
    bool chunked = false;
    qint64 contentLength = -1; // -1: none given
    QByteArrayView authority;  // of a target like http://authority/path; in request's headers

    bool hasBody() const { return chunked || contentLength > 0; }

    // Whether the body is what it looks like: neither packed, nor text in another charset than UTF-8.
    Result<void> checkContent() const;

    // Length of the head at the front of `input`, its empty line included; 0 if it is not whole yet.
    // `scanned` says how far earlier calls have looked and is moved on, so that a head that comes byte by
    // byte is scanned once.
    static qsizetype find(QByteArrayView input, qsizetype &scanned);
    // Whether the first bytes can begin a request at all; asked before the first line is whole.
    static bool mayBegin(QByteArrayView input);
    // Parses a whole head. Returns 0, or the status to refuse it with; `detail` then says why.
    int parse(QByteArrayView head, QString &detail);

private:
    int parseRequestLine(QByteArrayView line, QString &detail);
    int parseTarget(QByteArrayView target, QString &detail);
    int parseField(char *line, char *end, QString &detail);
    int checkFraming(QString &detail);
    int takeFraming(const HeaderFields::Field &field, int &transferEncodings, QString &detail);
};

// Takes a query apart, without its '?'. False if it holds a bad percent-encoding.
bool parseQuery(QByteArrayView query, QList<QPair<QByteArray, QByteArray>> &items);
// Percent-decoding; false if a '%' is not followed by two hexadecimal digits. `plusIsSpace` as in a query.
bool percentDecode(QByteArrayView text, bool plusIsSpace, QByteArray &out);

} // namespace replog
