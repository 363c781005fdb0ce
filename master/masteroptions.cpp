// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/masteroptions.h"

#include "shared/node/nodeoptions.h"

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr qint64 MaxRetainAgeMs = qint64(100) * 366 * 24 * 3600 * 1000;
}

Options masterOptions()
{
    Options options(
        u"replog-master"_s,
        u"The master of a replicated log: takes messages over HTTP, stores them durably, and replicates them "
        u"to "
        "every secondary that registers. Each message says how many nodes must hold it before its client is "
        "answered (w: 1 is the master alone)."_s);
    declareNodeOptions(options, u"30000"_s, u"master"_s);
    options.add({u"max-message"_s,
                 {},
                 u"SIZE"_s,
                 u"1MiB"_s,
                 u"Largest message; a larger one is answered 413."_s,
                 Options::size(1, 64 * 1024 * 1024)});
    options.add({u"max-w"_s,
                 {},
                 u"N"_s,
                 u"65"_s,
                 u"Highest w that is taken; a higher one is answered 400. 0: any."_s,
                 Options::integer(0, 1000000)});

    options.beginGroup(u"Replication"_s);
    options.add(
        {u"default-w"_s,
         {},
         u"W"_s,
         u"1"_s,
         u"Write concern of messages that name none: a number, majority or all."_s,
         [](const QString &text) -> Result<QVariant> {
             if (text == "majority"_L1 || text == "all"_L1 || Options::integer(1)(text))
                 return QVariant(text);
             return Error{Errc::InvalidArgument, u"expected a whole number of at least 1, majority or all"_s};
         }});
    options.add({u"heartbeat"_s,
                 {},
                 u"DURATION"_s,
                 u"500ms"_s,
                 u"How often an idle secondary is asked whether it is there."_s,
                 Options::duration(10, 3600000)});
    options.add({u"attempt-timeout"_s,
                 {},
                 u"DURATION"_s,
                 u"2s"_s,
                 u"How long a secondary may take to answer a delivery that it has, or to take more of it."_s,
                 Options::duration(10, 3600000)});
    options.add({u"retry-base"_s,
                 {},
                 u"DURATION"_s,
                 u"50ms"_s,
                 u"Ceiling of the delay before the first retry; it doubles with each failure."_s,
                 Options::duration(1, 3600000)});
    options.add({u"retry-max"_s,
                 {},
                 u"DURATION"_s,
                 u"5s"_s,
                 u"Highest ceiling of the delay before a retry."_s,
                 Options::duration(1, 3600000)});
    options.add({u"retry-limit"_s,
                 {},
                 u"N"_s,
                 u"0"_s,
                 u"Retries in a row before a secondary is given up until it registers again. 0: never."_s,
                 Options::integer(0, 1000000)});
    options.add({u"max-nodes"_s,
                 {},
                 u"N"_s,
                 u"64"_s,
                 u"Secondaries that are taken in; more are refused."_s,
                 Options::integer(1, 1000)});
    options.add({u"quorum-append"_s,
                 {},
                 {},
                 {},
                 u"Refuse appends while fewer than a majority of the known nodes are healthy."_s,
                 Options::boolean()});
    options.add({u"retain-bytes"_s,
                 {},
                 u"SIZE"_s,
                 {},
                 u"Give up the oldest entries, on every node, once those kept take more. Only committed "
                 u"ones, and none "
                 "that a known secondary lacks. Not given: all are kept."_s,
                 Options::size(1024 * 1024)});
    options.add(
        {u"retain-age"_s,
         {},
         u"DURATION"_s,
         {},
         u"Give up entries that are older, on every node, in the same way. Not given: all are kept."_s,
         Options::duration(1000, MaxRetainAgeMs)});
    options.add({u"retain-force"_s,
                 {},
                 {},
                 {},
                 u"Give them up though a known secondary lacks them; it begins at the oldest entry kept."_s,
                 Options::boolean()});
    options.add({u"promote"_s,
                 {},
                 {},
                 {},
                 u"Take over on a secondary's data folder, with a higher epoch."_s,
                 Options::boolean()});
    options.add(
        {u"new-log"_s,
         {},
         {},
         {},
         u"This data folder begins a log of its own, though nodes with more entries of another one may "
         "register. Remembered in the folder."_s,
         Options::boolean()});
    declareBackupOptions(options);
    declareLoggingOptions(options);
    options.addExample(u"replog-master --data ./m"_s, u"a master on port 30000"_s);
    options.addExample(u"replog-master --port 30001 --data ./m --default-w majority --max-w 5"_s,
                       u"stricter by default"_s);
    options.addExample(u"replog-master --promote --data ./s1 --name s1"_s,
                       u"take over on what secondary s1 holds"_s);
    return options;
}

} // namespace replog
