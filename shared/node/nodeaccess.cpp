// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/nodeaccess.h"

#include "shared/access/addressrules.h"
#include "shared/access/secretfile.h"
#include "shared/base/log.h"

#include <QHostInfo>

#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

Q_LOGGING_CATEGORY(lcAccess, "replog.access")

// The names in Host that the node answers to while it has no tokens.
QStringList namesOf(const Options &options)
{
    QStringList names = options.text(u"allow-host"_s).split(u',', Qt::SkipEmptyParts);
    for (QString &name : names)
        name = name.trimmed();
    return names << QHostInfo::localHostName() << options.text(u"host"_s)
                 << options.url(u"advertise"_s).host();
}

Result<QVariant> hostNames(const QString &text)
{
    for (const QString &name : text.split(u',')) {
        if (QUrl(u"http://"_s + name.trimmed() + u'/').host().isEmpty() || name.contains(u':') ||
            name.contains(u'/') || name.contains(u'@'))
            return Error{Errc::InvalidArgument, u"expected names of hosts with commas between them"_s};
    }
    return QVariant(text);
}

} // namespace

void declareAccessOptions(Options &options)
{
    options.beginGroup(u"Access"_s);
    options.add({u"advertise"_s,
                 {},
                 u"URL"_s,
                 {},
                 u"Where other nodes reach this one, if not at the address it listens on."_s,
                 Options::httpUrl()});
    options.add({u"allow-host"_s,
                 {},
                 u"NAME[,NAME]"_s,
                 {},
                 u"Names, beside this machine's, that clients may use for the node while it has no tokens."_s,
                 hostNames});
    options.add(
        {u"token-file"_s,
         {},
         u"FILE"_s,
         {},
         u"The tokens of clients: one a line, its rights behind it (read, append, operate; none: all)."_s,
         Options::nonEmpty()});
    options.add(
        {u"cluster-token-file"_s,
         {},
         u"FILE"_s,
         {},
         u"The token by which nodes of the cluster know each other: the first is sent, all are taken."_s,
         Options::nonEmpty()});
    options.add({u"insecure"_s,
                 {},
                 {},
                 {},
                 u"Listen beyond this machine without tokens, and send the cluster's token without TLS."_s,
                 Options::boolean()});
    options.add({u"tls-cert"_s,
                 {},
                 u"FILE"_s,
                 {},
                 u"The node's certificate and its chain (PEM): the port then speaks TLS only."_s,
                 Options::nonEmpty()});
    options.add({u"tls-key"_s, {}, u"FILE"_s, {}, u"Its key (PEM, not encrypted)."_s, Options::nonEmpty()});
    options.add({u"tls-ca"_s,
                 {},
                 u"FILE"_s,
                 {},
                 u"The authorities (PEM) that the certificates of others come from; none: the system's."_s,
                 Options::nonEmpty()});
    options.add({u"tls-client-auth"_s,
                 {},
                 u"WHETHER"_s,
                 u"none"_s,
                 u"require: clients, too, show a certificate of an authority in --tls-ca."_s,
                 Options::oneOf({u"none"_s, u"require"_s})});
}

NodeAccess::NodeAccess(const Options &options, BrowserGuard guard)
    : m_tokens{options.text(u"token-file"_s), options.source(u"token-file"_s)},
      m_clusterTokens{options.text(u"cluster-token-file"_s), options.source(u"cluster-token-file"_s)},
      m_files{options.text(u"tls-cert"_s), options.text(u"tls-key"_s), options.text(u"tls-ca"_s),
              options.text(u"tls-client-auth"_s) == "require"_L1},
      m_policy(std::move(guard), {}, {})
{
    m_credentials.isInsecure = options.flag(u"insecure"_s);
}

Result<NodeAccess> NodeAccess::load(const Options &options, const QHostAddress &host)
{
    NodeAccess access(options, BrowserGuard(namesOf(options)));
    if (const auto allowed = checkListening(host, !access.m_tokens.path.isEmpty(),
                                            !access.m_clusterTokens.path.isEmpty(), access.isInsecure());
        !allowed)
        return Error{allowed.error().code, options.source(u"host"_s) + u": "_s + allowed.error().text,
                     allowed.error().field};
    const auto loaded = access.read();
    if (!loaded)
        return loaded.error();
    access.take(*loaded);
    if (access.isInsecure())
        qCWarning(lcAccess) << "--insecure: the node takes no care who reaches it";
    return access;
}

Result<void> NodeAccess::reload()
{
    const auto loaded = read();
    if (!loaded) {
        qCCritical(lcAccess).noquote()
            << "tokens and certificates stay as they were" << logField(u"error", loaded.error().text);
        return loaded.error();
    }
    take(*loaded);
    qCInfo(lcAccess) << "tokens and certificates read anew";
    return {};
}

Result<std::optional<Tokens>> NodeAccess::readTokens(const Source &source, Tokens::Kind kind)
{
    if (source.path.isEmpty())
        return std::optional<Tokens>();
    const auto file = SecretFile::read(source.path);
    if (!file)
        return Error{Errc::InvalidArgument, source.option + u": "_s + file.error().text};
    auto tokens = Tokens::parse(file->text, kind);
    if (!tokens)
        return Error{Errc::InvalidArgument,
                     u"%1: cannot use '%2': %3"_s.arg(source.option, source.path, tokens.error().text)};
    if (!file->warning.isEmpty())
        qCWarning(lcAccess).noquote() << file->warning;
    return std::optional<Tokens>(std::move(*tokens));
}

Result<NodeAccess::Loaded> NodeAccess::read() const
{
    auto clients = readTokens(m_tokens, Tokens::Kind::Client);
    if (!clients)
        return clients.error();
    auto cluster = readTokens(m_clusterTokens, Tokens::Kind::Cluster);
    if (!cluster)
        return cluster.error();
    auto tls = TlsSettings::load(m_files, QDateTime::currentDateTimeUtc());
    if (!tls)
        return tls.error();
    return Loaded{std::move(*clients), std::move(*cluster), std::move(*tls)};
}

void NodeAccess::take(const Loaded &loaded)
{
    for (const QString &warning : loaded.tls.warnings())
        qCWarning(lcAccess).noquote() << warning;
    m_policy.setTokens(loaded.clients, loaded.cluster);
    m_tls = loaded.tls;
    m_credentials.tls = loaded.tls.client();
    m_credentials.clusterToken = loaded.cluster ? loaded.cluster->sent() : QByteArray();
}

} // namespace replog
