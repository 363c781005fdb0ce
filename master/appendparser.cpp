// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/appendparser.h"

#include "shared/node/queryargs.h"

#include <simdjson.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr quint64 MaxW = std::numeric_limits<qint32>::max();
constexpr quint64 MaxTimeoutMs = std::numeric_limits<qint32>::max();
constexpr qsizetype MaxKeyBytes = 256;

Error bad(const QString &field, const QString &what)
{
    return {Errc::InvalidArgument, u"%1: %2"_s.arg(field, what), field};
}

QByteArray bytes(std::string_view text)
{
    return QByteArray(text.data(), static_cast<qsizetype>(text.size()));
}

Result<WriteConcern> concernOf(const simdjson::dom::element &element)
{
    uint64_t number = 0;
    std::string_view word;
    if (element.get(number) == simdjson::SUCCESS && number >= 1 && number <= MaxW)
        return WriteConcern{WriteConcern::Number, static_cast<quint32>(number)};
    if (element.get(word) == simdjson::SUCCESS && word == "majority")
        return WriteConcern{WriteConcern::Majority, 0};
    if (element.get(word) == simdjson::SUCCESS && word == "all")
        return WriteConcern{WriteConcern::All, 0};
    return bad(u"w"_s, u"must be a whole number from 1 to %1, \"majority\" or \"all\""_s.arg(MaxW));
}

} // namespace

class AppendParser::Json
{
public:
    Result<simdjson::dom::element> parse(QByteArrayView text, const QString &field)
    {
        // simdjson copies from the null pointer of an empty text.
        if (text.isEmpty())
            return bad(field, u"is empty, JSON is expected"_s);
        simdjson::dom::element root;
        const auto error = m_parser.parse(text.data(), static_cast<size_t>(text.size())).get(root);
        if (error == simdjson::SUCCESS)
            return root;
        return bad(field, u"is not valid JSON (%1)"_s.arg(QLatin1StringView(simdjson::error_message(error))));
    }

private:
    simdjson::dom::parser m_parser;
};

AppendParser::AppendParser(const Config &config) : m_config(config), m_json(std::make_unique<Json>()) {}
AppendParser::~AppendParser() = default;

Result<AppendParser::Parsed> AppendParser::parse(const HttpRequest &request)
{
    Parsed parsed;
    AppendRequest &append = parsed.append;
    append.concern = m_config.defaultConcern;
    if (auto taken = takeKey(request, append); !taken)
        return taken.error();

    if (request.isOfType("text/plain")) {
        if (auto taken = takeQuery(request, append); !taken)
            return taken.error();
        if (auto fits = checkSize(request.body.size(), u"body"_s); !fits)
            return fits.error();
        if (!simdjson::validate_utf8(request.body.constData(), static_cast<size_t>(request.body.size())))
            return bad(u"body"_s, u"is not valid UTF-8"_s);
        append.messages.push_back(request.body);
        return parsed;
    }

    const QueryArgs args(request, {});
    if (args.error())
        return *args.error();
    const auto root = m_json->parse(request.body, u"body"_s);
    if (!root)
        return root.error();
    simdjson::dom::object object;
    if (root->get(object) != simdjson::SUCCESS)
        return bad(u"body"_s, u"must be a JSON object"_s);

    bool hasMessage = false, hasW = false, hasTimeout = false;
    for (const auto field : object) {
        if (field.key == "message") {
            std::string_view text;
            if (hasMessage || parsed.batch)
                return bad(u"message"_s, u"give either \"message\" or \"messages\", once"_s);
            if (field.value.get(text) != simdjson::SUCCESS)
                return bad(u"message"_s, u"must be a string"_s);
            if (auto fits = checkSize(static_cast<qsizetype>(text.size()), u"message"_s); !fits)
                return fits.error();
            append.messages.push_back(bytes(text));
            hasMessage = true;
        } else if (field.key == "messages") {
            simdjson::dom::array array;
            if (hasMessage || parsed.batch)
                return bad(u"messages"_s, u"give either \"message\" or \"messages\", once"_s);
            if (field.value.get(array) != simdjson::SUCCESS || array.begin() == array.end())
                return bad(u"messages"_s, u"must be an array of at least one string"_s);
            append.messages.reserve(array.size());
            for (const auto element : array) {
                std::string_view text;
                const auto name = [&append] { return u"messages[%1]"_s.arg(append.messages.size()); };
                if (element.get(text) != simdjson::SUCCESS)
                    return bad(name(), u"must be a string"_s);
                if (static_cast<qsizetype>(text.size()) > m_config.maxMessageBytes)
                    return checkSize(static_cast<qsizetype>(text.size()), name()).error();
                append.messages.push_back(bytes(text));
            }
            parsed.batch = true;
        } else if (field.key == "w") {
            const auto concern = concernOf(field.value);
            if (!concern || hasW)
                return hasW ? bad(u"w"_s, u"is given twice"_s) : concern.error();
            append.concern = *concern;
            hasW = true;
        } else if (field.key == "timeout_ms") {
            uint64_t timeout = 0;
            if (hasTimeout)
                return bad(u"timeout_ms"_s, u"is given twice"_s);
            if (field.value.get(timeout) != simdjson::SUCCESS || timeout > MaxTimeoutMs)
                return bad(u"timeout_ms"_s, u"must be a whole number from 0 to %1"_s.arg(MaxTimeoutMs));
            append.timeoutMs = static_cast<qint64>(timeout);
            hasTimeout = true;
        } else {
            return bad(QString::fromUtf8(field.key.data(), static_cast<qsizetype>(field.key.size())),
                       u"is not a field of an append"_s);
        }
    }
    if (!hasMessage && !parsed.batch)
        return bad(u"message"_s, u"is missing"_s);
    return parsed;
}

