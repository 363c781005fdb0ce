// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/jsondocument.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace ondemand = simdjson::ondemand;

struct JsonDocument::Parser
{
    // With the padding that simdjson reads behind it.
    void take(QByteArrayView text)
    {
        bytes.resize(text.size() + qsizetype(simdjson::SIMDJSON_PADDING));
        std::copy(text.begin(), text.end(), bytes.begin());
        std::fill(bytes.begin() + text.size(), bytes.end(), ' ');
        json = simdjson::padded_string_view(bytes.constData(), static_cast<size_t>(text.size()),
                                            static_cast<size_t>(bytes.size()));
        value = {};
        document = {};
        atRoot = true;
    }

    QByteArray bytes;
    simdjson::padded_string_view json;
    ondemand::parser parser;
    ondemand::document document;
    ondemand::value value; // the one at this place
    bool atRoot = true;
};

namespace {

// A parser with the memory that it has taken is worth keeping for the next document of its thread.
constexpr qsizetype KeptBytes = 64 * 1024;

QString invalid(simdjson::error_code error)
{
    return u"is not valid JSON (%1)"_s.arg(QLatin1StringView(simdjson::error_message(error)));
}

QByteArrayView view(std::string_view text)
{
    return {text.data(), static_cast<qsizetype>(text.size())};
}

// The type that is_null() returns depends on the version of simdjson.
[[maybe_unused]] bool isTrue(bool value)
{
    return value;
}

[[maybe_unused]] bool isTrue(simdjson::simdjson_result<bool> &&result)
{
    bool value = false;
    return std::move(result).get(value) == simdjson::SUCCESS && value;
}

} // namespace

JsonDocument::JsonDocument(QByteArrayView json, Unknown unknown)
    : DocumentReader(unknown), m_parser(kept() ? std::move(kept()) : std::make_unique<Parser>())
{
    m_parser->take(json);
    if (json.isEmpty())
        fail(u"is empty, JSON is expected"_s);
    else if (json.startsWith("\xef\xbb\xbf"))
        fail(u"begins with a byte order mark, which JSON has not"_s);
    else if (!simdjson::validate_utf8(json.data(), static_cast<size_t>(json.size())))
        fail(u"is not valid JSON (it is not UTF-8)"_s);
    else if (const auto error = m_parser->parser.iterate(m_parser->json).get(m_parser->document))
        fail(invalid(error));
}

JsonDocument::~JsonDocument()
{
    if (m_parser->bytes.size() <= KeptBytes)
        kept() = std::move(m_parser);
}

std::unique_ptr<JsonDocument::Parser> &JsonDocument::kept()
{
    thread_local std::unique_ptr<Parser> parser;
    return parser;
}

void JsonDocument::readFieldsOf(const std::function<bool(QByteArrayView)> &take)
{
    if (!ok())
        return;
    ondemand::object object;
    const bool atRoot = std::exchange(m_parser->atRoot, false);
    if (const auto error =
            atRoot ? m_parser->document.get_object().get(object) : m_parser->value.get_object().get(object)) {
        fail(error == simdjson::INCORRECT_TYPE ? u"must be an object"_s : invalid(error));
        return;
    }
    for (auto field : object) {
        std::string_view name;
        auto error = field.unescaped_key().get(name);
        if (!error)
            error = field.value().get(m_parser->value);
        if (error) {
            fail(invalid(error));
            return;
        }
        if (!take(view(name)))
            return;
    }
}

void JsonDocument::readElementsOf(const std::function<bool()> &take)
{
    if (!ok())
        return;
    ondemand::array array;
    if (const auto error = m_parser->value.get_array().get(array)) {
        fail(error == simdjson::INCORRECT_TYPE ? u"must be an array"_s : invalid(error));
        return;
    }
    for (auto element : array) {
        if (const auto error = element.get(m_parser->value)) {
            fail(invalid(error));
            return;
        }
        if (!take())
            return;
    }
}

JsonDocument::Kind JsonDocument::kind()
{
    using ondemand::json_type;
    json_type type{};
    if (!ok() || (m_parser->atRoot ? m_parser->document.type() : m_parser->value.type()).get(type))
        return Kind::Invalid;
    switch (type) {
    case json_type::null:
        return Kind::Null;
    case json_type::boolean:
        return Kind::Boolean;
    case json_type::number:
        return Kind::Number;
    case json_type::string:
        return Kind::Text;
    case json_type::array:
        return Kind::Array;
    case json_type::object:
        return Kind::Object;
    default:
        return Kind::Invalid;
    }
}

quint64 JsonDocument::number(quint64 min, quint64 max)
{
    uint64_t value = 0;
    if (!ok() || m_parser->value.get_uint64().get(value) || value < min || value > max)
        failNumber(min, max);
    return value;
}

double JsonDocument::real(double min, double max)
{
    double value = 0;
    if (!ok() || m_parser->value.get_double().get(value) || !(value >= min && value <= max))
        fail(u"must be a number from %1 to %2"_s.arg(min).arg(max));
    return value;
}

bool JsonDocument::boolean()
{
    bool value = false;
    if (!ok() || m_parser->value.get_bool().get(value))
        fail(u"must be true or false"_s);
    return value;
}

QByteArrayView JsonDocument::text(qsizetype maxBytes)
{
    std::string_view read;
    const bool atRoot = std::exchange(m_parser->atRoot, false);
    if (!ok() || (atRoot ? m_parser->document.get_string() : m_parser->value.get_string()).get(read))
        fail(u"must be text"_s);
    else if (static_cast<qsizetype>(read.size()) > maxBytes)
        failSize(maxBytes);
    else
        return view(read);
    return {};
}

QByteArray JsonDocument::base64(qsizetype maxBytes)
{
    const QByteArrayView encoded = text();
    if (!ok())
        return {};
    if (encoded.size() / 4 > maxBytes / 3 + 1) {
        failSize(maxBytes);
        return {};
    }
    auto decoded = QByteArray::fromBase64Encoding(QByteArray::fromRawData(encoded.data(), encoded.size()),
                                                  QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded || encoded.size() % 4 != 0)
        fail(u"must be base64"_s);
    else if (decoded.decoded.size() > maxBytes)
        failSize(maxBytes);
    else
        return std::move(decoded.decoded);
    return {};
}

bool JsonDocument::takeNull()
{
    ondemand::json_type type{};
    return ok() && !m_parser->value.type().get(type) && type == ondemand::json_type::null &&
           isTrue(m_parser->value.is_null());
}

bool JsonDocument::finish()
{
    const char *at = nullptr;
    return ok() && (m_parser->document.current_location().get(at) == simdjson::OUT_OF_BOUNDS ||
                    fail(u"has something behind its end"_s));
}

} // namespace replog
