// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <algorithm>
#include <array>
#include <cstddef>

namespace replog {

// Characters of a token (RFC 9110, 5.6.2), in lower case; 0 for all others.
constexpr std::array<char, 256> makeTokenTable()
{
    std::array<char, 256> table{};
    for (char c : {'!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~'})
        table[uchar(c)] = c;
    for (int c = '0'; c <= '9'; ++c)
        table[std::size_t(c)] = char(c);
    for (int c = 'a'; c <= 'z'; ++c) {
        table[std::size_t(c)] = char(c);
        table[std::size_t(c - 'a' + 'A')] = char(c);
    }
    return table;
}
inline constexpr std::array<char, 256> TokenLower = makeTokenTable();

// Whether it is that word, in capitals or not; a word has characters of a token, and a media type its slash.
inline bool isWord(QByteArrayView text, QByteArrayView lowerCase)
{
    return std::equal(text.begin(), text.end(), lowerCase.begin(), lowerCase.end(),
                      [](char c, char lower) { return c == lower || TokenLower[uchar(c)] == lower; });
}

inline bool isToken(QByteArrayView text)
{
    return !text.isEmpty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return TokenLower[uchar(c)] != 0; });
}

// Whether it has only characters of a host and a port; also true of an empty text.
inline bool isAuthority(QByteArrayView text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        return TokenLower[uchar(c)] != 0 || c == ':' || c == '[' || c == ']' || c == ',' || c == ';' ||
               c == '=' || c == '(' || c == ')';
    });
}

} // namespace replog
