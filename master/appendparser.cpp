// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/appendparser.h"

#include "shared/log/entryrules.h"
#include "shared/log/jsondocument.h"
#include "shared/node/queryargs.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr quint64 MaxTimeoutMs = std::numeric_limits<qint32>::max();
constexpr char HeaderPrefix[] = "replog-header-";
constexpr qsizetype HeaderPrefixBytes = sizeof(HeaderPrefix) - 1;

// The fields of a message, and of an append around it.
enum FieldIndex : size_t { Body, BodyBase64, Type, Headers, Batch, W, TimeoutMs, ExpectLastId };
constexpr std::array<Field, 4> MessageFields{
    {{"message", false}, {"message_base64", false}, {"type", false}, {"headers", false}}};
constexpr std::array<Field, 8> AppendFields{{{"message", false},
                                             {"message_base64", false},
                                             {"type", false},
                                             {"headers", false},
                                             {"messages", false},
                                             {"w", false},
                                             {"timeout_ms", false},
                                             {"expect_last_id", false}}};

Error bad(const QString &field, const QString &what)
{
    return {Errc::InvalidArgument, u"%1: %2"_s.arg(field, what), field};
}

Error unsupported(const QString &field, const QString &what)
{
    return {Errc::UnsupportedMedia, u"%1: %2"_s.arg(field, what), field};
}

QString concernRule()
{
    return u"must be a whole number from 1 to %1, \"majority\" or \"all\""_s.arg(MaxW);
}

QString sizeRule(qsizetype size, qsizetype limit)
{
    return u"%1 bytes are over the limit of %2 (--max-message)"_s.arg(size).arg(limit);
}

bool startsWith(QByteArrayView text, QByteArrayView lowerCase)
{
    return text.size() >= lowerCase.size() &&
           text.first(lowerCase.size()).compare(lowerCase, Qt::CaseInsensitive) == 0;
}

// Media types that are refused, whatever the body holds: those that a browser's form can send, and those that
// would be stored as something that they are not. The server has refused encodings and charsets.
Result<void> checkMedia(const HttpRequest &request)
{
    const QByteArrayView whole = request.headers.value("content-type");
    if (whole == "application/json")
        return {}; // what most clients send
    const QByteArrayView type = request.mediaType();
    if (type.isEmpty())
        return unsupported(u"Content-Type"_s,
                           u"is missing; application/json, or the media type of one raw message"_s);
    if (request.isOfType("application/x-www-form-urlencoded") || startsWith(type, "multipart/"))
        return unsupported(u"Content-Type"_s, u"forms are not taken"_s);
    if (!isValidMediaType(whole))
        return unsupported(u"Content-Type"_s, u"must be a media type, such as application/json"_s);
    return {};
}

Result<QByteArray> keyOf(const HttpRequest &request)
{
    QByteArrayView key;
    for (qsizetype i = 0; i < request.headers.size(); ++i) {
        const auto [name, value] = request.headers.at(i);
        if (name != "idempotency-key")
            continue;
        if (!key.isNull())
            return bad(u"Idempotency-Key"_s, u"is given twice"_s);
        if (!isValidKey(value))
            return bad(u"Idempotency-Key"_s,
                       u"must be 1 to %1 printable ASCII characters"_s.arg(MaxKeyBytes));
        key = value;
    }
    return key.toByteArray();
}

Result<void> takeQuery(const HttpRequest &request, bool conditional, AppendRequest &append)
{
    QueryArgs args = conditional ? QueryArgs(request, {"w", "timeout_ms", "expect_last_id"})
                                 : QueryArgs(request, {"w", "timeout_ms"});
    if (const auto timeout = args.number("timeout_ms", 0, MaxTimeoutMs))
        append.timeoutMs = static_cast<qint64>(*timeout);
    append.expectLastId = args.number("expect_last_id", 0, MaxWholeNumber);
    if (const auto word = args.text("w")) {
        const auto concern = parseWriteConcern(*word, u"w"_s);
        if (concern)
            append.concern = *concern;
        else
            args.setError(concern.error());
    }
    if (args.error())
        return *args.error();
    return {};
}

} // namespace

// Reads one document.
class AppendParser::Json
{
public:
    Json(QByteArrayView text, const Config &config) : m_config(config), m_document(text) {}

