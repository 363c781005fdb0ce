// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/clientoptions.h"

#include <QUrl>

namespace replog {

// A cluster that runs elsewhere, and how it is spoken to. What is no secret (files, further addresses) is
// remembered by place; the token is not, save in the system's keyring.
struct Connection
{
    QUrl place;            // the master's address, or the file: URL of a cluster file
    ClientOptions client;  // its nodes: whom the token may be told beside those of the place
    bool hasToken = false; // one is needed
    bool isKept = false;   // it is in the keyring

    // What was remembered of this place; the place alone if nothing was.
    static Connection remembered(const QUrl &place);
    void remember() const;
};

} // namespace replog
