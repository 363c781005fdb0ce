// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/membership.h"

#include <QObject>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace replog {

// A node that was not taken in, for an operator.
struct Refusal
{
    QByteArray name;
    Id128 nodeId;
    QUrl url;
    QString reason;
    qint64 atMs = 0; // of the last time, UTC, since 1970
    quint64 times = 1;
};

// Decides who becomes a member, and under which name and address. A registration proves nothing by itself:
// where it contradicts what is known, the master asks at the known address who is there, at once.
//
//     held                     who answers at the held address                 outcome
//     node id, other instance  this very process, another node, or nobody  ->  moved, renamed or restarted
//                              another process with this node id           ->  refused: a folder was copied
//     name, other node id      this very process, or nobody                ->  replaces the node of that name
//                              the node that holds the name                ->  refused: a name given twice
//                              another node                                ->  refused: it may have moved
//     either                   something that is no node                   ->  refused, unless it stands at
//                                                                             the newcomer's own address
//
// A member that is diverged and does not know it, since the master alone could tell, is refused as long as
// its log stays as it is: so its own status says so. It remains a member.
//
// A node of another log is a stranger: it is refused, and nothing changes. It is asked only if this log may
// be that of an emptied folder: no node has acked it, and it ends before the entry that the stranger says it
// has committed. If the stranger's answer says so, too, this master is fenced.
//
// Pure: transports, time and members are handed in. A node that registers again before the outcome is known
// waits for the same outcome.
class Admission : public QObject
{
    Q_OBJECT
public:
    struct Config
    {
        QByteArray name; // the master's own
        Id128 nodeId;
        int maxNodes = 64;
        bool newLog = false; // this log may be a new one, whatever other logs there are
    };

    Admission(const Config &config, LogSource &log, Membership &members,
              Membership::TransportFactory transports, Scheduler &scheduler, QObject *parent = nullptr);

    // `done` is called when the membership is durable, or with the reason why there is none; after one
    // attempt timeout at most for each address that has to be asked. The name must be valid.
    void handleRegistration(const Registration &registration, LogStore::Done done);

    // The latest refusal of each node, the oldest first, at most MaxRefused.
    const std::deque<Refusal> &refused() const { return m_refused; }
    quint64 refusals() const { return m_refusals; }

    static constexpr int MaxRefused = 16;

signals:
    void refusedNode(const replog::Refusal &refusal);
    void fencedBy(const QString &why);

private:
    // Who was found at the address of a member, or of a stranger.
    enum class Found { Nobody, Newcomer, HeldNode, OtherNode, NoNode };
    struct Finding
    {
        QUrl url;
        Id128 instance; // of the member when it was asked
        Found found = Found::Nobody;
        QString text;    // what it answered, if it was no node
        QByteArray name; // under which it answered, if it was one
    };
    // A registration that is being settled.
    struct Pending
    {
        Registration registration;
        std::vector<LogStore::Done> done;
        std::unique_ptr<PeerTransport> transport; // of the question that is open
        std::map<Id128, Finding> findings;        // by the node that was asked for
        int questions = 0;
    };
    using Refused = std::optional<Error>;

    void settle(Pending &pending);
    Refused refusalWithoutAsking(const Registration &registration) const;
    // An error if the member keeps its place. Else the place is free, or the address is being asked:
    // `isAsking`.
    Refused judgePlace(Pending &pending, const Membership::Member &held, bool &isAsking);
    void ask(Pending &pending, const Id128 &node, const QUrl &url, const Id128 &instance);
    void handleFound(const Id128 &asker, const Id128 &asked, Finding finding);
    void close(std::unique_ptr<PeerTransport> transport);
    bool mayBeEmptied(quint64 committedElsewhere) const;
    void judgeStranger(const Registration &stranger, const ReplicateAnswer &answer);
    Refused divergence(const Registration &registration) const;
    void finish(const Id128 &instance, const Refused &refused);
    void refuse(const Id128 &instance, const Error &why);
    Pending take(const Id128 &instance);
    void note(const Registration &registration, const QString &reason);

    const Config m_config;
    LogSource &m_log;
    Membership &m_members;
    Membership::TransportFactory m_transports;
    Scheduler &m_scheduler;
    std::map<Id128, Pending> m_pending;                   // by the newcomer's instance
    std::vector<std::unique_ptr<PeerTransport>> m_closed; // until the end of this turn
    std::deque<Refusal> m_refused;
    quint64 m_refusals = 0;
};

} // namespace replog
