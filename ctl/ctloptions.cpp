// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/ctloptions.h"

#include "shared/base/options.h"

#include <QCommandLineParser>
#include <QFile>

#include <algorithm>
#include <cstdio>
#include <limits>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr qint64 TokenFileLimit = 64 * 1024;

struct Command
{
    const char *name;
    const char *arguments;
    const char *help;
    int least; // arguments
    int most;
    const char *options; // beside those of the cluster and --json
};

constexpr int Any = std::numeric_limits<int>::max();

constexpr Command Commands[] = {
    {"append", "[TEXT...]", "append each text; without one and without --file each line of standard input", 0,
     Any, "w timeout key type file"},
    {"get", "[ID]", "one message with who holds it; without ID the log, a message a line", 0, 1,
     "from limit view raw"},
    {"tail", "", "the newest messages; -f goes on with what comes", 0, 0, "from count view follow"},
    {"status", "", "a node and, from a master, its members and waits; --watch goes on", 0, 0, "watch"},
    {"nodes", "", "the members: health, how far each log reaches, retries, last error", 0, 0, ""},
    {"waits", "", "messages below their write concern, oldest first", 0, 0, ""},
    {"release", "ID", "give a wait up: its clients are told 409, the message stays in the log", 1, 1, ""},
    {"retry", "NODE", "try to reach a node again now", 1, 1, ""},
    {"forget", "NODE", "forget a node; it comes back when it registers, if it still runs", 1, 1, ""},
    {"faults", "NODE [NAME=VALUE...]", "show or set delay_ms, fail_before, fail_after, drop, block", 1, 6,
     ""},
    {"digest", "", "a digest of the log up to --to on the first node", 0, 0, "to"},
    {"verify", "", "compare the digests of all nodes; 4 if one differs, 1 if one cannot be compared", 0, 0,
     "to"},
    {"backup", "NAME", "make a checkpoint on the first node", 1, 1, "timeout"},
    {"check", "DIR", "verify a backup, or a stopped node's folder, of this machine", 1, 1, ""},
    {"health", "", "exit code 0 if one of the nodes serves", 0, 0, ""},
};

constexpr const char *MessageOptions[] = {"w",     "timeout", "key", "type",   "file",  "from", "limit",
                                          "count", "view",    "to",  "follow", "watch", "raw"};

const Command *find(const QString &name)
{
    for (const Command &command : Commands) {
        if (name == QLatin1StringView(command.name))
            return &command;
    }
    return nullptr;
}

QString helpText()
{
    QString out = u"Usage: replogctl [OPTION]... COMMAND [ARGUMENT]...\n\n"
                  "Speaks to a cluster of the replicated log Replog.\n\nCommands:\n"_s;
    for (const Command &command : Commands) {
        const QString head =
            u"%1 %2"_s.arg(QLatin1StringView(command.name), QLatin1StringView(command.arguments));
        out += u"  %1 %2\n"_s.arg(head.trimmed(), -27).arg(QLatin1StringView(command.help));
    }
    out += uR"(
Cluster:
      --nodes LIST            Nodes, host:port or URLs, with commas between; the master is found from any.
                              [REPLOGCTL_NODES; default: localhost:30000]
      --token-file FILE       File whose first word is the token. [REPLOGCTL_TOKEN_FILE]
      --tls-ca FILE           Authorities that are trusted; host:port means https then. [REPLOGCTL_TLS_CA]
      --tls-cert FILE         Our own certificate, with --tls-key. [REPLOGCTL_TLS_CERT]
      --tls-key FILE          Its key. [REPLOGCTL_TLS_KEY]
      --json                  Print JSON.

Messages:
  -w, --w W                   How many nodes must hold a message: a number, majority or all.
      --timeout DURATION      Wait that long at most, such as 5s (an append 5 s more for an answer); without it as
                              long as it takes. Also for backup.
      --key KEY               Idempotency key of a single message. One is made up otherwise.
      --type TYPE             Media type of the messages.
      --file FILE             Append what is in the file as one message; may be repeated. "-": standard input.
      --from ID               Begin there.
      --limit N               That many messages at most.
  -n, --count N               Of the newest messages that many. [default: 10]
      --view VIEW             all or committed; without it the node's default.
      --to ID                 Digest up to there; without it what all nodes have committed.
  -f, --follow                Go on with what comes.
      --watch                 Print again on every change.
      --raw                   With get ID: the bytes of the message and nothing else.
  -h, --help                  Show this and end.
  -v, --version               Show the version and end.

Exit codes: 0 done; 1 refused, no node answers, nobody knows whether it is in the log, its output cannot be written, check found
something, or verify could not compare every node; 2 wrong usage; 3 not held by as many nodes as asked for in time, but in the
log; 4 logs differ. Of several messages 1 counts before 3.

Examples:
  replogctl append --w 2 --timeout 5s hello
      append one message and wait for two nodes
  replogctl --nodes m:30000,s1:20000 tail -f
      follow the log on whatever node answers
)"_s;
    return out;
}