Result<AppendRequest> AppendParser::parseStreamHead(const HttpRequest &request)
{
    AppendRequest append;
    append.concern = m_config.defaultConcern;
    if (request.headers.contains("idempotency-key"))
        return bad(u"Idempotency-Key"_s, u"cannot be given for a stream"_s);
    if (auto taken = takeQuery(request, append); !taken)
        return taken.error();
    return append;
}

Result<QByteArray> AppendParser::parseLine(QByteArrayView line)
{
    const auto root = m_json->parse(line, u"line"_s);
    if (!root)
        return root.error();
    std::string_view text;
    if (root->get(text) != simdjson::SUCCESS) {
        simdjson::dom::object object;
        if (root->get(object) != simdjson::SUCCESS || object.size() != 1 ||
            object["message"].get(text) != simdjson::SUCCESS)
            return bad(u"line"_s, u"must be a JSON string, or an object with \"message\" alone"_s);
    }
    if (auto fits = checkSize(static_cast<qsizetype>(text.size()), u"message"_s); !fits)
        return fits.error();
    return bytes(text);
}

Result<void> AppendParser::takeQuery(const HttpRequest &request, AppendRequest &append) const
{
    QueryArgs args(request, {"w", "timeout_ms"});
    if (const auto timeout = args.number("timeout_ms", 0, MaxTimeoutMs))
        append.timeoutMs = static_cast<qint64>(*timeout);
    if (const auto word = args.text("w")) {
        const auto concern = parseWriteConcern(*word, u"w"_s);
        if (!concern)
            return concern.error();
        append.concern = *concern;
    }
    if (args.error())
        return *args.error();
    return {};
}

Result<void> AppendParser::takeKey(const HttpRequest &request, AppendRequest &append) const
{
    if (!request.headers.contains("idempotency-key"))
        return {};
    append.key = request.headers.value("idempotency-key").toByteArray();
    const bool printable =
        std::all_of(append.key.cbegin(), append.key.cend(), [](char c) { return c >= 0x20 && c < 0x7f; });
    if (append.key.isEmpty() || append.key.size() > MaxKeyBytes || !printable)
        return bad(u"Idempotency-Key"_s, u"must be 1 to %1 printable ASCII characters"_s.arg(MaxKeyBytes));
    return {};
}

Result<void> AppendParser::checkSize(qsizetype size, const QString &field) const
{
    if (size <= m_config.maxMessageBytes)
        return {};
    return Error{Errc::TooLarge,
                 u"%1: %2 bytes are over the limit of %3 (--max-message)"_s.arg(field).arg(size).arg(
                     m_config.maxMessageBytes),
                 field};
}

Result<WriteConcern> parseWriteConcern(QByteArrayView text, const QString &field)
{
    if (text == "majority")
        return WriteConcern{WriteConcern::Majority, 0};
    if (text == "all")
        return WriteConcern{WriteConcern::All, 0};
    const auto number = parseNumber(text, field, 1, MaxW);
    if (!number)
        return bad(field, u"must be a whole number from 1 to %1, \"majority\" or \"all\""_s.arg(MaxW));
    return WriteConcern{WriteConcern::Number, static_cast<quint32>(*number)};
}

} // namespace replog
