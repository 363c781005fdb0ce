// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/ctlcommands.h"

#include "client/clienttail.h"
#include "ctl/ctloutput.h"
#include "ctl/linesource.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTimer>

#include <algorithm>
#include <limits>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int LinesAhead = 1000; // of standard input that are read and not answered yet
constexpr qint64 PageSize = 1000;
constexpr int WatchMs = 500;

QJsonObject objectOf(const QByteArray &body)
{
    return QJsonDocument::fromJson(body).object();
}

QString seconds(const QJsonValue &ms)
{
    return ms.isDouble() ? QString::number(ms.toDouble() / 1000, 'f', 1) + u" s"_s : u"-"_s;
}

QString cell(const QJsonValue &value)
{
    if (value.isDouble())
        return QString::number(value.toInteger());
    return value.isString() ? value.toString() : u"-"_s;
}

QStringList names(const QJsonValue &list)
{
    QStringList out;
    for (const QJsonValue &name : list.toArray())
        out.append(name.toString());
    return out;
}

// The value of NAME=VALUE as the API wants it: a boolean or a number.
std::optional<QJsonValue> faultValue(const QString &name, const QString &text)
{
    if (name == "block"_L1) {
        if (text == "true"_L1 || text == "false"_L1)
            return QJsonValue(text == "true"_L1);
        return {};
    }
    bool ok = false;
    const double value = text.toDouble(&ok);
    return ok ? std::optional(QJsonValue(value)) : std::nullopt;
}

void printNodes(const QJsonArray &nodes)
{
    QList<QStringList> rows;
    for (const QJsonValue &value : nodes) {
        const QJsonObject node = value.toObject();
        rows.append({cell(node["name"_L1]), cell(node["health"_L1]), cell(node["acked_id"_L1]),
                     cell(node["lag"_L1]), cell(node["retries"_L1]), cell(node["url"_L1]),
                     cell(node["last_error"_L1])});
    }
    ctloutput::table({u"NODE"_s, u"HEALTH"_s, u"ACKED"_s, u"LAG"_s, u"RETRIES"_s, u"URL"_s, u"LAST ERROR"_s},
                     rows);
}

void printWaits(const QJsonArray &waits)
{
    QList<QStringList> rows;
    for (const QJsonValue &value : waits) {
        const QJsonObject wait = value.toObject();
        rows.append({cell(wait["id"_L1]), cell(wait["w"_L1]), cell(wait["acks"_L1]),
                     seconds(wait["waited_ms"_L1]), cell(wait["clients"_L1]),
                     wait["unreachable"_L1].toBool() ? u"more nodes than are known"_s
                                                     : names(wait["missing"_L1]).join(u", "_s)});
    }
    ctloutput::table({u"ID"_s, u"W"_s, u"ACKS"_s, u"WAITED"_s, u"CLIENTS"_s, u"MISSING"_s}, rows);
}

} // namespace

CtlCommands::CtlCommands(const CtlOptions &options) : m_options(options), m_client(options.cluster) {}

int CtlCommands::run()
{
    if (!m_client.problem().isEmpty()) {
        ctloutput::error(m_client.problem());
        return ctlexit::Usage;
    }
    using Member = int (CtlCommands::*)();
    static const QHash<QString, Member> members{
        {u"append"_s, &CtlCommands::append}, {u"get"_s, &CtlCommands::get},
        {u"tail"_s, &CtlCommands::tail},     {u"status"_s, &CtlCommands::status},
        {u"nodes"_s, &CtlCommands::nodes},   {u"waits"_s, &CtlCommands::waits},
        {u"faults"_s, &CtlCommands::faults}, {u"digest"_s, &CtlCommands::digest},
        {u"verify"_s, &CtlCommands::verify}, {u"backup"_s, &CtlCommands::backup},
        {u"health"_s, &CtlCommands::health},
    };
    if (const Member member = members.value(m_options.command))
        return (this->*member)();
    const QString subject = m_options.arguments.value(0);
    const QString escaped = QString::fromLatin1(QUrl::toPercentEncoding(subject));
    if (m_options.command == "release"_L1)
        return operate("DELETE", u"/api/v1/waits/"_s + escaped, u"message %1 is given up"_s.arg(subject));
    if (m_options.command == "retry"_L1)
        return operate("POST", u"/api/v1/nodes/%1/retry"_s.arg(escaped), u"%1 is being tried"_s.arg(subject));
    return operate("DELETE", u"/api/v1/nodes/"_s + escaped, u"%1 is forgotten"_s.arg(subject));
}