Error bad(const QString &text)
{
    return {Errc::InvalidArgument, text};
}

Result<QUrl> nodeUrl(const QString &text, bool tls)
{
    const QUrl url(text.contains("://"_L1) ? text : (tls ? u"https://"_s : u"http://"_s) + text,
                   QUrl::StrictMode);
    const bool known = url.scheme() == "http"_L1 || url.scheme() == "https"_L1;
    const bool isBare = !url.hasQuery() && !url.hasFragment() && url.userInfo().isEmpty();
    if (!url.isValid() || !known || !isBare || url.host().isEmpty() || url.port() < 0 ||
        (!url.path().isEmpty() && url.path() != "/"_L1))
        return bad(u"--nodes: '%1' is not host:port or http(s)://host:port"_s.arg(text));
    return url.adjusted(QUrl::RemovePath);
}

// ASCII that shows, which is what a token and, with spaces within, an idempotency key may be.
bool isVisible(const QByteArray &text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

Result<QByteArray> tokenIn(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return bad(u"--token-file: %1: %2"_s.arg(path, file.errorString()));
    const QList<QByteArray> lines = file.read(TokenFileLimit).split('\n');
    for (const QByteArray &line : lines) {
        const QByteArray word = line.simplified().split(' ').constFirst();
        if (word.isEmpty() || word.startsWith('#'))
            continue;
        if (!isVisible(word))
            return bad(u"--token-file: the token in %1 has a character that no token has"_s.arg(path));
        return word;
    }
    return bad(u"--token-file: there is no token in %1"_s.arg(path));
}

class Parser
{
public:
    Parser(const QStringList &arguments, const QProcessEnvironment &environment) : m_environment(environment)
    {
        m_parser.setOptionsAfterPositionalArgumentsMode(QCommandLineParser::ParseAsOptions);
        m_parser.addOptions({{u"nodes"_s, {}, u"LIST"_s},
                             {u"token-file"_s, {}, u"FILE"_s},
                             {u"tls-ca"_s, {}, u"FILE"_s},
                             {u"tls-cert"_s, {}, u"FILE"_s},
                             {u"tls-key"_s, {}, u"FILE"_s},
                             {u"json"_s, {}},
                             {{u"w"_s}, {}, u"W"_s},
                             {u"timeout"_s, {}, u"DURATION"_s},
                             {u"key"_s, {}, u"KEY"_s},
                             {u"type"_s, {}, u"TYPE"_s},
                             {u"file"_s, {}, u"FILE"_s},
                             {u"from"_s, {}, u"ID"_s},
                             {u"limit"_s, {}, u"N"_s},
                             {{u"n"_s, u"count"_s}, {}, u"N"_s},
                             {u"view"_s, {}, u"VIEW"_s},
                             {u"to"_s, {}, u"ID"_s},
                             {{u"f"_s, u"follow"_s}, {}},
                             {u"watch"_s, {}},
                             {u"raw"_s, {}},
                             {{u"h"_s, u"help"_s}, {}},
                             {{u"v"_s, u"version"_s}, {}}});
        m_parsed = m_parser.parse(arguments);
    }

    Result<std::optional<CtlOptions>> options()
    {
        if (!m_parsed)
            return bad(m_parser.errorText() + u" (see --help)"_s);
        const QStringList names = m_parser.optionNames();
        for (const QString &name : names) {
            if (m_parser.values(name).contains(QString())) // as of a variable that is not set
                return bad(u"%1%2: its value is empty"_s.arg(name.size() > 1 ? u"--"_s : u"-"_s, name));
        }
        if (m_parser.isSet(u"help"_s)) {
            std::fputs(helpText().toUtf8().constData(), stdout);
            return std::optional<CtlOptions>();
        }
        if (m_parser.isSet(u"version"_s)) {
            std::puts("replogctl " REPLOG_VERSION);
            return std::optional<CtlOptions>();
        }
        CtlOptions options;
        options.arguments = m_parser.positionalArguments();
        if (options.arguments.isEmpty())
            return bad(u"no command (see --help)"_s);
        options.command = options.arguments.takeFirst();
        const Command *command = find(options.command);
        if (!command)
            return bad(u"unknown command '%1' (see --help)"_s.arg(options.command));
        if (options.arguments.size() < command->least || options.arguments.size() > command->most)
            return bad(
                u"usage: replogctl %1 %2"_s.arg(options.command, QLatin1StringView(command->arguments)));
        if (const auto allowed = checkOptions(*command, options); !allowed)
            return allowed.error();
        if (const auto taken = takeCluster(options); !taken)
            return taken.error();
        if (const auto taken = takeMessages(options); !taken)
            return taken.error();
        return std::optional(options);
    }

private:
    // An option that would do nothing is a misunderstanding.
    Result<void> checkOptions(const Command &command, const CtlOptions &options) const
    {
        const QStringList own = QString::fromLatin1(command.options).split(u' ');
        for (const char *each : MessageOptions) {
            const QString name = QString::fromLatin1(each);
            if (m_parser.isSet(name) && !own.contains(name))
                return bad(u"--%1 is not for %2 (see --help)"_s.arg(name, options.command));
        }
        const bool isOneMessage = options.command == "get"_L1 && !options.arguments.isEmpty();
        for (const QString &name : {u"from"_s, u"limit"_s, u"view"_s}) {
            if (isOneMessage && m_parser.isSet(name))
                return bad(u"--%1 is not for get ID (see --help)"_s.arg(name));
        }
        if (m_parser.isSet(u"raw"_s) && (!isOneMessage || m_parser.isSet(u"json"_s)))
            return bad(u"--raw is for get ID alone, without --json"_s);
        if (options.command == "check"_L1) {
            for (const QString &name :
                 {u"nodes"_s, u"token-file"_s, u"tls-ca"_s, u"tls-cert"_s, u"tls-key"_s, u"json"_s}) {
                if (m_parser.isSet(name))
                    return bad(
                        u"--%1 is not for check, which looks at a folder of this machine and prints lines"_s
                            .arg(name));
            }
        }
        return {};
    }

    // The value from the command line, or from the environment variable (empty name: none).
    QString value(const QString &option, const QString &variable = {}) const
    {
        if (m_parser.isSet(option) || variable.isEmpty())
            return m_parser.value(option);
        return m_environment.value(variable);
    }

    Result<void> takeCluster(CtlOptions &options)
    {
        options.json = m_parser.isSet(u"json"_s);
        options.cluster.caFile = value(u"tls-ca"_s, u"REPLOGCTL_TLS_CA"_s);
        options.cluster.certFile = value(u"tls-cert"_s, u"REPLOGCTL_TLS_CERT"_s);
        options.cluster.keyFile = value(u"tls-key"_s, u"REPLOGCTL_TLS_KEY"_s);
        if (options.cluster.certFile.isEmpty() != options.cluster.keyFile.isEmpty())
            return bad(u"--tls-cert and --tls-key go together"_s);
        QString nodes = value(u"nodes"_s, u"REPLOGCTL_NODES"_s);
        if (nodes.isEmpty() && !m_parser.isSet(u"nodes"_s))
            nodes = u"localhost:30000"_s;
        for (const QString &node : nodes.split(u',')) {
            if (node.trimmed().isEmpty())
                return bad(u"--nodes: a node is missing in '%1'"_s.arg(nodes));
            const auto url = nodeUrl(node.trimmed(), !options.cluster.caFile.isEmpty());
            if (!url)
                return url.error();
            options.cluster.nodes.append(*url);
        }
        if (const QString path = value(u"token-file"_s, u"REPLOGCTL_TOKEN_FILE"_s); !path.isEmpty()) {
            const auto token = tokenIn(path);
            if (!token)
                return token.error();
            options.cluster.token = *token;
        }
        return {};
    }

    Result<void> takeMessages(CtlOptions &options)
    {
        options.w = value(u"w"_s);
        const auto w = options.w.toLongLong();
        if (!options.w.isEmpty() && options.w != "majority"_L1 && options.w != "all"_L1 && w < 1)
            return bad(u"--w: expected a number from 1 on, majority or all"_s);
        if (m_parser.isSet(u"timeout"_s)) {
            const auto duration = Options::duration(1)(value(u"timeout"_s));
            if (!duration)
                return bad(u"--timeout: "_s + duration.error().text);
            options.timeoutMs = duration->toInt();
        }
        options.key = value(u"key"_s).toUtf8();
        if (m_parser.isSet(u"key"_s) && (options.key.isEmpty() || options.key.trimmed() != options.key ||
                                         !isVisible(QByteArray(options.key).replace(' ', QByteArray()))))
            return bad(u"--key: expected ASCII characters, with no space at an end"_s);
        options.type = value(u"type"_s).toUtf8();
        options.files = m_parser.values(u"file"_s);
        const bool one = options.arguments.size() + options.files.size() == 1;
        if (options.command == "append"_L1 && !options.key.isEmpty() && !one)
            return bad(u"--key is for a single message"_s);
        options.view = value(u"view"_s);
        if (!options.view.isEmpty() && options.view != "all"_L1 && options.view != "committed"_L1)
            return bad(u"--view: expected all or committed"_s);
        options.follow = m_parser.isSet(u"follow"_s);
        options.watch = m_parser.isSet(u"watch"_s);
        options.raw = m_parser.isSet(u"raw"_s);
        const auto number = [this](const QString &name, auto &into) -> Result<void> {
            if (!m_parser.isSet(name))
                return {};
            bool ok = false;
            const qlonglong given = m_parser.value(name).toLongLong(&ok);
            if (!ok || given < 1 || given > std::numeric_limits<qint32>::max() * qint64(1 << 20))
                return bad(u"--%1: expected a number from 1 on"_s.arg(name));
            into = static_cast<std::remove_reference_t<decltype(into)>>(given);
            return {};
        };
        for (const auto &taken : {number(u"from"_s, options.from), number(u"limit"_s, options.limit),
                                  number(u"count"_s, options.count), number(u"to"_s, options.to)}) {
            if (!taken)
                return taken.error();
        }
        return {};
    }

    QCommandLineParser m_parser;
    const QProcessEnvironment m_environment;
    bool m_parsed = false;
};

} // namespace

Result<std::optional<CtlOptions>> parseCtlOptions(const QStringList &arguments,
                                                  const QProcessEnvironment &environment)
{
    return Parser(arguments, environment).options();
}

} // namespace replog
