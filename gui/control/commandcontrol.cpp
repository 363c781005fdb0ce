// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/commandcontrol.h"

#include "gui/widgets/plaintext.h"

#include <QProcess>

#include <algorithm>
#include <utility>
#include <vector>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

QString shown(const ClusterFile::Command &command)
{
    QStringList parts;
    for (const QString &part : command)
        parts.append(part.isEmpty() || part.contains(u' ') ? u'"' + part + u'"' : part);
    return PlainText::oneLine(parts.join(u' '));
}

} // namespace

CommandControl::CommandControl(const ClusterFile &file, int limitMs, QObject *parent)
    : NodeControl(parent), m_file(file), m_limitMs(limitMs)
{
    m_turn.setSingleShot(true);
    m_turn.setInterval(0);
    connect(&m_turn, &QTimer::timeout, this, &CommandControl::handleTurn);
    for (auto it = m_file.commands.keyBegin(); it != m_file.commands.keyEnd(); ++it)
        m_names.insert(*it, *it);
}

CommandControl::~CommandControl()
{
    // Let running commands finish: "docker compose stop" ended half way leaves the cluster in an unclear
    // state. Their QProcess objects are never deleted, because the destructor would kill the command.
    static auto *const kept = new std::vector<QProcess *>;
    for (const Run &run : std::as_const(m_running)) {
        run.process->disconnect(this);
        kept->push_back(run.process);
    }
}

bool CommandControl::can(const QString &node, Action action) const
{
    return whyNot(node, action).isEmpty();
}

QString CommandControl::whyNot(const QString &node, Action action) const
{
    const QString entry = m_names.key(node);
    if (const auto running = m_running.constFind(entry); running != m_running.constEnd())
        return tr("“%1” is still running.").arg(running->command);
    if (m_file.commands.value(entry).contains(action))
        return {};
    switch (action) {
    case Action::Start:
        return tr("The cluster file has no “start” command for this node.");
    case Action::Stop:
        return tr("The cluster file has no “stop” command for this node.");
    case Action::Kill:
        return tr("The cluster file has no “kill” command for this node.");
    case Action::Freeze:
        return tr("The cluster file has no “freeze” command for this node.");
    case Action::Thaw:
        return tr("The cluster file has no “thaw” command for this node.");
    }
    return {};
}

void CommandControl::perform(const QString &node, Action action)
{
    if (const QString why = whyNot(node, action); !why.isEmpty()) {
        emit failed(node, why);
        return;
    }
    emit performed(node, action);
    const QString entry = m_names.key(node);
    const ClusterFile::Command command = m_file.commands.value(entry).value(action);
    auto *const process = new QProcess;
    m_running.insert(entry, {process, shown(command)});
    process->setProgram(command.first());
    process->setArguments(command.sliced(1));
    process->setWorkingDirectory(m_file.folder);
    process->setProcessChannelMode(QProcess::MergedChannels);
    process->setStandardInputFile(QProcess::nullDevice());
    connect(process, &QProcess::readyRead, this,
            [this, entry, process] { takeOutput(entry, process, false); });
    connect(process, &QProcess::errorOccurred, this, [this, entry, process](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            end(entry, process->errorString());
    });
    connect(process, &QProcess::finished, this,
            [this, entry, process](int code, QProcess::ExitStatus status) {
                takeOutput(entry, process, true);
                if (status != QProcess::NormalExit)
                    end(entry, tr("ended by signal %1").arg(code));
                else
                    end(entry, code == 0 ? QString() : tr("exit code %1").arg(code));
            });
    QTimer::singleShot(m_limitMs, process, [process] { process->kill(); });
    emit outputLine(node, u"$ "_s + shown(command));
    emit processStateChanged(node, ProcessState::Unknown);
    process->start();
}

ProcessState CommandControl::processState(const QString &) const
{
    return ProcessState::Unknown;
}

void CommandControl::handleRenamed(const QString &from, const QString &to)
{
    const QString entry = m_names.key(from);
    if (entry.isEmpty())
        return;
    // If two entries are one node, the commands of the one that had the name stay.
    if (m_names.key(to).isEmpty())
        m_names[entry] = to;
    else
        m_names.remove(entry);
}

void CommandControl::takeOutput(const QString &entry, QProcess *process, bool whole)
{
    Run &run = m_running[entry];
    const QByteArray output = run.partial + process->readAll();
    const auto take = [&run](QByteArrayView line) {
        run.waiting.push_back(line.toByteArray());
        if (run.waiting.size() > MostWaiting) {
            run.waiting.pop_front();
            ++run.leftOut;
        }
    };
    qsizetype at = 0;
    while (at < output.size()) {
        const QByteArrayView rest = QByteArrayView(output).sliced(at);
        const qsizetype end = rest.first(std::min(rest.size(), LineBytes + 1)).indexOf('\n');
        if (end < 0 && rest.size() <= LineBytes && !whole)
            break;
        const qsizetype length = end >= 0 ? end : std::min(rest.size(), LineBytes);
        take(rest.first(length));
        at += end >= 0 ? length + 1 : length;
    }
    run.partial = output.sliced(at);
    if (!m_turn.isActive() && !run.waiting.empty())
        m_turn.start();
}

QStringList CommandControl::linesOfTurn(Run &run)
{
    QStringList lines;
    if (const quint64 leftOut = std::exchange(run.leftOut, 0); leftOut > 0)
        lines.append(tr("… %L1 line(s) left out").arg(leftOut));
    qsizetype bytes = 0;
    for (int i = 0; i < TurnLines && bytes < TurnBytes && !run.waiting.empty(); ++i) {
        bytes += run.waiting.front().size();
        run.lastLine = QString::fromUtf8(run.waiting.front()).trimmed();
        run.waiting.pop_front();
        lines.append(run.lastLine);
    }
    return lines;
}

void CommandControl::handleTurn()
{
    const QStringList entries = m_running.keys();
    for (const QString &entry : entries) {
        const QStringList lines = linesOfTurn(m_running[entry]);
        for (const QString &line : lines)
            emit outputLine(nameOf(entry), line);
        const Run &run = m_running[entry];
        if (!run.waiting.empty())
            m_turn.start();
        else if (run.problem)
            finish(entry);
    }
}

void CommandControl::end(const QString &entry, const QString &problem)
{
    Run &run = m_running[entry];
    run.problem = problem;
    if (run.waiting.empty())
        finish(entry);
}

void CommandControl::finish(const QString &entry)
{
    const Run run = m_running.take(entry);
    run.process->disconnect(this);
    run.process->deleteLater();
    const QString node = nameOf(entry);
    emit processStateChanged(node, ProcessState::Unknown);
    if (run.problem->isEmpty())
        emit outputLine(node, tr("done"));
    else
        emit failed(node, run.lastLine.isEmpty()
                              ? tr("“%1” failed: %2").arg(run.command, *run.problem)
                              : tr("“%1” failed: %2 (%3)").arg(run.command, *run.problem, run.lastLine));
}

} // namespace replog
