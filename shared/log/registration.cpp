// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/registration.h"

#include "shared/base/nodeurl.h"
#include "shared/log/jsondocument.h"
#include "shared/log/objectwriter.h"
#include "shared/log/standing.h"

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr qsizetype MaxUrlBytes = 512;

namespace answerfield {
enum { NodeId, Name, LogId, Wire, Epoch };
}
constexpr std::array<Field, 5> AnswerFields{{{"node_id"}, {"name"}, {"log_id"}, {"wire"}, {"epoch"}}};

QUrl readUrl(JsonDocument &document)
{
    const QByteArrayView text = document.text(MaxUrlBytes);
    const auto url = parseNodeUrl(QString::fromUtf8(text), DefaultPort::Refused);
    if (url)
        return *url;
    document.fail(url.error().text);
    return {};
}

} // namespace

QByteArray encodeRegistration(const Registration &registration)
{
    QByteArray document;
    {
        JsonObjectWriter json(document);
        writeStanding(json, registration.node);
        json.text("url", registration.url.toEncoded());
    }
    return document;
}

Result<Registration> decodeRegistration(QByteArrayView json)
{
    constexpr auto Fields = withStanding(std::array<Field, 1>{{{"url"}}});
    JsonDocument document(json, DocumentReader::Unknown::Skip);
    Registration registration;
    readObject(document, Fields, [&](size_t i) {
        if (i < StandingFieldCount)
            readStandingField(document, i, registration.node);
        else
            registration.url = readUrl(document);
    });
    if (document.finish() && checkStanding(document, registration.node) &&
        checkSkipped(document, registration.node.wire))
        return registration;
    return document.error();
}

QByteArray encodeRegistrationAnswer(const RegistrationAnswer &answer)
{
    QByteArray document;
    {
        JsonObjectWriter json(document);
        json.text("node_id", answer.nodeId.toHex());
        json.text("name", answer.name);
        json.text("log_id", answer.logId.toHex());
        json.number("wire", answer.wire);
        json.number("epoch", answer.epoch);
    }
    return document;
}

Result<RegistrationAnswer> decodeRegistrationAnswer(QByteArrayView json)
{
    JsonDocument document(json, DocumentReader::Unknown::Skip);
    RegistrationAnswer answer;
    readObject(document, AnswerFields, [&](size_t i) {
        switch (i) {
        case answerfield::NodeId:
            answer.nodeId = readId(document);
            return;
        case answerfield::Name:
            answer.name = readNodeName(document);
            return;
        case answerfield::LogId:
            answer.logId = readId(document);
            return;
        case answerfield::Wire:
            answer.wire = readWire(document);
            return;
        case answerfield::Epoch:
            answer.epoch = document.number(1);
            return;
        }
    });
    if (document.finish() && checkSkipped(document, answer.wire))
        return answer;
    return Error{Errc::Protocol, u"answered a registration with something else: "_s + document.error().text};
}

} // namespace replog
