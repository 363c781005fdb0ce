// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/appender.h"
#include "shared/http/httprequest.h"

namespace replog {

// Reads append requests: JSON bodies, raw messages of any other media type with a query, and lines of NDJSON
// streams. Errors name the field. Any thread.
class AppendParser
{
public:
    struct Config
    {
        qsizetype maxMessageBytes = 1024 * 1024;
        // What the messages of one batch may take of memory, their overhead counted in.
        qsizetype maxBatchBytes = 64 * 1024 * 1024;
    };

    explicit AppendParser(const Config &config);

    struct Parsed
    {
        AppendRequest append;
        bool batch = false; // "messages" was given: answered with first_id and last_id
    };
    Result<Parsed> parse(const HttpRequest &request) const;
    // What an NDJSON stream is given beside its lines: w and timeout_ms, by query.
    Result<AppendRequest> parseStreamHead(const HttpRequest &request) const;
    // One line: a JSON text, or an object with "message" and so on.
    Result<Message> parseLine(QByteArrayView line) const;
    // A line that is longer cannot hold a message that is taken.
    qsizetype maxLineBytes() const;

private:
    class Json;

    Result<Parsed> parseJson(const HttpRequest &request) const;
    Result<Parsed> parseRaw(const HttpRequest &request) const;

    const Config m_config;
};

// "1", "majority" or "all" as a query or an option gives it.
Result<WriteConcern> parseWriteConcern(QByteArrayView text, const QString &field);

} // namespace replog
