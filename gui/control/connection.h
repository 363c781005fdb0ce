// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/clientoptions.h"

#include <QUrl>

namespace replog {

// A cluster that runs elsewhere, and the settings for connecting to it. Certificate files and further
// addresses are stored by place; the token is stored only in the system's keyring.
struct Connection
{
    QUrl place;            // the master's address, or the file: URL of a cluster file
    ClientOptions client;  // its `nodes`: addresses beside `place` to which the token may be sent
    bool hasToken = false; // the cluster needs a token
    bool isKept = false;   // the token is in the keyring

    // The stored settings of this place; only the place is set if there are none.
    static Connection remembered(const QUrl &place);
    void remember() const;
};

} // namespace replog
