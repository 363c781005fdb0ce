// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/clientoptions.h"

#include <QSslConfiguration>

namespace replog {

// How TLS is spoken with these options: whom we trust and what we show. `problem` says what is wrong with the
// files that are named, and is left alone if nothing is.
QSslConfiguration clientTls(const ClientOptions &options, QString &problem);

} // namespace replog
