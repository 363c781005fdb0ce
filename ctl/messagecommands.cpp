// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/messagecommands.h"

#include "client/clienttail.h"
#include "client/followedlog.h"
#include "ctl/ctloutput.h"
#include "ctl/linesource.h"

#include <QEventLoop>
#include <QFile>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QTimer>

#include <algorithm>
#include <functional>
#include <limits>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int LinesAhead = 1000; // lines of standard input that are read and not answered yet
constexpr qint64 PageSize = 1000;
constexpr int LookMs = 500;                    // how often a tail looks whether its output is still read
constexpr qint64 MostBytes = 64 * 1024 * 1024; // of a message: the most that a master's --max-message may be
constexpr int MostReasons = 8;                 // why one append is interrupted, told one by one

// A message to append, or why it is none.
struct Given
{
    QByteArray message;
    QString refusal{};
};

QString tooLong(const QString &where)
{
    return u"%1 has more than %2 MiB, the most that a message may have"_s.arg(where).arg(MostBytes >> 20);
}

// Of several messages, one that may not be in the log counts before one that is there with too few copies.
int graver(int one, int other)
{
    return one == ctlexit::Failed || other == ctlexit::Failed ? ctlexit::Failed : std::max(one, other);
}

} // namespace

MessageCommands::MessageCommands(CtlSession &session) : m_session(session), m_options(session.options()) {}

int MessageCommands::append()
{
    QEventLoop loop;
    int code = ctlexit::Ok;
    QList<Given> waiting;
    quint64 given = 0;
    quint64 finished = 0;
    bool more = true; // whether standard input may have more lines

    std::function<void(quint64, const ClientAppendResult &)> finish;
    // One after the other, so that a repeat after a broken connection does not come after a later message.
    const auto giveNext = [&] {
        if (given != finished)
            return;
        if (!waiting.isEmpty()) {
            const Given next = waiting.takeFirst();
            ++given;
            if (next.refusal.isEmpty())
                m_session.client().append(
                    given, {next.message, m_options.w, m_options.timeoutMs, m_options.type, m_options.key});
            else
                QTimer::singleShot(0, &loop, [&finish, ticket = given, reason = next.refusal] {
                    ClientAppendResult result;
                    result.state = ClientAppendResult::State::Refused;
                    result.error = reason;
                    finish(ticket, result);
                });
        } else if (!more) {
            loop.quit();
        }
    };
    LineSource lines(LinesAhead, MostBytes);
    QSet<QString> reasons; // of the present message, told already where there is no terminal
    QObject::connect(&m_session.client(), &ClusterClient::appendInterrupted, &loop,
                     [&reasons](quint64, const QString &reason) {
                         const QString text = u"interrupted, trying again: "_s + reason;
                         ctloutput::progress(ctloutput::shown(text));
                         if (ctloutput::showsProgress() || reasons.size() >= MostReasons ||
                             reasons.contains(reason))
                             return;
                         reasons.insert(reason);
                         ctloutput::error(text);
                     });
    finish = [&](quint64 ticket, const ClientAppendResult &result) {
        code = graver(code, appendFinished(ticket, result));
        ++finished;
        reasons.clear();
        lines.release();
        if (finished % PageSize == 0)
            ctloutput::progress(u"%1 appended"_s.arg(finished));
        giveNext();
    };
    QObject::connect(&m_session.client(), &ClusterClient::appendFinished, &loop, finish);
    QObject::connect(&lines, &LineSource::lineRead, &loop, [&](const QByteArray &line) {
        waiting.append({line});
        giveNext();
    });
    QObject::connect(&lines, &LineSource::lineTooLong, &loop, [&](qint64 number) {
        waiting.append({{}, tooLong(u"line %1 of standard input"_s.arg(number))});
        giveNext();
    });
    QObject::connect(&lines, &LineSource::failed, &loop, [&](const QString &reason) {
        ctloutput::error(u"standard input: "_s + reason);
        code = ctlexit::Failed;
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
        const QByteArray message = file.read(MostBytes + 1);
        if (file.error() != QFileDevice::NoError) {
            ctloutput::error(u"%1: %2"_s.arg(path, file.errorString()));
            return ctlexit::Usage;
        }
        if (message.size() > MostBytes)
            waiting.append({{}, tooLong(path)});
        else
            waiting.append({message});
    }
    for (const QString &text : m_options.arguments)
        waiting.append({text.toUtf8()});
    if (waiting.isEmpty()) {
        lines.start();
    } else {
        more = false;
        QTimer::singleShot(0, &loop, giveNext);
    }
    loop.exec();
    return code;
}

int MessageCommands::appendFinished(quint64 ticket, const ClientAppendResult &result)
{
    using State = ClientAppendResult::State;
    if (m_options.json) {
        static const QHash<State, QString> words{{State::Ok, u"ok"_s},
                                                 {State::TimedOut, u"timed-out"_s},
                                                 {State::Refused, u"refused"_s},
                                                 {State::GivenUp, u"given-up"_s},
                                                 {State::Unknown, u"unknown"_s}};
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
    } else if (result.state == State::Unknown) {
        const QString where = result.id > 0 ? u"message %1 may be in the log: "_s.arg(result.id)
                                            : u"the message may be in the log: "_s;
        ctloutput::error(where + result.error);
    } else {
        // Refused with an id: the error says that nobody knows.
        const bool isInLog = result.id > 0 && result.state != State::Refused;
        const QString where = isInLog ? u"message %1 is in the log: "_s.arg(result.id) : QString();
        ctloutput::error(where + result.error);
    }
    switch (result.state) {
    case State::Ok:
        return ctlexit::Ok;
    case State::TimedOut:
        return ctlexit::TimedOut;
    case State::Refused:
    case State::GivenUp:
    case State::Unknown:
        return ctlexit::Failed;
    }
    Q_UNREACHABLE();
}

int MessageCommands::get()
{
    constexpr qint64 All = std::numeric_limits<qint64>::max();
    if (m_options.arguments.isEmpty())
        return printLog(m_options.from, m_options.limit > 0 ? m_options.limit : All);
    bool ok = false;
    const quint64 id = m_options.arguments.constFirst().toULongLong(&ok);
    if (!ok || id == 0) {
        ctloutput::error(u"get: expected an id, a number from 1 on"_s);
        return ctlexit::Usage;
    }
    const auto entry =
        CtlSession::document(m_session.read(u"/api/v1/messages/%1"_s.arg(id)), "id"_L1, QJsonValue::Double);
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
                it->isArray()  ? ctloutput::texts(*it).join(u", "_s)
                : it->isBool() ? QString(it->toBool() ? u"yes"_s : u"no"_s)
                : it->isObject()
                    ? QString::fromUtf8(QJsonDocument(it->toObject()).toJson(QJsonDocument::Compact))
                    : ctloutput::cell(*it);
            ctloutput::line(ctloutput::shown(it.key()).leftJustified(12) + ctloutput::shown(value));
        }
    }
    return ctlexit::Ok;
}