std::optional<QJsonObject> CtlCommands::document(const ClientAnswer &answer) const
{
    if (answer.isOk())
        return objectOf(answer.body);
    ctloutput::error(AppendRules::errorOf(answer));
    return {};
}

ClientAnswer CtlCommands::wait(const std::function<void(ClusterClient::Done)> &start) const
{
    ClientAnswer result;
    QEventLoop loop;
    bool answered = false;
    start([&](const ClientAnswer &answer) {
        result = answer;
        answered = true;
        loop.quit();
    });
    if (!answered)
        loop.exec();
    return result;
}

ClientAnswer CtlCommands::ask(const QUrl &node, const ClientCall &call)
{
    return wait([&](ClusterClient::Done done) { m_client.call(node, call, std::move(done)); });
}

ClientAnswer CtlCommands::read(const QString &path)
{
    ClientCall call;
    call.path = path;
    call.limitMs = 60000;
    return wait([&](ClusterClient::Done done) { m_client.read(call, std::move(done)); });
}

std::optional<QUrl> CtlCommands::master()
{
    ClientAnswer last;
    for (const QUrl &node : m_options.cluster.nodes) {
        ClientCall call;
        call.path = u"/api/v1/status"_s;
        last = ask(node, call);
        if (!last.isOk())
            continue;
        const QJsonObject status = objectOf(last.body);
        if (status["role"_L1].toString() == "master"_L1)
            return node;
        // The token goes to a node that was named, and to no other.
        const QUrl url(status["master"_L1].toString());
        for (const QUrl &known : m_options.cluster.nodes) {
            if (known.host() == url.host() && known.port() == url.port())
                return known;
        }
        if (url.isValid() && !url.host().isEmpty() && m_options.cluster.token.isEmpty())
            return url;
    }
    ctloutput::error(last.isOk() ? u"none of the nodes named is the master"_s : AppendRules::errorOf(last));
    return {};
}

QList<QPair<QString, QUrl>> CtlCommands::everyNode()
{
    QList<QPair<QString, QUrl>> all;
    for (const QUrl &node : m_options.cluster.nodes) {
        ClientCall call;
        call.path = u"/api/v1/status"_s;
        const QJsonObject status = objectOf(ask(node, call).body);
        if (status["role"_L1].toString() == "master"_L1) {
            all = {{status["name"_L1].toString(), node}};
            for (const QJsonValue &value : status["nodes"_L1].toArray())
                all.append({value["name"_L1].toString(), QUrl(value["url"_L1].toString())});
            return all;
        }
        const QString name = status["name"_L1].toString();
        all.append({name.isEmpty() ? node.authority() : name, node});
    }
    return all;
}

int CtlCommands::operate(const QByteArray &verb, const QString &path, const QString &done)
{
    const auto node = master();
    if (!node)
        return ctlexit::Failed;
    ClientCall call;
    call.verb = verb;
    call.path = path;
    const auto answer = document(ask(*node, call));
    if (!answer)
        return ctlexit::Failed;
    if (m_options.json)
        ctloutput::json(*answer);
    else
        ctloutput::line(ctloutput::shown(done));
    return ctlexit::Ok;
}

