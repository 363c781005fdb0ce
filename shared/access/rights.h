// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/routespec.h"

#include <initializer_list>

namespace replog {

// What the holder of a token may do.
class Rights
{
public:
    Rights() = default;
    Rights(std::initializer_list<Right> rights)
    {
        for (const Right right : rights)
            add(right);
    }

    void add(Right right) { m_bits = quint8(m_bits | bitOf(right)); }
    bool has(Right right) const { return (m_bits & bitOf(right)) != 0; }
    bool isEmpty() const { return m_bits == 0; }
    friend bool operator==(Rights a, Rights b) { return a.m_bits == b.m_bits; }

private:
    static quint8 bitOf(Right right) { return quint8(1U << unsigned(right)); }

    quint8 m_bits = 0;
};

} // namespace replog
