// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QByteArray>
#include <QByteArrayView>

#include <limits>
#include <vector>

namespace replog {

// What an entry may carry, beside its message: the same rules for what clients append and for what masters
// deliver. Any thread.

inline constexpr quint32 MaxW = std::numeric_limits<qint32>::max();
inline constexpr qsizetype MaxKeyBytes = 256;
inline constexpr qsizetype MaxTypeBytes = 255;
inline constexpr qsizetype MaxHeaders = 64;
inline constexpr qsizetype MaxHeaderNameBytes = 64;
inline constexpr qsizetype MaxHeadersBytes = 16 * 1024; // names and values of an entry together
inline constexpr qsizetype MaxNodeNameBytes = 64;

// 1 to 256 printable ASCII characters.
bool isValidKey(QByteArrayView key);
// type/subtype, with or without parameters, in printable ASCII.
bool isValidMediaType(QByteArrayView type);
// 1 to 64 of lower-case letters, digits and '-'.
bool isValidHeaderName(QByteArrayView name);
// UTF-8 without control characters.
bool isValidHeaderValue(QByteArrayView value);
// The name of a node: 1 to 64 of letters, digits, '.', '_' and '-', the first a letter or digit, as --name
// takes it (Options::nodeName()).
bool isValidNodeName(QByteArrayView name);

// Headers in the form in which an entry keeps them (Entry::headers): in the order of their names, each as
// length of the name (1 byte) | name | length of the value (2 bytes, big-endian) | value. Equal headers have
// equal bytes, in whatever order they were given.
class HeaderPacker
{
public:
    // The error says what is wrong ("is …") and names no field: the caller knows where it is.
    Result<void> add(QByteArrayView name, QByteArrayView value);
    // Packs all headers that were added since the last call; empty if there were none.
    QByteArray take();

private:
    struct Header
    {
        QByteArray name;
        QByteArray value;
    };
    std::vector<Header> m_headers;
    qsizetype m_bytes = 0;
};

// Goes through packed headers. The views point into them.
class HeaderReader
{
public:
    explicit HeaderReader(QByteArrayView packed) : m_rest(packed) {}
    // False after the last one, and where the bytes are no packed headers.
    bool next(QByteArrayView &name, QByteArrayView &value);
    bool atEnd() const { return m_rest.isEmpty(); }

private:
    QByteArrayView m_rest;
};

qsizetype countHeaders(QByteArrayView packed);

} // namespace replog
