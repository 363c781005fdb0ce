// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/log/entry.h"

namespace replog {

// Appends the members that show an entry to clients, without braces: "id", "time", "epoch", "message" (or
// "message_base64" where it is no UTF-8), and "type" and "headers" where there are any. Any thread.
void appendEntryMembers(QByteArray &json, const EntryView &entry);

} // namespace replog