    // The whole document is an append.
    bool readAppend(Parsed &parsed)
    {
        Draft draft;
        AppendRequest &append = parsed.append;
        readObject(m_document, AppendFields, [&](size_t field) {
            switch (field) {
            case Batch:
                parsed.batch = true;
                readBatch(append.messages);
                break;
            case W:
                append.concern = readConcern();
                break;
            case TimeoutMs:
                append.timeoutMs = static_cast<qint64>(m_document.number(0, MaxTimeoutMs));
                break;
            case ExpectLastId:
                append.expectLastId = m_document.number();
                break;
            default:
                readField(field, draft);
            }
        });
        if (!m_document.finish())
            return false;
        if (parsed.batch && draft.isTouched)
            return m_document.failField("messages",
                                        u"goes with neither \"message\", \"type\" nor \"headers\""_s);
        if (!parsed.batch) {
            if (!draft.hasBody)
                return m_document.failField("message", u"is missing"_s);
            append.messages.push_back(std::move(draft.message));
        }
        return true;
    }
    // The whole document is one element of a batch.
    bool readLine(Message &message) { return readElement(message) && m_document.finish(); }

    Error error() const
    {
        Error error = m_document.error();
        if (m_tooLarge)
            error.code = Errc::TooLarge;
        return error;
    }

private:
    struct Draft
    {
        Message message;
        bool hasBody = false;
        bool isTouched = false;
    };

    void readBatch(std::vector<Message> &messages)
    {
        readArray(m_document, [this, &messages] {
            Message message;
            if (!readElement(message))
                return;
            m_batchBytes += message.body.size() + message.type.size() + message.headers.size() +
                            MasterLog::MessageOverhead;
            if (m_batchBytes > m_config.maxBatchBytes)
                failLarge(
                    u"is more than %1 bytes of memory can hold in one batch, %2 for each message counted in"_s
                        .arg(m_config.maxBatchBytes)
                        .arg(MasterLog::MessageOverhead));
            else
                messages.push_back(std::move(message));
        });
        if (m_document.ok() && messages.empty())
            m_document.fail(u"must hold at least one message"_s);
    }

    // A text, or an object with "message" and so on.
    bool readElement(Message &message)
    {
        if (m_document.kind() == JsonDocument::Kind::Text) {
            message.body = readBody();
            return m_document.ok();
        }
        if (m_document.kind() != JsonDocument::Kind::Object)
            return m_document.fail(u"must be text, or an object with \"message\""_s);
        Draft draft;
        readObject(m_document, MessageFields, [&](size_t field) { readField(field, draft); });
        if (m_document.ok() && !draft.hasBody)
            m_document.failField("message", u"is missing"_s);
        message = std::move(draft.message);
        return m_document.ok();
    }

    void readField(size_t field, Draft &draft)
    {
        draft.isTouched = true;
        switch (field) {
        case Body:
        case BodyBase64:
            if (std::exchange(draft.hasBody, true)) {
                m_document.fail(u"goes either as \"message\" or as \"message_base64\""_s);
                return;
            }
            draft.message.body = field == Body ? readBody() : checked(m_document.base64());
            return;
        case Type:
            draft.message.type = m_document.text().toByteArray();
            if (m_document.ok() && !isValidMediaType(draft.message.type))
                m_document.fail(u"must be a media type, such as text/plain"_s);
            return;
        case Headers:
            draft.message.headers = readHeaders();
            return;
        }
    }

    QByteArray readBody() { return checked(m_document.text().toByteArray()); }

    QByteArray checked(QByteArray body)
    {
        if (m_document.ok() && body.size() > m_config.maxMessageBytes)
            failLarge(sizeRule(body.size(), m_config.maxMessageBytes));
        return body;
    }

    QByteArray readHeaders()
    {
        HeaderPacker packer;
        if (m_document.kind() != JsonDocument::Kind::Object) {
            m_document.fail(u"must be an object"_s);
            return {};
        }
        const auto any = [] { return QByteArrayView(); };
        m_document.readFields(any, [&](QByteArrayView name) {
            const QByteArray kept = name.toByteArray(); // reading the value may invalidate the view
            const QByteArrayView value = m_document.text();
            if (!m_document.ok())
                return false;
            const auto added = packer.add(kept, value);
            return added || m_document.fail(shownText(kept) + u' ' + added.error().text);
        });
        return packer.take();
    }

