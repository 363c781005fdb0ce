// SPDX-License-Identifier: GPL-3.0-or-later
#include "secondary/secondaryoptions.h"

#include "shared/node/nodeoptions.h"

using namespace Qt::StringLiterals;

namespace replog {

Options secondaryOptions()
{
    Options options(
        u"replog-secondary"_s,
        u"A secondary of a replicated log: registers with its master, takes every message from it in order, "
        u"stores "
        "it durably, and shows it. It may start before its master, and be stopped or killed at any time."_s);
    declareNodeOptions(options, u"20000"_s, u"secondary"_s);

    options.beginGroup(u"Replication"_s);
    options.add({u"master"_s, u"m"_s, u"HOST:PORT"_s, u"localhost:30000"_s,
                 u"Where the master listens, or its URL; HOST:PORT means https if --tls-ca is given."_s,
                 Options::hostPort()});
    options.add(
        {u"register-after"_s,
         {},
         u"DURATION"_s,
         u"2s"_s,
         u"Register again after hearing nothing from the master for that long, and in any case every 10 "
         "to 15 times as long."_s,
         Options::duration(50, 3600000)});
    options.add({u"reset"_s,
                 {},
                 {},
                 {},
                 u"Drop everything in the data folder first, to take it up from the master anew. For a "
                 "node that has diverged."_s,
                 Options::boolean()});

    options.beginGroup(u"Fault injection, for tests and teaching"_s);
    options.add(
        {u"lag"_s,
         {},
         u"DURATION"_s,
         u"0ms"_s,
         u"Take up each delivery that much later. Stay below the master's --attempt-timeout: it gives up a later answer."_s,
         Options::duration(0, 3600000)});
    options.add({u"enable-faults"_s,
                 {},
                 {},
                 {},
                 u"Allow the options below, and setting faults at run time by /api/v1/faults."_s,
                 Options::boolean()});
    options.add({u"fail-before"_s,
                 {},
                 u"P"_s,
                 u"0"_s,
                 u"Probability of failing a delivery before storing it."_s,
                 Options::realNumber(0, 1)});
    options.add({u"fail-after"_s,
                 {},
                 u"P"_s,
                 u"0"_s,
                 u"Probability of failing a delivery after storing it."_s,
                 Options::realNumber(0, 1)});
    options.add({u"drop"_s,
                 {},
                 u"P"_s,
                 u"0"_s,
                 u"Probability of swallowing a delivery without an answer."_s,
                 Options::realNumber(0, 1)});
    options.add({u"block"_s, {}, {}, {}, u"Refuse every delivery."_s, Options::boolean()});
    declareBackupOptions(options);
    declareLoggingOptions(options);
    options.addExample(u"replog-secondary --port 20001 --data ./s1 --name s1"_s,
                       u"a secondary of the master on port 30000"_s);
    options.addExample(u"replog-secondary --port 20002 --data ./s2 --name s2 --lag 1s"_s,
                       u"one that is always a second behind"_s);
    return options;
}

Result<Faults> faultsOf(const Options &options)
{
    Faults faults;
    faults.delayMs = options.number(u"lag"_s);
    faults.failBefore = options.real(u"fail-before"_s);
    faults.failAfter = options.real(u"fail-after"_s);
    faults.drop = options.real(u"drop"_s);
    faults.block = options.flag(u"block"_s);
    for (const QString &name : {u"fail-before"_s, u"fail-after"_s, u"drop"_s, u"block"_s}) {
        if (options.isSet(name) && !options.flag(u"enable-faults"_s))
            return Error{Errc::InvalidArgument, u"%1: needs --enable-faults"_s.arg(options.source(name)),
                         name};
    }
    return faults;
}

QUrl masterUrlOf(const Options &options)
{
    QUrl url = options.url(u"master"_s);
    if (options.isSet(u"tls-ca"_s) && !options.written(u"master"_s).contains("://"_L1))
        url.setScheme(u"https"_s);
    return url;
}

} // namespace replog
