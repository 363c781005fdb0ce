// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/httprequest.h"
#include "shared/http/problem.h"

#include <QByteArrayView>

namespace replog {

// The request line and headers of one request, checked as strictly as RFC 9112 allows: a head that two
// parsers could read in different ways is refused.
struct RequestHead
{
    // Qt's parser drops what follows the hundredth field, or gives up; the gate adds one of its own at most.
    static constexpr qsizetype MaxFields = 96;

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

    // Refuses a compressed body, and text in another charset than UTF-8.
    Result<void> checkContent() const;

    // Length of the head at the front of `input`, with its empty line; 0 if it is not whole yet. `scanned`
    // says how far earlier calls have looked, and is updated, so that a head that comes byte by byte is
    // scanned once.
    static qsizetype find(QByteArrayView input, qsizetype &scanned);
    // Whether the first bytes can begin a request at all; asked before the first line is whole.
    static bool mayBegin(QByteArrayView input);
    // Parses a whole head.
    HttpRefusal parse(QByteArrayView head);

private:
    // False with the reason in `why`.
    bool parseLines(QByteArrayView head, HttpRefusal &why);
    bool parseRequestLine(QByteArrayView line, HttpRefusal &why);
    bool parseTarget(QByteArrayView target, HttpRefusal &why);
    bool parseField(char *line, char *end, HttpRefusal &why);
    bool checkFraming(HttpRefusal &why);
    bool takeFraming(const HeaderFields::Field &field, int &transferEncodings, HttpRefusal &why);
};

} // namespace replog