std::optional<QJsonArray> MessageCommands::page(quint64 from, qint64 &most)
{
    const auto ask = [&] {
        QString path = u"/api/v1/messages?limit=%1"_s.arg(most);
        if (from > 0)
            path += u"&from=%1"_s.arg(from);
        if (!m_options.view.isEmpty())
            path += u"&view="_s + m_options.view;
        return m_session.read(path, most > 1);
    };
    ClientAnswer answer = ask();
    while (answer.tooMuch && most > 1) {
        most /= 2;
        answer = ask();
    }
    const auto document = CtlSession::document(answer, "messages"_L1, QJsonValue::Array);
    if (!document)
        return {};
    const QJsonArray messages = (*document)["messages"_L1].toArray();
    if (FollowedLog::goesOn(messages, from, most))
        return messages;
    ctloutput::error(AppendRules::strangeIdsOf(answer));
    return {};
}

int MessageCommands::printLog(quint64 from, qint64 left)
{
    qint64 most = PageSize;
    while (left > 0) {
        most = std::min(left, most);
        const auto messages = page(from, most);
        if (!messages)
            return ctlexit::Failed;
        for (const QJsonValue &value : *messages) {
            const QJsonObject entry = value.toObject();
            from = quint64(std::max<qint64>(0, entry["id"_L1].toInteger())) + 1;
            m_options.json ? ctloutput::json(entry) : ctloutput::message(entry);
        }
        if (messages->size() < most || ctloutput::isGone())
            break;
        left -= most;
        most = std::min(most + most / 16 + 1, PageSize); // grows again after what was too much
    }
    return ctlexit::Ok;
}

int MessageCommands::tail()
{
    quint64 from = m_options.from;
    if (from == 0) {
        const auto status = CtlSession::document(m_session.read(u"/api/v1/status"_s), "role"_L1);
        if (!status)
            return ctlexit::Failed;
        const bool committed =
            m_options.view == "committed"_L1 ||
            (m_options.view.isEmpty() && (*status)["role"_L1].toString() == "secondary"_L1);
        const qint64 last = (*status)[committed ? "committed_id"_L1 : "last_id"_L1].toInteger();
        from = quint64(std::max<qint64>(1, last - m_options.count + 1));
        from = std::max(from, quint64(std::max<qint64>(1, (*status)["first_id"_L1].toInteger())));
    }
    if (!m_options.follow)
        return printLog(from, std::numeric_limits<qint64>::max());
    ClientTail tail(m_session.client(), from, m_options.view);
    QEventLoop loop;
    int code = ctlexit::Ok;
    QObject::connect(&tail, &ClientTail::message, &loop, [this](quint64, const QJsonObject &entry) {
        m_options.json ? ctloutput::json(entry) : ctloutput::message(entry);
    });
    // Whoever reads the output may go, also while no message comes.
    QTimer watch;
    watch.callOnTimeout(&loop, [&loop] {
        if (ctloutput::isGone())
            loop.quit();
    });
    watch.start(LookMs);
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

} // namespace replog
