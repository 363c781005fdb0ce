// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/answerform.h"

#include "shared/base/bytewriter.h"
#include "shared/http/front.h"
#include "shared/http/problem.h"

namespace replog {

void appendAnswerHead(QByteArray &out, const AnswerForm &form, qint64 length)
{
    qsizetype extraBytes = 0;
    for (const auto &[name, value] : form.extra)
        extraBytes += name.size() + value.size() + 4;
    const QByteArrayView reason = httpReason(form.status);
    ByteWriter to(out, 128 + reason.size() + form.date.size() + form.contentType.size() + extraBytes +
                           2 * ByteWriter::NumberBytes);
    to << "HTTP/1.1 " << quint64(form.status) << ' ' << reason << "\r\n" << form.date;
    if (!form.contentType.isEmpty())
        to << "Content-Type: " << form.contentType << "\r\n";
    if (length != OpenLength && form.status != 204)
        to << "Content-Length: " << quint64(length) << "\r\n";
    else if (length == OpenLength && !form.isHttp10)
        to << "Transfer-Encoding: chunked\r\n";
    for (const auto &[name, value] : form.extra)
        to << name << ": " << value << "\r\n";
    if (form.closes)
        to << "Connection: close\r\n";
    else if (form.isHttp10)
        to << "Connection: keep-alive\r\n";
    to << "\r\n";
}

QByteArray answerByQt(Front &front, const AnswerForm &form, const QByteArray &body, bool isHead)
{
    static constexpr QByteArrayView Date = "Date: ";
    HttpHeaders headers = form.extra;
    headers.emplaceBack("Date", form.date.sliced(Date.size()).trimmed());
    if (form.closes)
        headers.emplaceBack("Connection", "close");
    else if (form.isHttp10)
        headers.emplaceBack("Connection", "keep-alive");
    QByteArray bytes = front.answer(form.status, form.contentType.toByteArray(), body, headers);
    // Qt sends a body in answer to HEAD, too, and a Content-Length where there is no body.
    const qsizetype headEnd = bytes.indexOf("\r\n\r\n") + 4;
    if (isHead)
        bytes.truncate(headEnd);
    if (form.status == 204) {
        const qsizetype before = bytes.first(headEnd).toLower().indexOf("\r\ncontent-length:");
        if (before >= 0)
            bytes.remove(before, bytes.indexOf('\r', before + 2) - before);
    }
    return bytes;
}

} // namespace replog
