// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/reply.h"

#include <QByteArrayView>

namespace replog {

class Front;

// What the head of an answer says.
struct AnswerForm
{
    int status;
    QByteArrayView contentType; // empty: none
    const HttpHeaders &extra;
    const QByteArray &date; // the Date header's line
    bool isHttp10;
    bool closes; // the connection ends after this answer
};

constexpr qint64 OpenLength = -1; // of a body that is sent in pieces

void appendAnswerHead(QByteArray &out, const AnswerForm &form, qint64 length);
// The whole answer, written by the responder of Qt's server.
QByteArray answerByQt(Front &front, const AnswerForm &form, const QByteArray &body, bool isHead);

} // namespace replog
