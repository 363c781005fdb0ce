// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/replicatecodec.h"

#include "shared/log/jsontext.h"

#include <QCborStreamReader>

#include <simdjson.h>

#include <limits>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

enum Major : unsigned char { Unsigned = 0x00, Text = 0x60, Array = 0x80, Map = 0xa0 };

void appendHead(QByteArray &out, Major major, quint64 value)
{
    char head[9];
    int size = 1;
    if (value < 24) {
        head[0] = static_cast<char>(major | value);
    } else {
        const int bytes = value <= 0xff ? 1 : value <= 0xffff ? 2 : value <= 0xffffffff ? 4 : 8;
        head[0] = static_cast<char>(major | (bytes == 1 ? 24 : bytes == 2 ? 25 : bytes == 4 ? 26 : 27));
        for (int i = bytes; i > 0; --i, value >>= 8)
            head[i] = static_cast<char>(value & 0xff);
        size += bytes;
    }
    out.append(head, size);
}

void appendText(QByteArray &out, QByteArrayView text)
{
    appendHead(out, Text, static_cast<quint64>(text.size()));
    out.append(text);
}

void appendNumberField(QByteArray &out, QByteArrayView name, quint64 value)
{
    appendText(out, name);
    appendHead(out, Unsigned, value);
}

Error malformed(const QString &field, const QString &what)
{
    return {Errc::InvalidArgument, u"%1: %2"_s.arg(field, what), field};
}

// What the entries of a request must satisfy together, whatever they were encoded in.
Result<void> checkRequest(const ReplicateRequest &request)
{
    if (request.epoch == 0)
        return malformed(u"epoch"_s, u"must be at least 1"_s);
    quint64 expected = request.prev.id + 1;
    for (const Entry &entry : request.entries) {
        if (entry.id != expected)
            return malformed(u"entries"_s, u"id %1 where %2 follows"_s.arg(entry.id).arg(expected));
        if (entry.epoch == 0 || entry.epoch > request.epoch)
            return malformed(u"entries"_s, u"entry %1 has an epoch outside 1 to %2"_s.arg(entry.id).arg(request.epoch));
        if (entry.w == 0)
            return malformed(u"entries"_s, u"entry %1 has w 0"_s.arg(entry.id));
        if (!simdjson::validate_utf8(entry.message.constData(), static_cast<size_t>(entry.message.size()))
            || !simdjson::validate_utf8(entry.key.constData(), static_cast<size_t>(entry.key.size())))
            return malformed(u"entries"_s, u"entry %1 is not UTF-8"_s.arg(entry.id));
        ++expected;
    }
    return {};
}

// Pulls fields of CBOR maps with definite or indefinite length; ok() is false from the first thing that does not fit.
class CborFields
{
public:
    explicit CborFields(const QByteArray &cbor) : m_reader(cbor) {}

    bool ok() const { return m_ok; }
    QByteArray badField() const { return m_field; }
    QCborStreamReader &reader() { return m_reader; }

    void enterMap()
    {
        if (m_ok && m_reader.isMap())
            m_ok = m_reader.enterContainer();
        else
            m_ok = false;
    }
    void leave() { m_ok = m_ok && m_reader.leaveContainer(); }
    bool hasNext() { return m_ok && m_reader.lastError() == QCborError::NoError && m_reader.hasNext(); }
    void name(QByteArray &out)
    {
        out.resize(0);
        readText(out);
        m_field = out;
    }
    quint64 number()
    {
        quint64 value = 0;
        if (m_ok && m_reader.isUnsignedInteger()) {
            value = m_reader.toUnsignedInteger();
            m_reader.next();
        } else {
            m_ok = false;
        }
        return value;
    }
    QByteArray text()
    {
        QByteArray out;
        readText(out);
        return out;
    }
    void skip() { m_ok = m_ok && m_reader.next(); }

private:
    void readText(QByteArray &out)
    {
        if (!m_ok || !m_reader.isString()) {
            m_ok = false;
            return;
        }
        for (;;) {
            const qsizetype chunk = m_reader.currentStringChunkSize();
            const qsizetype at = out.size();
            if (chunk > 0)
                out.resize(at + chunk);
            char none = 0;
            const auto got = m_reader.readStringChunk(chunk > 0 ? out.data() + at : &none, std::max<qsizetype>(chunk, 0));
            if (got.status == QCborStreamReader::EndOfString)
                return;
            if (got.status == QCborStreamReader::Error) {
                m_ok = false;
                return;
            }
        }
    }

