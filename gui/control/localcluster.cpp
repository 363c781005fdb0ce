// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/localcluster.h"

#include "shared/base/id128.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr qint64 OwnerBytes = 4096;

QString findProgram(const QString &name, const QString &programFolder)
{
    const QString folder = programFolder.isEmpty() ? QCoreApplication::applicationDirPath() : programFolder;
    const QString beside = QStandardPaths::findExecutable(name, {folder});
    return beside.isEmpty() && programFolder.isEmpty() ? QStandardPaths::findExecutable(name) : beside;
}

ProcessState toProcessState(LocalNode::State state)
{
    switch (state) {
    case LocalNode::State::Stopped:
        return ProcessState::Stopped;
    case LocalNode::State::Starting:
        return ProcessState::Starting;
    case LocalNode::State::Running:
        return ProcessState::Running;
    case LocalNode::State::Frozen:
        return ProcessState::Frozen;
    case LocalNode::State::Stopping:
        return ProcessState::Stopping;
    }
    return ProcessState::Unknown;
}

QUrl urlOf(quint16 port)
{
    return port == 0 ? QUrl() : QUrl(u"http://127.0.0.1:%1"_s.arg(port));
}

} // namespace

Result<std::unique_ptr<LocalCluster>> LocalCluster::open(const Options &givenOptions)
{
    Options options = givenOptions;
    if (options.stateFolder.isEmpty())
        options.stateFolder = RunRecord::defaultStateFolder();

    const QString masterProgram = findProgram(u"replog-master"_s, options.programFolder);
    const QString secondaryProgram = findProgram(u"replog-secondary"_s, options.programFolder);
    if (masterProgram.isEmpty() || secondaryProgram.isEmpty()) {
        const QString missing = masterProgram.isEmpty() ? u"replog-master"_s : u"replog-secondary"_s;
        return Error{Errc::NotFound,
                     tr("The program %1 is neither beside the dashboard nor on the PATH.").arg(missing)};
    }

    RunRecord record;
    bool made = true;
    if (options.folder.isEmpty()) {
        QTemporaryDir folder(QDir::tempPath() + u"/replog-XXXXXX"_s);
        if (!folder.isValid())
            return Error{Errc::Io, tr("No temporary folder could be made: %1").arg(folder.errorString())};
        folder.setAutoRemove(false);
        record.folder = folder.path();
        record.temporary = true;
    } else {
        record.folder = QFileInfo(options.folder).absoluteFilePath();
        if (QFileInfo::exists(RunRecord::pathIn(record.folder))) {
            const Result<RunRecord> found = RunRecord::read(RunRecord::pathIn(record.folder));
            if (!found)
                return Error{found.error().code, found.error().text, u"folder"_s};
            if (found->owner.isAlive() && found->owner != ProcessId::self())
                return Error{
                    Errc::InUse,
                    tr("Another dashboard (process %1) has this cluster open.").arg(found->owner.pid),
                    u"folder"_s};
            const QString folder = record.folder;
            record = *found;
            // Who moves a temporary folder wants to keep it.
            if (QDir(record.folder).canonicalPath() != QDir(folder).canonicalPath())
                record.temporary = false;
            record.folder = folder;
            made = false;
        } else if (options.mustExist) {
            return Error{Errc::NotFound, tr("There is no cluster in %1 any more.").arg(record.folder),
                         u"folder"_s};
        } else if (!QDir().mkpath(record.folder)) {
            return Error{Errc::Io, tr("The folder cannot be made."), u"folder"_s};
        } else if (!QDir(record.folder).isEmpty()) {
            return Error{Errc::InvalidArgument,
                         tr("The folder is not empty, and what it holds is no cluster."), u"folder"_s};
        }
    }
    if (record.nodes.isEmpty()) {
        record.nodes.append({u"master"_s, true, 0, {}, {}});
        for (int i = 1; i <= options.secondaries; ++i)
            record.nodes.append({u"secondary-%1"_s.arg(i), false, 0, {}, {}});
    }
    for (RunRecord::Node &node : record.nodes)
        node.binary = node.master ? masterProgram : secondaryProgram;
    record.owner = ProcessId::self();
    if (const Result<void> written = record.write(options.stateFolder); !written)
        return Error{written.error().code, written.error().text, u"folder"_s};
    return std::unique_ptr<LocalCluster>(new LocalCluster(record, options, made));
}

