// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/clientoptions.h"
#include "shared/base/result.h"

#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

#include <optional>

namespace replog {

// Exit codes of replogctl.
namespace ctlexit {
constexpr int Ok = 0;
constexpr int Failed = 1; // the cluster refused, no node answered, an unknown outcome, or check has findings
constexpr int Usage = 2;  // a wrong command or option
constexpr int TimedOut = 3; // fewer nodes than asked for hold the message; it is in the log
constexpr int Differs = 4;  // verify: logs differ
} // namespace ctlexit

// The command line of replogctl.
struct CtlOptions
{
    ClientOptions cluster;
    bool json = false; // print JSON: a document, or one in each line
    QString command;
    QStringList arguments; // after the command

    QString w;           // append
    int timeoutMs = 0;   // append, backup; 0: no limit
    QByteArray key;      // append, of a single message
    QByteArray type;     // append
    QStringList files;   // append: one message each; "-": all of standard input as one
    quint64 from = 0;    // get, tail; 0: from the oldest (get) or the newest (tail)
    int count = 10;      // tail: begin with so many of the newest
    qint64 limit = 0;    // get; 0: all
    QString view;        // get, tail; empty: the node's default
    quint64 to = 0;      // digest, verify; 0: what every node has committed
    bool follow = false; // tail
    bool watch = false;  // status
    bool raw = false;    // get: only the bytes of the message
};

// Parses the options; null if help or version was printed. Errors: InvalidArgument.
Result<std::optional<CtlOptions>> parseCtlOptions(const QStringList &arguments,
                                                  const QProcessEnvironment &environment);

} // namespace replog