int CtlCommands::append()
{
    QEventLoop loop;
    int code = ctlexit::Ok;
    QList<QByteArray> waiting;
    quint64 given = 0;
    quint64 finished = 0;
    bool more = true; // standard input has not ended

    // One after the other: a repeat after a broken connection must not come behind a later message.
    const auto giveNext = [&] {
        if (given != finished)
            return;
        if (!waiting.isEmpty())
            m_client.append(++given, {waiting.takeFirst(), m_options.w, m_options.timeoutMs, m_options.type,
                                      m_options.key});
        else if (!more)
            loop.quit();
    };
    LineSource lines(LinesAhead);
    QObject::connect(&m_client, &ClusterClient::appendInterrupted, &loop, [](quint64, const QString &reason) {
        ctloutput::progress(u"interrupted, trying again: "_s + ctloutput::shown(reason));
    });
    QObject::connect(&m_client, &ClusterClient::appendFinished, &loop,
                     [&](quint64 ticket, const ClientAppendResult &result) {
                         code = std::max(code, appendFinished(ticket, result));
                         ++finished;
                         lines.release();
                         if (finished % PageSize == 0)
                             ctloutput::progress(u"%1 appended"_s.arg(finished));
                         giveNext();
                     });
    QObject::connect(&lines, &LineSource::lineRead, &loop, [&](const QByteArray &line) {
        waiting.append(line);
        giveNext();
    });
    QObject::connect(&lines, &LineSource::ended, &loop, [&] {
        more = false;
        giveNext();
    });

    for (const QString &path : m_options.files) {
        QFile file(path);
        const bool opened =
            path == "-"_L1 ? file.open(stdin, QIODevice::ReadOnly) : file.open(QIODevice::ReadOnly);
        if (!opened) {
            ctloutput::error(u"%1: %2"_s.arg(path, file.errorString()));
            return ctlexit::Usage;
        }
        waiting.append(file.readAll());
    }
    for (const QString &text : m_options.arguments)
        waiting.append(text.toUtf8());
    if (waiting.isEmpty()) {
        lines.start();
    } else {
        more = false;
        QTimer::singleShot(0, &loop, giveNext);
    }
    loop.exec();
    return code;
}

int CtlCommands::appendFinished(quint64 ticket, const ClientAppendResult &result)
{
    using State = ClientAppendResult::State;
    if (m_options.json) {
        static const QHash<State, QString> words{{State::Ok, u"ok"_s},
                                                 {State::TimedOut, u"timed-out"_s},
                                                 {State::Refused, u"refused"_s},
                                                 {State::GivenUp, u"given-up"_s}};
        QJsonObject object{{u"message"_s, static_cast<qint64>(ticket)},
                           {u"result"_s, words.value(result.state)}};
        if (result.id > 0) {
            object[u"id"_s] = static_cast<qint64>(result.id);
            object[u"acks"_s] = result.acks;
        }
        if (!result.error.isEmpty())
            object[u"error"_s] = result.error;
        ctloutput::json(object);
    } else if (result.state == State::Ok) {
        ctloutput::line(QString::number(result.id));
    } else {
        const QString where = result.id > 0 ? u"message %1 is in the log: "_s.arg(result.id) : QString();
        ctloutput::error(where + result.error);
    }
    switch (result.state) {
    case State::Ok:
        return ctlexit::Ok;
    case State::TimedOut:
        return ctlexit::TimedOut;
    case State::Refused:
    case State::GivenUp:
        return ctlexit::Failed;
    }
    Q_UNREACHABLE();
}

