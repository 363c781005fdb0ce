// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/appender.h"
#include "shared/http/httprequest.h"

#include <memory>

namespace replog {

// Reads append requests: JSON bodies, text bodies with a query, and lines of NDJSON streams. Errors name the
// field. Event loop's thread (it reuses one parser's buffers).
class AppendParser
{
public:
    struct Config
    {
        WriteConcern defaultConcern;
        qsizetype maxMessageBytes = 1024 * 1024;
    };

    explicit AppendParser(const Config &config);
    ~AppendParser();

    struct Parsed
    {
        AppendRequest append;
        bool batch = false; // "messages" was given: answered with first_id and last_id
    };
    Result<Parsed> parse(const HttpRequest &request);
    // What an NDJSON stream is given beside its lines: w and timeout_ms, by query.
    Result<AppendRequest> parseStreamHead(const HttpRequest &request);
    // One line: a JSON string, or an object with "message".
    Result<QByteArray> parseLine(QByteArrayView line);

private:
    class Json;

    Result<void> takeQuery(const HttpRequest &request, AppendRequest &append) const;
    Result<void> takeKey(const HttpRequest &request, AppendRequest &append) const;
    Result<void> checkSize(qsizetype bytes, const QString &field) const;

    const Config m_config;
    std::unique_ptr<Json> m_json;
};

// "1", "majority" or "all" as a query or an option gives it.
Result<WriteConcern> parseWriteConcern(QByteArrayView text, const QString &field);

} // namespace replog
