// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/jsontext.h"

#include "shared/base/bytewriter.h"

namespace replog {

void appendJsonString(QByteArray &out, QByteArrayView utf8)
{
    static constexpr QByteArrayView ByteOrderMark = "\xef\xbb\xbf";
    static constexpr char Hex[] = "0123456789abcdef";
    out.append('"');
    const char *const end = utf8.data() + utf8.size();
    const char *plain = utf8.data();
    // Parsers that decode each string by itself take a byte order mark at its begin for one, and drop it.
    if (utf8.startsWith(ByteOrderMark)) {
        out.append("\\ufeff", 6);
        plain += ByteOrderMark.size();
    }
    for (const char *p = plain; p != end; ++p) {
        const auto c = static_cast<unsigned char>(*p);
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        out.append(plain, p - plain);
        plain = p + 1;
        switch (c) {
        case '"':
            out.append("\\\"", 2);
            break;
        case '\\':
            out.append("\\\\", 2);
            break;
        case '\n':
            out.append("\\n", 2);
            break;
        case '\r':
            out.append("\\r", 2);
            break;
        case '\t':
            out.append("\\t", 2);
            break;
        default: {
            const char escape[6] = {'\\', 'u', '0', '0', Hex[c >> 4], Hex[c & 15]};
            out.append(escape, 6);
        }
        }
    }
    out.append(plain, end - plain);
    out.append('"');
}

void appendJsonName(QByteArray &out, QByteArrayView name)
{
    ByteWriter(out, name.size() + 3) << '"' << name << "\":";
}

void appendNumber(QByteArray &out, quint64 number)
{
    ByteWriter(out, ByteWriter::NumberBytes) << number;
}

} // namespace replog
