// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/entryjson.h"

#include "shared/log/entryrules.h"
#include "shared/log/jsontext.h"

namespace replog {

void appendEntryMembers(QByteArray &json, const EntryView &entry)
{
    json.append("\"id\":", 5);
    appendNumber(json, entry.id);
    json.append(",\"time\":", 8);
    appendNumber(json, static_cast<quint64>(entry.timeMs));
    json.append(",\"epoch\":", 9);
    appendNumber(json, entry.epoch);
    if (entry.message.isValidUtf8()) {
        json.append(",\"message\":", 11);
        appendJsonString(json, entry.message);
    } else {
        json.append(",\"message_base64\":\"")
            .append(QByteArray::fromRawData(entry.message.data(), entry.message.size()).toBase64())
            .append('"');
    }
    if (!entry.type.isEmpty()) {
        json.append(",\"type\":");
        appendJsonString(json, entry.type);
    }
    if (entry.headers.isEmpty())
        return;
    json.append(",\"headers\":{");
    HeaderReader headers(entry.headers);
    bool first = true;
    for (QByteArrayView name, value; headers.next(name, value); first = false) {
        if (!first)
            json.append(',');
        appendJsonName(json, name);
        appendJsonString(json, value);
    }
    json.append('}');
}

} // namespace replog
