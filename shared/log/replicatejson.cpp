// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/jsontext.h"
#include "shared/log/replicatecodec.h"
#include "shared/log/replicateforms.h"

#include <simdjson.h>

using namespace Qt::StringLiterals;

namespace replog {

Result<ReplicateRequest> decodeReplicateJson(const QByteArray &json)
{
    simdjson::dom::parser parser;
    simdjson::dom::object root;
    if (parser.parse(json.constData(), static_cast<size_t>(json.size())).get(root) != simdjson::SUCCESS)
        return malformedField(u"body"_s, u"is not a JSON object"_s);

    QString bad;
    const auto number = [&bad](const simdjson::dom::object &object, const char *name,
                               bool required) -> quint64 {
        uint64_t value = 0;
        const auto error = object[name].get(value);
        if (error != simdjson::SUCCESS && (required || error != simdjson::NO_SUCH_FIELD) && bad.isEmpty())
            bad = QString::fromLatin1(name);
        return value;
    };
    const auto text = [&bad](const simdjson::dom::object &object, const char *name,
                             bool required) -> QByteArray {
        std::string_view value;
        const auto error = object[name].get(value);
        if (error != simdjson::SUCCESS && (required || error != simdjson::NO_SUCH_FIELD) && bad.isEmpty())
            bad = QString::fromLatin1(name);
        return QByteArray(value.data(), static_cast<qsizetype>(value.size()));
    };

    ReplicateRequest request;
    request.master = text(root, "master", false);
    request.epoch.number = number(root, "epoch", true);
    request.logId = number(root, "log", false);
    request.prev.id = number(root, "prev_id", true);
    request.prev.epoch.number = number(root, "prev_epoch", true);
    request.committedId = number(root, "committed_id", false);
    simdjson::dom::array starts;
    if (const auto error = root["starts"].get(starts); error == simdjson::SUCCESS) {
        for (const auto element : starts) {
            simdjson::dom::object object;
            if (element.get(object) != simdjson::SUCCESS)
                return malformedField(u"starts"_s, u"must hold objects"_s);
            request.epochs.append(Epoch(number(object, "epoch", true), number(object, "start", true)));
        }
    } else if (error != simdjson::NO_SUCH_FIELD) {
        return malformedField(u"starts"_s, u"must be an array"_s);
    }
    simdjson::dom::array entries;
    if (root["entries"].get(entries) != simdjson::SUCCESS)
        return malformedField(u"entries"_s, u"must be an array"_s);
    for (const auto element : entries) {
        simdjson::dom::object object;
        if (element.get(object) != simdjson::SUCCESS)
            return malformedField(u"entries"_s, u"must hold objects"_s);
        Entry entry;
        entry.id = number(object, "id", true);
        entry.epoch = number(object, "epoch", true);
        const auto w = narrowed(number(object, "w", true));
        if (!w)
            return malformedField(u"w"_s, u"is too large"_s);
        entry.w = *w;
        entry.message = text(object, "message", true);
        entry.key = text(object, "key", false);
        request.entries.push_back(std::move(entry));
    }
    if (!bad.isEmpty())
        return malformedField(bad, u"is missing or of another type"_s);
    if (auto checked = checkRequest(request); !checked)
        return checked.error();
    return request;
}

QByteArray encodeAnswerJson(const ReplicateAnswer &answer)
{
    QByteArray out = "{";
    appendJsonName(out, "last_id");
    appendNumber(out, answer.last.id);
    out.append(',');
    appendJsonName(out, "last_epoch");
    appendNumber(out, answer.last.epoch.number);
    out.append(',');
    if (answer.last.epoch.start != 0) {
        appendJsonName(out, "last_start");
        appendNumber(out, answer.last.epoch.start);
        out.append(',');
    }
    appendJsonName(out, "committed_id");
    appendNumber(out, answer.committedId);
    out.append('}');
    return out;
}

QByteArray answerMembers(const ReplicateAnswer &answer)
{
    QByteArray out = encodeAnswerJson(answer);
    out = out.mid(1, out.size() - 2);
    out.append(',');
    appendJsonName(out, "epoch");
    appendNumber(out, answer.epoch);
    if (answer.kind == ReplicateAnswer::Kind::Diverged)
        out.append(",\"mode\":\"diverged\"");
    return out;
}

ReplicateAnswer decodeRefusalJson(int status, const QByteArray &json)
{
    using Kind = ReplicateAnswer::Kind;
    ReplicateAnswer answer;
    simdjson::dom::parser parser;
    simdjson::dom::object root;
    std::string_view mode, detail;
    const bool readable =
        parser.parse(json.constData(), static_cast<size_t>(json.size())).get(root) == simdjson::SUCCESS;
    if (readable) {
        uint64_t value = 0;
        if (root["last_id"].get(value) == simdjson::SUCCESS)
            answer.last.id = value;
        if (root["last_epoch"].get(value) == simdjson::SUCCESS)
            answer.last.epoch.number = value;
        if (root["last_start"].get(value) == simdjson::SUCCESS)
            answer.last.epoch.start = value;
        if (root["committed_id"].get(value) == simdjson::SUCCESS)
            answer.committedId = value;
        if (root["epoch"].get(value) == simdjson::SUCCESS)
            answer.epoch = value;
        if (root["mode"].get(mode) != simdjson::SUCCESS)
            mode = {};
        if (root["detail"].get(detail) == simdjson::SUCCESS)
            answer.text = QByteArray(detail.data(), static_cast<qsizetype>(detail.size()));
    }
    if (readable && status == 409)
        answer.kind = mode == "diverged" ? Kind::Diverged : Kind::Mismatch;
    else if (readable && status == 412)
        answer.kind = Kind::StaleEpoch;
    else if (status == 400 || status == 413)
        answer.kind = Kind::Rejected;
    else
        answer.kind = Kind::Unavailable;
    answer.text =
        "HTTP " + QByteArray::number(status) + (answer.text.isEmpty() ? QByteArray() : ": " + answer.text);
    return answer;
}

} // namespace replog
