// SPDX-License-Identifier: GPL-3.0-or-later
#include "secondary/secondaryservice.h"

#include "secondary/secondaryoptions.h"
#include "secondary/secondarytrace.h"
#include "shared/base/log.h"
#include "shared/node/backupapi.h"
#include "shared/node/nodeoptions.h"

#include <QJsonObject>

#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
Q_LOGGING_CATEGORY(lcSecondary, "replog.secondary")
}

SecondaryService::SecondaryService(QObject *parent) : QObject(parent) {}

SecondaryService::~SecondaryService() = default;

Result<void> SecondaryService::start(const Options &options)
{
    const auto host = hostOf(options);
    if (!host)
        return host.error();
    const auto backupDir = backupDirOf(options);
    if (!backupDir)
        return backupDir.error();
    auto access = NodeAccess::load(options, *host);
    if (!access)
        return access.error();
    m_access = std::make_unique<NodeAccess>(std::move(*access));
    const auto faults = faultsOf(options);
    if (!faults)
        return faults.error();
    m_name = options.text(u"name"_s).toUtf8();
    m_startedMs = m_scheduler.nowMs();

    RocksLogStore::OpenOptions storeOptions;
    storeOptions.dataDir = options.text(u"data"_s);
    storeOptions.role = "secondary";
    storeOptions.name = m_name;
    storeOptions.reset = options.flag(u"reset"_s);
    storeOptions.restoreFrom = options.text(u"restore"_s);
    if (storeOptions.reset && !storeOptions.restoreFrom.isEmpty())
        return Error{
            Errc::InvalidArgument,
            u"%1: would drop what is restored: not beside --restore"_s.arg(options.source(u"reset"_s)),
            u"reset"_s};
    auto store = RocksLogStore::open(storeOptions);
    if (!store)
        return store.error();
    m_store = std::move(*store);
    if (const QByteArray before = m_store->state().name; !before.isEmpty() && before != m_name)
        qCInfo(lcSecondary).noquote() << "renamed" << logField(u"from", QString::fromUtf8(before));

    m_faultsEnabled = options.flag(u"enable-faults"_s);
    m_faults = std::make_unique<FaultInjector>(m_random);
    m_faults->setFaults(*faults);
    ReplicaLog::Config logConfig;
    logConfig.nodeId = m_store->state().nodeId;
    logConfig.name = m_name;
    logConfig.instance = m_random.id128();
    m_log = std::make_unique<ReplicaLog>(*m_store, m_store->state(), logConfig);
    m_master = std::make_unique<MasterLink>(masterUrlOf(options), m_access->credentials());
    Registrar::Config registrarConfig;
    registrarConfig.silenceMs = options.number(u"register-after"_s);
    registrarConfig.againMs = 10 * registrarConfig.silenceMs;
    m_registrar = std::make_unique<Registrar>(registrarConfig, m_scheduler, m_random);
    m_room = std::make_unique<WaitRoom>(static_cast<int>(options.number(u"max-waits"_s)));
    m_server = std::make_unique<NodeServer>(
        httpLimitsOf(options), NodeServer::Parts{View::Committed,
                                                 m_log->visible(),
                                                 *m_store,
                                                 m_scheduler,
                                                 *m_access,
                                                 *m_room,
                                                 [this] { return status(); },
                                                 [this](QObject *watched, TraceFeed &trace) {
                                                     connectSecondaryTrace(*m_api, m_log->visible(), watched,
                                                                           trace);
                                                 },
                                                 [this] { return m_log->mode() != ReplicaLog::Mode::Failed; },
                                                 {},
                                                 storeOptions.dataDir,
                                                 minFreeOf(options)});
    m_api = std::make_unique<SecondaryApi>(*m_log, m_server->reads(), *m_room, *m_faults, m_master->master(),
                                           m_scheduler, m_server->metrics());
    m_api->addRoutes(m_server->http(), m_faultsEnabled);
    addBackupRoute(m_server->http(), *m_store, *backupDir);
    declareMetrics();
    connectParts();

    const auto held = m_server->hold(*host, static_cast<quint16>(options.number(u"port"_s)));
    if (!held)
        return held.error();
    const QString url = m_server->serve();
    m_advertised = options.isSet(u"advertise"_s) ? options.url(u"advertise"_s) : QUrl(url);
    emit listening(m_name, url);
    m_registrar->start();
    return {};
}

void SecondaryService::reload()
{
    m_server->reloadAccess();
}

void SecondaryService::shutDown()
{
    if (std::exchange(m_shuttingDown, true))
        return;
    qCInfo(lcSecondary) << "shutting down";
    m_registrar.reset();
    m_log->shutDown();
    connect(m_server.get(), &NodeServer::closed, this, [this](const Result<void> &closed) {
        if (closed)
            emit finished();
        else
            emit failed(closed.error());
    });
    m_server->shutDown();
}

