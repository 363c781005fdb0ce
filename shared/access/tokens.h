// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/access/rights.h"
#include "shared/base/result.h"

#include <QByteArray>

#include <optional>
#include <vector>

namespace replog {

// The tokens of one file. Of what is compared only digests are kept.
//
// A line is a token (letters, digits and "-._~+/", at most 512, "=" at its end), then what it may do: read,
// append, operate, with spaces or commas between them; none named: all three. "#" begins a comment. The
// tokens of a cluster have no rights of their own: each proves membership, and the first is the one that a
// node sends, so that a new token can be made known everywhere before it is used.
class Tokens
{
public:
    enum class Kind { Client, Cluster };

    // The error's text names the line and never repeats what stands there.
    static Result<Tokens> parse(QByteArrayView text, Kind kind);

    // What a token may do; nothing if it is unknown. Takes the same time whichever it is.
    std::optional<Rights> rightsOf(QByteArrayView token) const;
    // The token of a cluster that its nodes send; empty for clients' ones.
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
