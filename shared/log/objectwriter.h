// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/log/cborwriter.h"
#include "shared/log/jsontext.h"

namespace replog {

// Small flat documents in either form, written by the same template. The document is whole once its writer is
// gone. Names need no escaping.

class JsonObjectWriter
{
public:
    explicit JsonObjectWriter(QByteArray &out, qsizetype atMost = 0) : m_json(out) { m_json.reserve(atMost); }
    ~JsonObjectWriter() { m_json.append('}'); }
    Q_DISABLE_COPY_MOVE(JsonObjectWriter)

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

private:
    void begin(QByteArrayView name)
    {
        m_json.append(m_json.isEmpty() ? '{' : ',');
        appendJsonName(m_json, name);
    }

    QByteArray &m_json;
};

class CborObjectWriter
{
public:
    // The document comes to `atMost` bytes at most, with CborWriter::HeadBytes for each name and value.
    CborObjectWriter(QByteArray &out, qsizetype atMost) : m_cbor(out, atMost) { m_cbor.map(); }
    ~CborObjectWriter() { m_cbor.end(); }
    Q_DISABLE_COPY_MOVE(CborObjectWriter)

    void number(QByteArrayView name, quint64 value) { m_cbor.text(name).number(value); }
    void text(QByteArrayView name, QByteArrayView utf8) { m_cbor.text(name).text(utf8); }
    void null(QByteArrayView name) { m_cbor.text(name).null(); }

private:
    CborWriter m_cbor;
};

} // namespace replog
