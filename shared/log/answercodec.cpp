// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/plaintext.h"
#include "shared/log/cbordocument.h"
#include "shared/log/jsondocument.h"
#include "shared/log/objectwriter.h"
#include "shared/log/replicatecodec.h"
#include "shared/log/standing.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

using Kind = ReplicateAnswer::Kind;

constexpr char DivergedWord[] = "diverged";

// The fields of NodeStanding, and those of RFC 9457, which a refusal also has.
namespace problemfield {
enum { Type = StandingFieldCount, Title, Status, Detail, Field, Mode };
}
constexpr auto AnswerFields = withStanding(std::array<Field, 6>{{{"type", false},
                                                                 {"title", false},
                                                                 {"status", false},
                                                                 {"detail", false},
                                                                 {"field", false},
                                                                 {"mode", false}}});

template <typename Writer>
QByteArray encode(const ReplicateAnswer &answer, int status, QByteArrayView title)
{
    constexpr qsizetype Fixed = 1024; // the names of all fields, numbers and identities
    const QByteArray field = answer.field.toUtf8();
    QByteArray document;
    {
        Writer out(document,
                   Fixed + title.size() + answer.text.size() + field.size() + answer.node.name.size());
        if (answer.kind != Kind::Accepted) {
            out.text("type", "about:blank");
            out.text("title", title);
            out.number("status", static_cast<quint64>(status));
            out.text("detail", answer.text);
            if (!field.isEmpty())
                out.text("field", field);
            if (answer.kind == Kind::Diverged)
                out.text("mode", DivergedWord);
        }
        writeStanding(out, answer.node);
    }
    return document;
}

QString shown(QByteArrayView text)
{
    return peerText(QString::fromUtf8(text.first(std::min(text.size(), 4 * MaxPeerText))));
}

struct Parsed
{
    NodeStanding node;
    QString detail;
    QString field;
    bool diverged = false;
};

template <typename Document>
Result<Parsed> parse(QByteArrayView body)
{
    Document document(body, DocumentReader::Unknown::Skip);
    Parsed parsed;
    readObject(document, AnswerFields, [&](size_t i) {
        switch (i) {
        case problemfield::Type:
        case problemfield::Title:
            document.text();
            return;
        case problemfield::Status:
            document.number();
            return;
        case problemfield::Detail:
            parsed.detail = shown(document.text());
            return;
        case problemfield::Field:
            parsed.field = shown(document.text());
            return;
        case problemfield::Mode:
            parsed.diverged = document.text() == DivergedWord;
            return;
        default:
            readStandingField(document, i, parsed.node);
        }
    });
    if (document.finish() && checkStanding(document, parsed.node) && checkSkipped(document, parsed.node.wire))
        return parsed;
    return document.error();
}

// The `detail` of any problem document, empty if there is none.
template <typename Document>
QString detailOf(QByteArrayView body)
{
    constexpr std::array<Field, 1> Fields{{{"detail"}}};
    Document document(body, DocumentReader::Unknown::Skip);
    QString detail;
    readObject(document, Fields, [&](size_t) { detail = shown(document.text()); });
    return document.finish() ? detail : QString();
}

Kind kindOf(int status, const Parsed &parsed)
{
    switch (status) {
    case 409:
        return parsed.diverged ? Kind::Diverged : Kind::Mismatch;
    case 412:
        return Kind::StaleEpoch;
    case 421:
        return Kind::Misdirected;
    case 400:
        return parsed.field == "wire"_L1 ? Kind::RefusedWire : Kind::Rejected;
    case 413:
        return Kind::Rejected;
    default:
        return Kind::Unavailable;
    }
}

bool isOfType(QByteArrayView contentType, QByteArrayView wanted)
{
    if (contentType == wanted)
        return true;
    const qsizetype semicolon = contentType.indexOf(';');
    const QByteArrayView type = (semicolon < 0 ? contentType : contentType.first(semicolon)).trimmed();
    return type.compare(wanted, Qt::CaseInsensitive) == 0;
}

} // namespace

QByteArray encodeAnswer(const ReplicateAnswer &answer, WireForm form, int status, QByteArrayView title)
{
    return form == WireForm::Cbor ? encode<CborObjectWriter>(answer, status, title)
                                  : encode<JsonObjectWriter>(answer, status, title);
}

Result<ReplicateAnswer> decodeAnswer(int status, QByteArrayView contentType, QByteArrayView body)
{
    const bool cbor = isOfType(contentType, "application/cbor");
    const bool json = !cbor && (isOfType(contentType, "application/json") ||
                                isOfType(contentType, "application/problem+json"));
    const Result<Parsed> parsed =
        cbor   ? parse<CborDocument>(body)
        : json ? parse<JsonDocument>(body)
               : Error{Errc::Protocol, u"answered with %1 instead of a document"_s.arg(shown(contentType))};
    if (status == 200) {
        if (!parsed)
            return Error{Errc::Protocol, u"answered 200 with what is no answer: "_s + parsed.error().text};
        return ReplicateAnswer{Kind::Accepted, parsed->node, {}, {}};
    }
    ReplicateAnswer answer;
    QString detail;
    if (parsed) {
        answer.kind = kindOf(status, *parsed);
        answer.node = parsed->node;
        answer.field = parsed->field;
        detail = parsed->detail;
    } else {
        answer.kind = status == 400 || status == 413 ? Kind::Rejected : Kind::Unavailable;
        detail = cbor ? detailOf<CborDocument>(body) : json ? detailOf<JsonDocument>(body) : QString();
    }
    answer.text = "HTTP " + QByteArray::number(status);
    if (!detail.isEmpty())
        answer.text += ": " + detail.toUtf8();
    return answer;
}

} // namespace replog