LocalCluster::LocalCluster(const RunRecord &record, const Options &options, bool made)
    : m_record(record), m_options(options), m_deletesFolder(made)
{
    for (const RunRecord::Node &node : record.nodes)
        addNode(node);
    updateGuard();
}

LocalCluster::~LocalCluster()
{
    if (m_letGo)
        return;
    for (const auto &node : m_nodes) {
        node->disconnect(this);
        node->kill(); // also adopted processes, which are no children
    }
    m_nodes.clear();
    for (RunRecord::Node &node : m_record.nodes)
        node.process = {};
    m_record.owner = {};
    if (m_record.temporary && !m_deletesFolder) {
        writeRecord(); // both copies: the next dashboard offers the data again
        return;
    }
    if (m_record.temporary)
        QDir(m_record.folder).removeRecursively();
    else
        writeRecord();
    m_record.forget(m_options.stateFolder);
}

void LocalCluster::addNode(const RunRecord::Node &node)
{
    const int index = int(m_nodes.size());
    m_nodes.push_back(std::make_unique<LocalNode>(node.name, m_record.logFile(node)));
    LocalNode *const local = m_nodes.back().get();
    if (node.process.isAlive())
        local->adopt(node.process, urlOf(node.port));
    m_record.nodes[index].process = local->process();
    connect(local, &LocalNode::stateChanged, this,
            [this, index](LocalNode::State state) { handleStateChanged(index, state); });
    connect(local, &LocalNode::listening, this,
            [this, index](const QUrl &url) { handleListening(index, url); });
    connect(local, &LocalNode::outputLine, this,
            [this, local](const QString &line) { emit outputLine(local->name(), line); });
    connect(local, &LocalNode::startFailed, this,
            [this, local](const QString &why) { emit failed(local->name(), why); });
    connect(local, &LocalNode::exited, this,
            [this, index](const QString &how, bool expected) { handleExited(index, how, expected); });
}

ClusterDescription LocalCluster::description() const
{
    ClusterDescription description;
    description.title = m_record.temporary ? tr("Local cluster") : QDir(m_record.folder).dirName();
    for (const RunRecord::Node &node : m_record.nodes)
        description.nodes.append(
            {node.name, node.master ? NodeRole::Master : NodeRole::Secondary, urlOf(node.port)});
    return description;
}

QStringList LocalCluster::nodeNames() const
{
    QStringList names;
    for (const auto &node : m_nodes)
        names.append(node->name());
    return names;
}

const LocalNode *LocalCluster::node(const QString &name) const
{
    const int index = indexOf(name);
    return index < 0 ? nullptr : m_nodes[std::size_t(index)].get();
}

bool LocalCluster::anyRunning() const
{
    return std::any_of(m_nodes.begin(), m_nodes.end(), [](const auto &node) { return node->isRunning(); });
}

void LocalCluster::startMasterThen(const QStringList &secondaries)
{
    m_startAfterMaster = secondaries;
    if (m_nodes[0]->state() == LocalNode::State::Stopped)
        startNode(0);
    else if (m_nodes[0]->state() != LocalNode::State::Starting)
        handleListening(0, m_nodes[0]->url());
}

void LocalCluster::startAll()
{
    startMasterThen(nodeNames().sliced(1));
}

void LocalCluster::stopAll(int graceMs)
{
    m_startAfterMaster.clear();
    if (!anyRunning()) {
        QTimer::singleShot(0, this, &LocalCluster::stopped);
        return;
    }
    for (const auto &node : m_nodes)
        node->stop();
    QTimer::singleShot(graceMs, this, [this] {
        for (const auto &node : m_nodes)
            node->kill();
    });
}

void LocalCluster::letGo()
{
    m_letGo = true;
    m_guard.dismiss();
    for (const auto &node : m_nodes)
        node->letGo();
}

bool LocalCluster::can(const QString &node, Action action) const
{
    return whyNot(node, action).isEmpty();
}

QString LocalCluster::whyNot(const QString &name, Action action) const
{
    const int index = indexOf(name);
    if (index < 0)
        return tr("This node is not one of the local cluster's.");
    const LocalNode::State state = m_nodes[std::size_t(index)]->state();
    switch (action) {
    case Action::Start:
        if (state != LocalNode::State::Stopped)
            return tr("It is running.");
        if (index > 0 && m_record.nodes[0].port == 0)
            return tr("Start the master first: its address is not known before.");
        return {};
    case Action::Stop:
        if (state == LocalNode::State::Stopping)
            return tr("It is stopping already.");
        return state == LocalNode::State::Stopped ? tr("It is not running.") : QString();
    case Action::Kill:
        return state == LocalNode::State::Stopped ? tr("It is not running.") : QString();
    case Action::Freeze:
        if (state == LocalNode::State::Frozen)
            return tr("It is frozen already.");
        return state == LocalNode::State::Running ? QString() : tr("It is not running.");
    case Action::Thaw:
        return state == LocalNode::State::Frozen ? QString() : tr("It is not frozen.");
    }
    return {};
}

