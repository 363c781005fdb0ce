// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/masterconfig.h"

using namespace Qt::StringLiterals;

namespace replog {

Result<MasterNode::Config> masterConfig(const Options &options)
{
    MasterNode::Config config;
    config.name = options.text(u"name"_s).toUtf8();
    config.quorumAppend = options.flag(u"quorum-append"_s);
    config.maxNodes = static_cast<int>(options.number(u"max-nodes"_s));
    config.newLog = options.flag(u"new-log"_s);
    if (config.newLog && options.isSet(u"restore"_s))
        return Error{Errc::InvalidArgument,
                     u"%1: a restored log goes on, it does not begin anew: not beside --restore"_s.arg(
                         options.source(u"new-log"_s)),
                     u"new-log"_s};
    if (config.newLog && options.flag(u"promote"_s))
        return Error{Errc::InvalidArgument,
                     u"%1: a secondary's log goes on, it does not begin anew: not beside --promote"_s.arg(
                         options.source(u"new-log"_s)),
                     u"new-log"_s};
    if (options.isSet(u"retain-bytes"_s))
        config.retention.bytes = static_cast<quint64>(options.number(u"retain-bytes"_s));
    if (options.isSet(u"retain-age"_s))
        config.retention.ageMs = options.number(u"retain-age"_s);
    config.retention.force = options.flag(u"retain-force"_s);
    if (config.retention.force && !config.retention.isLimited())
        return Error{Errc::InvalidArgument,
                     u"%1: there is no limit to force: it goes with --retain-bytes or --retain-age"_s.arg(
                         options.source(u"retain-force"_s)),
                     u"retain-force"_s};
    config.append.maxW = static_cast<quint32>(options.number(u"max-w"_s));
    const auto concern = parseWriteConcern(options.text(u"default-w"_s).toUtf8(), u"default-w"_s);
    if (!concern)
        return concern.error();
    config.append.defaultConcern = *concern;
    if (concern->asked == Asked::Number && config.append.maxW > 0 && concern->number > config.append.maxW)
        return Error{Errc::InvalidArgument, u"%1: is above --max-w"_s.arg(options.source(u"default-w"_s)),
                     u"default-w"_s};
    config.append.maxWaits = static_cast<int>(options.number(u"max-waits"_s));
    config.replication.heartbeatMs = options.number(u"heartbeat"_s);
    config.replication.retry.baseMs = options.number(u"retry-base"_s);
    config.replication.retry.maxMs = options.number(u"retry-max"_s);
    config.replication.retry.limit = static_cast<int>(options.number(u"retry-limit"_s));
    if (config.replication.retry.baseMs > config.replication.retry.maxMs)
        return Error{Errc::InvalidArgument,
                     u"%1: is above --retry-max"_s.arg(options.source(u"retry-base"_s)), u"retry-base"_s};
    return config;
}

AppendParser::Config appendParserConfig(const Options &options)
{
    AppendParser::Config config;
    config.maxMessageBytes = options.number(u"max-message"_s);
    return config;
}

} // namespace replog
