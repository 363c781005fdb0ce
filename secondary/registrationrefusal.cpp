// SPDX-License-Identifier: GPL-3.0-or-later
#include "secondary/registrationrefusal.h"

#include "shared/base/plaintext.h"
#include "shared/log/jsondocument.h"

#include <array>

namespace replog {

std::optional<QString> decodeRegistrationRefusal(QByteArrayView contentType, QByteArrayView body)
{
    enum { Type, Title, Status, Detail, Named };
    constexpr std::array<Field, 5> Fields{{{"type"}, {"title"}, {"status"}, {"detail"}, {"field"}}};
    if (contentType != "application/problem+json")
        return std::nullopt;
    JsonDocument document(body, DocumentReader::Unknown::Skip); // a problem may have further members
    QByteArray detail;
    QByteArray named;
    readObject(document, Fields, [&](size_t field) {
        switch (field) {
        case Type:
        case Title:
            document.text();
            return;
        case Status:
            document.number(409, 409);
            return;
        case Detail:
            detail = document.text().toByteArray();
            return;
        case Named:
            named = document.text().toByteArray();
            return;
        }
    });
    const bool isOurs = document.finish() && (named == "node_id" || named == "name" || named == "log_id") &&
                        detail.startsWith(QByteArray(named + ": "));
    if (!isOurs)
        return std::nullopt;
    return peerText(QString::fromUtf8(detail));
}

} // namespace replog