    QCborStreamReader m_reader;
    QByteArray m_field;
    bool m_ok = true;
};

std::optional<quint32> narrow(quint64 value)
{
    if (value > std::numeric_limits<quint32>::max())
        return std::nullopt;
    return static_cast<quint32>(value);
}

} // namespace

void appendWireEntry(QByteArray &out, const EntryView &entry)
{
    appendHead(out, Map, entry.key.isEmpty() ? 4 : 5);
    appendNumberField(out, "id", entry.id);
    appendNumberField(out, "epoch", entry.epoch);
    appendNumberField(out, "w", entry.w);
    appendText(out, "message");
    appendText(out, entry.message);
    if (!entry.key.isEmpty()) {
        appendText(out, "key");
        appendText(out, entry.key);
    }
}

QByteArray encodeDelivery(const Delivery &delivery)
{
    QByteArray out;
    out.reserve(delivery.batch.bytes.size() + delivery.master.size() + 128);
    appendHead(out, Map, 6);
    appendText(out, "master");
    appendText(out, delivery.master);
    appendNumberField(out, "epoch", delivery.epoch);
    appendNumberField(out, "prev_id", delivery.prev.id);
    appendNumberField(out, "prev_epoch", delivery.prev.epoch);
    appendNumberField(out, "committed_id", delivery.committedId);
    appendText(out, "entries");
    appendHead(out, Array, delivery.batch.count());
    out.append(delivery.batch.bytes);
    return out;
}

Result<ReplicateRequest> decodeReplicateCbor(const QByteArray &cbor)
{
    CborFields in(cbor);
    ReplicateRequest request;
    bool hasEpoch = false, hasPrev = false, hasEntries = false;
    QByteArray name;
    in.enterMap();
    while (in.hasNext()) {
        in.name(name);
        if (name == "master") {
            request.master = in.text();
        } else if (name == "epoch") {
            request.epoch = in.number();
            hasEpoch = true;
        } else if (name == "prev_id") {
            request.prev.id = in.number();
            hasPrev = true;
        } else if (name == "prev_epoch") {
            request.prev.epoch = in.number();
        } else if (name == "committed_id") {
            request.committedId = in.number();
        } else if (name == "entries") {
            hasEntries = true;
            if (!in.reader().isArray() || !in.reader().enterContainer())
                return malformed(u"entries"_s, u"must be an array"_s);
            while (in.hasNext()) {
                Entry entry;
                entry.w = 0;
                in.enterMap();
                while (in.hasNext()) {
                    in.name(name);
                    if (name == "id") {
                        entry.id = in.number();
                    } else if (name == "epoch") {
                        entry.epoch = in.number();
                    } else if (name == "w") {
                        const auto w = narrow(in.number());
                        if (!w)
                            return malformed(u"w"_s, u"is too large"_s);
                        entry.w = *w;
                    } else if (name == "message") {
                        entry.message = in.text();
                    } else if (name == "key") {
                        entry.key = in.text();
                    } else {
                        in.skip();
                    }
                }
                in.leave();
                if (!in.ok())
                    return malformed(QString::fromUtf8(in.badField()), u"is not what the request's form asks for"_s);
                request.entries.push_back(std::move(entry));
            }
            in.leave();
        } else {
            in.skip();
        }
    }
    in.leave();
    if (!in.ok() || in.reader().lastError() != QCborError::NoError) {
        const QString field = in.badField().isEmpty() ? u"body"_s : QString::fromUtf8(in.badField());
        return malformed(field, u"is not valid CBOR of the request's form"_s);
    }
    if (!hasEpoch || !hasPrev || !hasEntries)
        return malformed(!hasEpoch ? u"epoch"_s : !hasPrev ? u"prev_id"_s : u"entries"_s, u"is missing"_s);
    if (auto checked = checkRequest(request); !checked)
        return checked.error();
    return request;
}