int CtlCommands::get()
{
    if (m_options.arguments.isEmpty())
        return getLog();
    bool ok = false;
    const quint64 id = m_options.arguments.constFirst().toULongLong(&ok);
    if (!ok || id == 0) {
        ctloutput::error(u"get: expected an id, a number from 1 on"_s);
        return ctlexit::Usage;
    }
    const auto entry = document(read(u"/api/v1/messages/%1"_s.arg(id)));
    if (!entry)
        return ctlexit::Failed;
    const QJsonValue coded = (*entry)["message_base64"_L1];
    if (m_options.raw) {
        ctloutput::bytes(coded.isString() ? QByteArray::fromBase64(coded.toString().toLatin1())
                                          : (*entry)["message"_L1].toString().toUtf8());
    } else if (m_options.json) {
        ctloutput::json(*entry);
    } else {
        for (auto it = entry->begin(); it != entry->end(); ++it) {
            const QString value =
                it->isArray()  ? names(*it).join(u", "_s)
                : it->isBool() ? QString(it->toBool() ? u"yes"_s : u"no"_s)
                : it->isObject()
                    ? QString::fromUtf8(QJsonDocument(it->toObject()).toJson(QJsonDocument::Compact))
                    : cell(*it);
            ctloutput::line(it.key().leftJustified(12) + ctloutput::shown(value));
        }
    }
    return ctlexit::Ok;
}

int CtlCommands::getLog()
{
    quint64 from = m_options.from;
    qint64 left = m_options.limit > 0 ? m_options.limit : std::numeric_limits<qint64>::max();
    while (left > 0) {
        const qint64 page = std::min(left, PageSize);
        QString path = u"/api/v1/messages?limit=%1"_s.arg(page);
        if (from > 0)
            path += u"&from=%1"_s.arg(from);
        if (!m_options.view.isEmpty())
            path += u"&view="_s + m_options.view;
        const auto answer = document(read(path));
        if (!answer)
            return ctlexit::Failed;
        const QJsonArray messages = (*answer)["messages"_L1].toArray();
        for (const QJsonValue &value : messages) {
            const QJsonObject entry = value.toObject();
            from = quint64(std::max<qint64>(0, entry["id"_L1].toInteger())) + 1;
            m_options.json ? ctloutput::json(entry) : ctloutput::message(entry);
        }
        if (messages.size() < page)
            break;
        left -= page;
    }
    return ctlexit::Ok;
}

int CtlCommands::tail()
{
    quint64 from = m_options.from;
    if (from == 0) {
        const auto status = document(read(u"/api/v1/status"_s));
        if (!status)
            return ctlexit::Failed;
        const bool committed =
            m_options.view == "committed"_L1 ||
            (m_options.view.isEmpty() && (*status)["role"_L1].toString() == "secondary"_L1);
        const qint64 last = (*status)[committed ? "committed_id"_L1 : "last_id"_L1].toInteger();
        from = quint64(std::max<qint64>(1, last - m_options.count + 1));
        from = std::max(from, quint64(std::max<qint64>(1, (*status)["first_id"_L1].toInteger())));
    }
    // Without -f the end is read, not waited for.
    if (!m_options.follow) {
        const auto answer = document(read(u"/api/v1/messages?from=%1%2"_s.arg(from).arg(
            m_options.view.isEmpty() ? QString() : u"&view="_s + m_options.view)));
        if (!answer)
            return ctlexit::Failed;
        for (const QJsonValue &value : (*answer)["messages"_L1].toArray())
            m_options.json ? ctloutput::json(value.toObject()) : ctloutput::message(value.toObject());
        return ctlexit::Ok;
    }
    ClientTail tail(m_client, from, m_options.view);
    QEventLoop loop;
    int code = ctlexit::Ok;
    QObject::connect(&tail, &ClientTail::message, &loop, [this](quint64, const QJsonObject &entry) {
        m_options.json ? ctloutput::json(entry) : ctloutput::message(entry);
    });
    QObject::connect(&tail, &ClientTail::interrupted, &loop,
                     [](const QString &reason) { ctloutput::error(reason + u"; trying again"_s); });
    QObject::connect(&tail, &ClientTail::failed, &loop, [&](const QString &reason) {
        ctloutput::error(reason);
        code = ctlexit::Failed;
        loop.quit();
    });
    QObject::connect(&tail, &ClientTail::caughtUp, &loop, &ctloutput::flush);
    tail.start();
    loop.exec();
    return code;
}

