// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/log/cborwriter.h"
#include "shared/log/jsontext.h"

namespace replog {

// Small flat documents in either form, written by the same template. Names need no escaping.

class JsonObjectWriter
{
public:
    void number(QByteArrayView name, quint64 value)
    {
        begin(name);
        appendNumber(m_json, value);
    }
    void text(QByteArrayView name, QByteArrayView utf8)
    {
        begin(name);
        appendJsonString(m_json, utf8);
    }
    void null(QByteArrayView name)
    {
        begin(name);
        m_json.append("null");
    }
    QByteArray take() { return std::move(m_json.append('}')); }

private:
    void begin(QByteArrayView name)
    {
        m_json.append(m_json.isEmpty() ? '{' : ',');
        appendJsonName(m_json, name);
    }

    QByteArray m_json;
};

class CborObjectWriter
{
public:
    void number(QByteArrayView name, quint64 value)
    {
        CborWriter(m_cbor, roomFor(name)).text(name).number(value);
    }
    void text(QByteArrayView name, QByteArrayView utf8)
    {
        CborWriter(m_cbor, roomFor(name) + utf8.size()).text(name).text(utf8);
    }
    void null(QByteArrayView name) { CborWriter(m_cbor, roomFor(name)).text(name).null(); }
    QByteArray take()
    {
        CborWriter(m_cbor, 1).end();
        return std::move(m_cbor);
    }

private:
    static qsizetype roomFor(QByteArrayView name) { return name.size() + 2 * CborWriter::HeadBytes; }

    QByteArray m_cbor = QByteArray(1, '\xbf'); // a map until its end
};

} // namespace replog