void SecondaryService::connectParts()
{
    connect(m_registrar.get(), &Registrar::registerWanted, this,
            [this] { m_master->registerNode(m_log->registration(m_advertised)); });
    connect(m_master.get(), &MasterLink::refused, m_registrar.get(), &Registrar::handleRefused);
    connect(m_registrar.get(), &Registrar::refusalChanged, this, [this] {
        m_api->setRefusal(m_registrar->refusal());
        if (const QString &why = m_registrar->refusal(); !why.isEmpty())
            qCWarning(lcSecondary).noquote() << "the master refuses this node" << logField(u"reason", why);
    });
    connect(m_master.get(), &MasterLink::registered, m_registrar.get(),
            [this](const RegistrationAnswer &answer) {
                qCDebug(lcSecondary).noquote()
                    << "registered" << logField(u"master", m_master->master().toString());
                m_log->handleRegistered(answer.logId);
                m_registrar->handleRegistered();
            });
    connect(m_master.get(), &MasterLink::failed, m_registrar.get(), [this](const Error &error) {
        m_registrar->handleFailure();
        if (m_registrar->failures() == 1 || m_registrar->failures() % 100 == 0)
            qCWarning(lcSecondary).noquote()
                << "cannot register" << logField(u"failures", m_registrar->failures())
                << logField(u"error", error.text);
    });
    connect(m_api.get(), &SecondaryApi::deliveryHead, m_registrar.get(), &Registrar::handleDeliveryHead);
    connect(m_api.get(), &SecondaryApi::deliveryBegun, m_registrar.get(), &Registrar::handleDeliveryBegun);
    connect(m_api.get(), &SecondaryApi::deliveryEnded, m_registrar.get(), &Registrar::handleDeliveryEnded);
    connect(m_log.get(), &ReplicaLog::heardFromMaster, m_registrar.get(), &Registrar::handleHeardFromMaster);
    connect(m_log.get(), &ReplicaLog::epochRaised, this,
            [](quint64 epoch) { qCInfo(lcSecondary).noquote() << "following" << logField(u"epoch", epoch); });
    connect(m_log.get(), &ReplicaLog::truncated, this, [](quint64 from) {
        qCWarning(lcSecondary).noquote()
            << "dropped entries that were never committed" << logField(u"from_id", from);
    });
    connect(m_log.get(), &ReplicaLog::begunAt, this, [](quint64 base) {
        qCInfo(lcSecondary).noquote()
            << "begins behind what the master keeps no more" << logField(u"base_id", base);
    });
    connect(m_log.get(), &ReplicaLog::modeChanged, this, [this](ReplicaLog::Mode, const QString &reason) {
        qCWarning(lcSecondary).noquote() << "mode" << m_log->modeWord() << logField(u"reason", reason);
    });

    StatusFeed *const feed = &m_server->status();
    const auto changed = [feed] { feed->markChanged(); };
    connect(m_log.get(), &ReplicaLog::modeChanged, feed, changed);
    connect(m_log.get(), &ReplicaLog::epochRaised, feed, changed);
    connect(&m_log->visible(), &VisibleLog::firstChanged, feed, changed);
    connect(m_registrar.get(), &Registrar::refusalChanged, feed, changed);
    connect(m_api.get(), &SecondaryApi::faultsChanged, feed, changed);
}

void SecondaryService::declareMetrics()
{
    MetricsRegistry &metrics = m_server->metrics();
    metrics.gauge("replog_epoch", "Highest epoch seen.",
                  [this] { return static_cast<double>(m_log->epoch().number); });
    metrics.gauge("replog_following", "1 while deliveries are taken.",
                  [this] { return m_log->mode() == ReplicaLog::Mode::Following ? 1.0 : 0.0; });
    metrics.gauge("replog_refused", "1 while the master refuses this node.",
                  [this] { return m_registrar && !m_registrar->refusal().isEmpty() ? 1.0 : 0.0; });
    metrics.gauge("replog_ahead_entries", "Entries kept ahead of a gap.",
                  [this] { return static_cast<double>(m_log->aheadCount()); });
}

QJsonObject SecondaryService::status() const
{
    const NodeStanding self = m_log->standing();
    // The master's refusal is shown if nothing worse is wrong.
    const bool isRefused =
        m_log->mode() == NodeMode::Following && m_registrar && !m_registrar->refusal().isEmpty();
    const QString reason = isRefused ? m_registrar->refusal() : m_log->modeReason();
    QJsonObject status{
        {u"role"_s, u"secondary"_s},
        {u"name"_s, QString::fromUtf8(m_name)},
        {u"node_id"_s, QString::fromLatin1(self.nodeId.toHex())},
        {u"log_id"_s,
         self.logId.isNull() ? QJsonValue() : QJsonValue(QString::fromLatin1(self.logId.toHex()))},
        {u"wire"_s, static_cast<int>(WireVersion)},
        {u"version"_s, QStringLiteral(REPLOG_VERSION)},
        {u"epoch"_s, static_cast<qint64>(m_log->epoch().number)},
        {u"first_id"_s, static_cast<qint64>(m_log->visible().firstId())},
        {u"last_id"_s, static_cast<qint64>(m_log->visible().durableId())},
        {u"committed_id"_s, static_cast<qint64>(m_log->visible().committedId())},
        {u"mode"_s, QString::fromLatin1(toWord(isRefused ? NodeMode::Refused : m_log->mode()))},
        {u"uptime_ms"_s, m_scheduler.nowMs() - m_startedMs},
        {u"master"_s, m_master->master().toString()},
        {u"faults_enabled"_s, m_faultsEnabled},
        {u"faults"_s, m_faultsEnabled ? QJsonValue(toJson(m_faults->faults())) : QJsonValue()}};
    if (!reason.isEmpty())
        status[u"mode_reason"_s] = reason;
    else if (m_server->space().meter().isLow()) // it takes what its master sends nevertheless
        status[u"mode_reason"_s] = m_server->space().lowReason();
    return status;
}

} // namespace replog