Result<ReplicateRequest> decodeReplicateJson(const QByteArray &json)
{
    simdjson::dom::parser parser;
    simdjson::dom::object root;
    if (parser.parse(json.constData(), static_cast<size_t>(json.size())).get(root) != simdjson::SUCCESS)
        return malformed(u"body"_s, u"is not a JSON object"_s);

    QString bad;
    const auto number = [&bad](const simdjson::dom::object &object, const char *name, bool required) -> quint64 {
        uint64_t value = 0;
        const auto error = object[name].get(value);
        if (error != simdjson::SUCCESS && (required || error != simdjson::NO_SUCH_FIELD) && bad.isEmpty())
            bad = QString::fromLatin1(name);
        return value;
    };
    const auto text = [&bad](const simdjson::dom::object &object, const char *name, bool required) -> QByteArray {
        std::string_view value;
        const auto error = object[name].get(value);
        if (error != simdjson::SUCCESS && (required || error != simdjson::NO_SUCH_FIELD) && bad.isEmpty())
            bad = QString::fromLatin1(name);
        return QByteArray(value.data(), static_cast<qsizetype>(value.size()));
    };

    ReplicateRequest request;
    request.master = text(root, "master", false);
    request.epoch = number(root, "epoch", true);
    request.prev.id = number(root, "prev_id", true);
    request.prev.epoch = number(root, "prev_epoch", false);
    request.committedId = number(root, "committed_id", false);
    simdjson::dom::array entries;
    if (root["entries"].get(entries) != simdjson::SUCCESS)
        return malformed(u"entries"_s, u"must be an array"_s);
    for (const auto element : entries) {
        simdjson::dom::object object;
        if (element.get(object) != simdjson::SUCCESS)
            return malformed(u"entries"_s, u"must hold objects"_s);
        Entry entry;
        entry.id = number(object, "id", true);
        entry.epoch = number(object, "epoch", true);
        const auto w = narrow(number(object, "w", true));
        if (!w)
            return malformed(u"w"_s, u"is too large"_s);
        entry.w = *w;
        entry.message = text(object, "message", true);
        entry.key = text(object, "key", false);
        request.entries.push_back(std::move(entry));
    }
    if (!bad.isEmpty())
        return malformed(bad, u"is missing or of another type"_s);
    if (auto checked = checkRequest(request); !checked)
        return checked.error();
    return request;
}

QByteArray encodeAnswerCbor(const ReplicateAnswer &answer)
{
    QByteArray out;
    out.reserve(64);
    appendHead(out, Map, 3);
    appendNumberField(out, "last_id", answer.last.id);
    appendNumberField(out, "last_epoch", answer.last.epoch);
    appendNumberField(out, "committed_id", answer.committedId);
    return out;
}

QByteArray encodeAnswerJson(const ReplicateAnswer &answer)
{
    QByteArray out = "{";
    appendJsonName(out, "last_id");
    appendNumber(out, answer.last.id);
    out.append(',');
    appendJsonName(out, "last_epoch");
    appendNumber(out, answer.last.epoch);
    out.append(',');
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

Result<ReplicateAnswer> decodeAnswer(int status, const QByteArray &contentType, const QByteArray &body)
{
    using Kind = ReplicateAnswer::Kind;
    ReplicateAnswer answer;
    if (status == 200) {
        if (!contentType.startsWith("application/cbor"))
            return Error{Errc::Protocol, u"answered %1 where application/cbor was asked"_s.arg(QLatin1StringView(contentType))};
        CborFields in(body);
        QByteArray name;
        int fields = 0;
        in.enterMap();
        while (in.hasNext()) {
            in.name(name);
            if (name == "last_id") {
                answer.last.id = in.number();
                ++fields;
            } else if (name == "last_epoch") {
                answer.last.epoch = in.number();
                ++fields;
            } else if (name == "committed_id") {
                answer.committedId = in.number();
                ++fields;
            } else {
                in.skip();
            }
        }
        in.leave();
        if (!in.ok() || fields != 3)
            return Error{Errc::Protocol, u"answered 200 with a document that is not a replicate answer"_s};
        return answer;
    }

    simdjson::dom::parser parser;
    simdjson::dom::object root;
    std::string_view mode, detail;
    const bool readable = parser.parse(body.constData(), static_cast<size_t>(body.size())).get(root) == simdjson::SUCCESS;
    if (readable) {
        uint64_t value = 0;
        if (root["last_id"].get(value) == simdjson::SUCCESS)
            answer.last.id = value;
        if (root["last_epoch"].get(value) == simdjson::SUCCESS)
            answer.last.epoch = value;
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
    answer.text = "HTTP " + QByteArray::number(status) + (answer.text.isEmpty() ? QByteArray() : ": " + answer.text);
    return answer;
}

} // namespace replog
