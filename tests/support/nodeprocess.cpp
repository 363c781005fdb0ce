// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/nodeprocess.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <csignal>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace replog::test {

namespace {

// Without variables that would configure the node.
QProcessEnvironment cleanEnvironment()
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    const QStringList names = environment.keys();
    for (const QString &name : names) {
        if (name.startsWith("REPLOG_"_L1))
            environment.remove(name);
    }
    // Tests must run on small disks, too; tests of --min-free set it.
    environment.insert(u"REPLOG_MIN_FREE"_s, u"0"_s);
    return environment;
}

} // namespace

NodeProcess::NodeProcess(Role role, const QString &name, const QString &dataFolder,
                         const QStringList &options)
    : m_role(role), m_name(name), m_data(dataFolder), m_options(options)
{
    m_process.setProcessEnvironment(cleanEnvironment());
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    // The kernel kills the node if the test is killed.
    m_process.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
    connect(&m_process, &QProcess::readyRead, this, &NodeProcess::handleOutput);
}

NodeProcess::~NodeProcess()
{
    kill();
}

QString NodeProcess::program(Role role)
{
    return QCoreApplication::applicationDirPath() +
           (role == Role::Master ? "/replog-master"_L1 : "/replog-secondary"_L1);
}

void NodeProcess::handleOutput()
{
    m_output += m_process.readAll();
}

void NodeProcess::setStandardError(int descriptor)
{
    m_process.setChildProcessModifier([descriptor] {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (descriptor < 0)
            ::close(STDERR_FILENO);
        else
            ::dup2(descriptor, STDERR_FILENO);
    });
}

void NodeProcess::setDescriptorLimit(int limit)
{
    m_process.setChildProcessModifier([limit] {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const rlimit both{rlim_t(limit), rlim_t(limit)};
        ::setrlimit(RLIMIT_NOFILE, &both);
    });
}

void NodeProcess::setEnvironment(const QList<QPair<QString, QString>> &variables)
{
    QProcessEnvironment environment = cleanEnvironment();
    for (const auto &[name, value] : variables)
        environment.insert(name, value);
    m_process.setProcessEnvironment(environment);
}

void NodeProcess::setPort(quint16 port)
{
    m_url = QUrl(u"http://127.0.0.1:%1"_s.arg(port));
}

bool NodeProcess::start()
{
    static const QRegularExpression listening(
        u"^replog-(?:master|secondary) \\S+ listening on (https?://\\S+)$"_s,
        QRegularExpression::MultilineOption);
    QStringList arguments{u"--name"_s, m_name,         u"--data"_s, m_data,
                          u"--host"_s, u"127.0.0.1"_s, u"--port"_s, QString::number(m_url.port(0))};
    arguments += m_options;
    arguments += m_once;
    m_once.clear();
    // Its former port may be in use for a while as the local port of a client's connection.
    for (int attempt = 0; attempt < 100; ++attempt) {
        m_lifeStart = m_output.size();
        m_process.start(program(m_role), arguments);
        QRegularExpressionMatch match;
        const bool said = waitUntil([&] {
            match = listening.match(QString::fromUtf8(m_output.mid(m_lifeStart)));
            return match.hasMatch() || m_process.state() == QProcess::NotRunning;
        });
        if (match.hasMatch()) {
            m_url = QUrl(match.captured(1));
            return true;
        }
        if (!said || m_url.isEmpty() || !m_output.mid(m_lifeStart).contains("in use"))
            return false;
        waitUntil([round = 0]() mutable { return ++round > 10; });
    }
    return false;
}

void NodeProcess::kill()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.kill();
    m_process.waitForFinished(60000);
    handleOutput();
}

void NodeProcess::sendTerminate()
{
    m_process.terminate();
}

bool NodeProcess::waitForExit()
{
    const bool ended = waitUntil([this] { return m_process.state() == QProcess::NotRunning; });
    handleOutput();
    return ended;
}

bool NodeProcess::terminate()
{
    m_process.terminate();
    return waitForExit() && exitedNormally() && exitCode() == 0;
}

void NodeProcess::sendHangUp()
{
    ::kill(pid_t(pid()), SIGHUP);
}

void NodeProcess::freeze()
{
    ::kill(pid_t(pid()), SIGSTOP);
}

void NodeProcess::thaw()
{
    ::kill(pid_t(pid()), SIGCONT);
}

QByteArray NodeProcess::sanitizerReport() const
{
    for (const char *mark : {"Sanitizer:", ": runtime error: "}) {
        const qsizetype at = m_output.indexOf(mark);
        if (at >= 0)
            return m_name.toUtf8() + ": " + m_output.mid(m_output.lastIndexOf('\n', at) + 1, 4000);
    }
    return {};
}

NodeProcess::Run NodeProcess::run(Role role, const QStringList &arguments,
                                  const QList<QPair<QString, QString>> &environment)
{
    QProcess process;
    QProcessEnvironment variables = cleanEnvironment();
    for (const auto &[name, value] : environment)
        variables.insert(name, value);
    process.setProcessEnvironment(variables);
    process.start(program(role), arguments);
    Run result;
    if (waitUntil([&] { return process.state() == QProcess::NotRunning; })) {
        if (process.exitStatus() == QProcess::NormalExit && process.error() == QProcess::UnknownError)
            result.exitCode = process.exitCode();
    } else {
        process.kill();
        process.waitForFinished();
    }
    result.out = process.readAllStandardOutput();
    result.err = process.readAllStandardError();
    return result;
}

} // namespace replog::test
