// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/access/rights.h"
#include "shared/base/result.h"

#include <QByteArray>

#include <optional>
#include <vector>

namespace replog {

// The tokens of one file. Tokens of clients are stored as digests only.
//
// A line is a token (at most 512 letters, digits and "-._~+/", "=" at its end) and its rights: read, append,
// operate, with spaces or commas between them; without any it has all three. "#" begins a comment. Cluster
// tokens have no rights in the file: each proves membership, and a node sends the first one. So a new token
// can be added on all nodes before it becomes the first.
class Tokens
{
public:
    enum class Kind { Client, Cluster };

    // The error's text names the line and never contains text of the file.
    static Result<Tokens> parse(QByteArrayView text, Kind kind);

    // The rights of a token; null if it is unknown. Takes the same time for every token.
    std::optional<Rights> rightsOf(QByteArrayView token) const;
    // The cluster token that this node sends; empty for client tokens.
    const QByteArray &sent() const { return m_sent; }

private:
    struct Known
    {
        QByteArray digest; // SHA-256
        Rights rights;
    };
    std::vector<Known> m_known;
    QByteArray m_sent;
};

} // namespace replog