int CtlCommands::status()
{
    if (m_options.watch)
        return watchStatus();
    const auto answer = document(read(u"/api/v1/status"_s));
    return answer ? printStatus(*answer) : ctlexit::Failed;
}

int CtlCommands::watchStatus()
{
    QJsonObject last;
    for (;;) {
        const auto answer = document(read(u"/api/v1/status"_s));
        if (answer) {
            QJsonObject told = *answer;
            told.remove("uptime_ms"_L1);
            if (told != last) {
                last = told;
                printStatus(*answer);
                ctloutput::flush();
            }
        }
        QEventLoop loop;
        QTimer::singleShot(WatchMs, &loop, &QEventLoop::quit);
        loop.exec();
    }
}

int CtlCommands::printStatus(const QJsonObject &status) const
{
    if (m_options.json) {
        ctloutput::json(status);
        return ctlexit::Ok;
    }
    ctloutput::line(ctloutput::shown(u"%1 %2: %3, epoch %4, last %5, committed %6, up for %7"_s.arg(
        cell(status["role"_L1]), cell(status["name"_L1]), cell(status["mode"_L1]), cell(status["epoch"_L1]),
        cell(status["last_id"_L1]), cell(status["committed_id"_L1]), seconds(status["uptime_ms"_L1]))));
    if (const QString reason = status["mode_reason"_L1].toString(); !reason.isEmpty())
        ctloutput::line(ctloutput::shown(reason));
    if (status.contains("nodes"_L1))
        printNodes(status["nodes"_L1].toArray());
    if (const QJsonArray list = status["waits"_L1].toArray(); !list.isEmpty())
        printWaits(list);
    return ctlexit::Ok;
}

int CtlCommands::nodes()
{
    const auto node = master();
    if (!node)
        return ctlexit::Failed;
    ClientCall call;
    call.path = u"/api/v1/status"_s;
    const auto status = document(ask(*node, call));
    if (!status)
        return ctlexit::Failed;
    if (m_options.json) {
        for (const QJsonValue &value : (*status)["nodes"_L1].toArray())
            ctloutput::json(value.toObject());
    } else {
        printNodes((*status)["nodes"_L1].toArray());
    }
    return ctlexit::Ok;
}

int CtlCommands::waits()
{
    const auto node = master();
    if (!node)
        return ctlexit::Failed;
    ClientCall call;
    call.path = u"/api/v1/status"_s;
    const auto status = document(ask(*node, call));
    if (!status)
        return ctlexit::Failed;
    const QJsonArray list = (*status)["waits"_L1].toArray();
    if (m_options.json) {
        for (const QJsonValue &value : list)
            ctloutput::json(value.toObject());
        return ctlexit::Ok;
    }
    printWaits(list);
    if (const qint64 total = (*status)["waits_total"_L1].toInteger(); total > list.size())
        ctloutput::line(u"… and %1 more"_s.arg(total - list.size()));
    return ctlexit::Ok;
}

int CtlCommands::faults()
{
    const QString name = m_options.arguments.constFirst();
    QUrl url;
    for (const auto &[known, at] : everyNode()) {
        if (known == name || at.authority() == name)
            url = at;
    }
    if (url.isEmpty()) {
        ctloutput::error(u"no node %1 is known"_s.arg(name));
        return ctlexit::Failed;
    }
    ClientCall call;
    call.path = u"/api/v1/faults"_s;
    if (m_options.arguments.size() > 1) {
        QJsonObject wanted;
        for (const QString &assignment : m_options.arguments.mid(1)) {
            const qsizetype at = assignment.indexOf(u'=');
            const QString field = assignment.left(at);
            const auto value = at > 0 ? faultValue(field, assignment.mid(at + 1)) : std::nullopt;
            if (!value) {
                ctloutput::error(u"faults: expected NAME=VALUE, not '%1'"_s.arg(assignment));
                return ctlexit::Usage;
            }
            wanted[field] = *value;
        }
        call.verb = "PUT";
        call.body = QJsonDocument(wanted).toJson(QJsonDocument::Compact);
    }
    const auto answer = document(ask(url, call));
    if (!answer)
        return ctlexit::Failed;
    ctloutput::json(*answer);
    return ctlexit::Ok;
}

