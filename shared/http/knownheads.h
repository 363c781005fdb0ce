// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/requesthead.h"

#include <array>
#include <cstring>

namespace replog {

// The last heads of one connection, parsed. Clients and masters send the same bytes again and again, so that
// most requests cost one comparison instead of a parse. Equal bytes are an equal head: nothing else is
// remembered, least of all whether the request was allowed.
class KnownHeads
{
public:
    struct Known
    {
        QByteArray text; // as it was received, with its empty line
        RequestHead head;
    };

    // The one that `input` begins with; null if there is none.
    const Known *find(QByteArrayView input) const
    {
        for (const Known &known : m_known) {
            const qsizetype size = known.text.size();
            if (size > 0 && input.size() >= size &&
                std::memcmp(input.data(), known.text.constData(), static_cast<size_t>(size)) == 0)
                return &known;
        }
        return nullptr;
    }

    void remember(QByteArrayView text, const RequestHead &head)
    {
        if (text.size() > MaxBytes || head.request.headers.size() > MaxFields ||
            !head.request.query.isEmpty())
            return;
        m_known[m_oldest] = {text.toByteArray(), head};
        m_oldest = (m_oldest + 1) % m_known.size();
    }

private:
    // They bound what a connection keeps beside what the budget counts for it, 3 KiB in all: a query of 500
    // bytes can take 20 KiB once it is parsed.
    static constexpr qsizetype MaxBytes = 512;
    static constexpr qsizetype MaxFields = 16;

    // Two: a master's deliveries of entries alternate with those that tell what is committed.
    std::array<Known, 2> m_known;
    size_t m_oldest = 0;
};

} // namespace replog