    WriteConcern readConcern()
    {
        if (m_document.kind() == JsonDocument::Kind::Text) {
            if (const auto concern = parseWriteConcern(m_document.text(), u"w"_s);
                concern && concern->asked != Asked::Number)
                return *concern;
        } else if (m_document.kind() == JsonDocument::Kind::Number) {
            const quint64 number = m_document.number(1, MaxW);
            return {Asked::Number, static_cast<quint32>(number)};
        }
        m_document.fail(concernRule());
        return {};
    }

    bool failLarge(const QString &what)
    {
        m_tooLarge = true;
        return m_document.fail(what);
    }

    const Config &m_config;
    JsonDocument m_document;
    qsizetype m_batchBytes = 0;
    bool m_tooLarge = false;
};

AppendParser::AppendParser(const Config &config) : m_config(config) {}

Result<AppendParser::Parsed> AppendParser::parse(const HttpRequest &request) const
{
    if (const auto media = checkMedia(request); !media)
        return media.error();
    auto key = keyOf(request);
    if (!key)
        return key.error();
    auto parsed = request.isOfType("application/json") ? parseJson(request) : parseRaw(request);
    if (parsed)
        parsed->append.key = std::move(*key);
    return parsed;
}

Result<AppendParser::Parsed> AppendParser::parseJson(const HttpRequest &request) const
{
    if (const QueryArgs args(request, {}); args.error())
        return *args.error();
    for (qsizetype i = 0; i < request.headers.size(); ++i) {
        if (const QByteArrayView name = request.headers.at(i).name; name.startsWith(HeaderPrefix))
            return bad(shownText(name), u"goes with a raw message; in JSON there is \"headers\""_s);
    }
    Parsed parsed;
    Json json(request.body, m_config);
    if (!json.readAppend(parsed))
        return json.error();
    return parsed;
}

Result<AppendParser::Parsed> AppendParser::parseRaw(const HttpRequest &request) const
{
    Parsed parsed;
    if (const auto taken = takeQuery(request, true, parsed.append); !taken)
        return taken.error();
    if (request.body.size() > m_config.maxMessageBytes)
        return Error{Errc::TooLarge, u"body: "_s + sizeRule(request.body.size(), m_config.maxMessageBytes),
                     u"body"_s};
    if (startsWith(request.mediaType(), "text/") && !QByteArrayView(request.body).isValidUtf8())
        return bad(u"body"_s, u"is not valid UTF-8"_s);
    HeaderPacker packer;
    for (qsizetype i = 0; i < request.headers.size(); ++i) {
        const auto [name, value] = request.headers.at(i);
        if (!name.startsWith(HeaderPrefix))
            continue;
        if (const auto added = packer.add(name.sliced(HeaderPrefixBytes), value); !added)
            return bad(shownText(name), added.error().text);
    }
    parsed.append.messages.push_back(
        {request.body, request.headers.value("content-type").toByteArray(), packer.take()});
    return parsed;
}

Result<AppendRequest> AppendParser::parseStreamHead(const HttpRequest &request) const
{
    AppendRequest append;
    if (const auto media = checkMedia(request); !media)
        return media.error();
    if (request.headers.contains("idempotency-key"))
        return bad(u"Idempotency-Key"_s, u"cannot be given for a stream"_s);
    if (request.queryValue("expect_last_id"))
        return bad(u"expect_last_id"_s, u"cannot be given for a stream"_s);
    if (const auto taken = takeQuery(request, false, append); !taken)
        return taken.error();
    return append;
}

Result<Message> AppendParser::parseLine(QByteArrayView line) const
{
    Message message;
    Json json(line, m_config);
    if (!json.readLine(message))
        return json.error();
    return message;
}

qsizetype AppendParser::maxLineBytes() const
{
    // Every character escaped (\u0000), and its headers, too.
    return 6 * (m_config.maxMessageBytes + MaxHeadersBytes) + 4096;
}

Result<WriteConcern> parseWriteConcern(QByteArrayView text, const QString &field)
{
    if (text == "majority")
        return WriteConcern{Asked::Majority, 0};
    if (text == "all")
        return WriteConcern{Asked::All, 0};
    const auto number = parseNumber(text, field, 1, MaxW);
    if (!number)
        return bad(field, concernRule());
    return WriteConcern{Asked::Number, static_cast<quint32>(*number)};
}

} // namespace replog