int CtlCommands::digest()
{
    quint64 to = m_options.to;
    if (to == 0) {
        const auto status = document(read(u"/api/v1/status"_s));
        if (!status)
            return ctlexit::Failed;
        to = quint64(std::max<qint64>(0, (*status)["committed_id"_L1].toInteger()));
    }
    const auto answer = document(read(u"/api/v1/digest?to=%1"_s.arg(to)));
    if (!answer)
        return ctlexit::Failed;
    if (m_options.json)
        ctloutput::json(*answer);
    else
        ctloutput::line(
            u"%1  %2"_s.arg(cell((*answer)["to"_L1]), ctloutput::shown(cell((*answer)["digest"_L1]))));
    return ctlexit::Ok;
}

int CtlCommands::verify()
{
    const auto all = everyNode();
    ClientCall call;
    call.path = u"/api/v1/status"_s;
    quint64 to = m_options.to;
    if (to == 0) {
        qint64 least = std::numeric_limits<qint64>::max();
        for (const auto &[name, url] : all) {
            if (const ClientAnswer answer = ask(url, call); answer.isOk())
                least = std::min(least, objectOf(answer.body)["committed_id"_L1].toInteger());
        }
        to = least == std::numeric_limits<qint64>::max() ? 0 : quint64(std::max<qint64>(0, least));
    }
    call.path = u"/api/v1/digest?to=%1"_s.arg(to);
    call.limitMs = 0; // a long log takes its time
    QHash<QString, int> digests;
    QList<QStringList> rows;
    bool complete = !all.isEmpty();
    for (const auto &[name, url] : all) {
        ctloutput::progress(u"asking %1"_s.arg(ctloutput::shown(name)));
        const ClientAnswer answer = ask(url, call);
        const QString digest = objectOf(answer.body)["digest"_L1].toString();
        complete = complete && answer.isOk();
        if (answer.isOk())
            ++digests[digest];
        if (m_options.json)
            ctloutput::json({{u"node"_s, name},
                             {u"to"_s, static_cast<qint64>(to)},
                             answer.isOk() ? QPair(u"digest"_s, QJsonValue(digest))
                                           : QPair(u"error"_s, QJsonValue(AppendRules::errorOf(answer)))});
        rows.append({name, QString::number(to), answer.isOk() ? digest : AppendRules::errorOf(answer)});
    }
    if (!m_options.json)
        ctloutput::table({u"NODE"_s, u"TO"_s, u"DIGEST"_s}, rows);
    if (digests.size() > 1) {
        ctloutput::error(u"the logs differ"_s);
        return ctlexit::Differs;
    }
    return complete ? ctlexit::Ok : ctlexit::Failed;
}

int CtlCommands::backup()
{
    ClientCall call;
    call.verb = "POST";
    call.path = u"/api/v1/backup"_s;
    call.limitMs = 0;
    call.body = QJsonDocument(QJsonObject{{u"name"_s, m_options.arguments.constFirst()}})
                    .toJson(QJsonDocument::Compact);
    ctloutput::progress(u"making the backup"_s);
    const auto answer = document(ask(m_options.cluster.nodes.constFirst(), call));
    if (!answer)
        return ctlexit::Failed;
    if (m_options.json)
        ctloutput::json(*answer);
    else
        ctloutput::line(ctloutput::shown(cell((*answer)["path"_L1])));
    return ctlexit::Ok;
}

int CtlCommands::health()
{
    const auto answer = document(read(u"/health"_s));
    if (!answer)
        return ctlexit::Failed;
    if (m_options.json)
        ctloutput::json(*answer);
    else
        ctloutput::line(ctloutput::shown(cell((*answer)["status"_L1])));
    return ctlexit::Ok;
}

} // namespace replog