void LocalCluster::perform(const QString &name, Action action)
{
    if (const QString why = whyNot(name, action); !why.isEmpty()) {
        emit failed(name, why);
        return;
    }
    const int index = indexOf(name);
    LocalNode &node = *m_nodes[std::size_t(index)];
    emit performed(name, action);
    switch (action) {
    case Action::Start:
        startNode(index);
        break;
    case Action::Stop:
        node.stop();
        break;
    case Action::Kill:
        node.kill();
        break;
    case Action::Freeze:
        node.freeze();
        break;
    case Action::Thaw:
        node.thaw();
        break;
    }
}

ProcessState LocalCluster::processState(const QString &name) const
{
    const LocalNode *found = node(name);
    return found ? toProcessState(found->state()) : ProcessState::Unknown;
}

// From the file that a node writes before it listens.
QString LocalCluster::ownId(const QString &name) const
{
    const int index = indexOf(name);
    if (index < 0)
        return {};
    QFile file(m_record.dataFolder(m_record.nodes[index]) + u"/owner"_s);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QList<QByteArray> lines = file.read(OwnerBytes).split('\n');
    for (const QByteArray &line : lines) {
        if (const auto id = line.startsWith("node ") ? Id128::fromHex(line.sliced(5)) : std::nullopt)
            return QString::fromLatin1(id->toHex());
    }
    return {};
}

int LocalCluster::indexOf(const QString &name) const
{
    const auto found =
        std::find_if(m_nodes.begin(), m_nodes.end(), [&](const auto &node) { return node->name() == name; });
    return found == m_nodes.end() ? -1 : int(found - m_nodes.begin());
}

void LocalCluster::startNode(int index)
{
    const RunRecord::Node &node = m_record.nodes[index];
    QStringList arguments{u"--host"_s, u"127.0.0.1"_s, u"--port"_s, QString::number(node.port),
                          u"--name"_s, node.name,      u"--data"_s, m_record.dataFolder(node)};
    if (node.master)
        arguments += m_options.masterArguments;
    else
        arguments +=
            QStringList{u"--master"_s, u"127.0.0.1:%1"_s.arg(m_record.nodes[0].port), u"--enable-faults"_s} +
            m_options.secondaryArguments;
    m_nodes[std::size_t(index)]->start(node.binary, arguments);
}

void LocalCluster::handleListening(int index, const QUrl &url)
{
    m_record.nodes[index].port = quint16(url.port());
    writeRecord();
    emit listening(m_nodes[std::size_t(index)]->name(), url);
    if (index != 0)
        return;
    for (const QString &name : std::exchange(m_startAfterMaster, {})) {
        const int secondary = indexOf(name);
        if (secondary > 0 && m_nodes[std::size_t(secondary)]->state() == LocalNode::State::Stopped)
            startNode(secondary);
    }
}

void LocalCluster::handleStateChanged(int index, LocalNode::State state)
{
    const LocalNode &node = *m_nodes[std::size_t(index)];
    m_record.nodes[index].process = node.process();
    updateGuard();
    writeRecord();
    emit processStateChanged(node.name(), toProcessState(state));
    if (state == LocalNode::State::Stopped && !anyRunning())
        emit stopped();
}

void LocalCluster::handleExited(int index, const QString &how, bool expected)
{
    const LocalNode &node = *m_nodes[std::size_t(index)];
    if (expected)
        return;
    emit failed(node.name(), node.lastLine().isEmpty()
                                 ? tr("The process ended unexpectedly (%1).").arg(how)
                                 : tr("The process ended unexpectedly (%1): %2").arg(how, node.lastLine()));
}

void LocalCluster::updateGuard()
{
    QList<ProcessId> running;
    for (const auto &node : m_nodes)
        running.append(node->process());
    m_guard.watch(running);
}

void LocalCluster::writeRecord()
{
    if (const Result<void> written = m_record.write(m_options.stateFolder); !written)
        emit failed(m_record.nodes[0].name, written.error().text);
}

} // namespace replog
