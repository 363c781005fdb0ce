// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/access/accesspolicy.h"
#include "shared/access/tlssettings.h"
#include "shared/base/options.h"
#include "shared/http/callcredentials.h"

#include <QHostAddress>

namespace replog {

// Who may speak to a node, and with what the node proves itself to others: tokens, TLS and names as its
// options say, from files that can be read again while it runs. Must outlive the server and all calls. Event
// loop's thread.
class NodeAccess
{
public:
    // Call it before the node listens on `host`. Errors name the option.
    static Result<NodeAccess> load(const Options &options, const QHostAddress &host);

    // Reads the files again. If one of them is unusable, nothing changes.
    Result<void> reload();

    const AccessPolicy &policy() const { return m_policy; }
    const TlsSettings &tls() const { return m_tls; }
    const CallCredentials &credentials() const { return m_credentials; }
    bool isInsecure() const { return m_credentials.isInsecure; }

private:
    struct Source
    {
        QString path; // empty: not given
        QString option;
    };
    struct Loaded
    {
        std::optional<Tokens> clients;
        std::optional<Tokens> cluster;
        TlsSettings tls;
    };
    NodeAccess(const Options &options, BrowserGuard guard);
    static Result<std::optional<Tokens>> readTokens(const Source &source, Tokens::Kind kind);
    Result<Loaded> read() const;
    void take(const Loaded &loaded);

    Source m_tokens;
    Source m_clusterTokens;
    TlsSettings::Files m_files;
    AccessPolicy m_policy;
    TlsSettings m_tls;
    CallCredentials m_credentials;
};

// Declares the options that NodeAccess reads.
void declareAccessOptions(Options &options);

} // namespace replog
