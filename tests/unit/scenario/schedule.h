// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/unit/scenario/met.h"
#include "tests/unit/scenario/scheduledcluster.h"

#include <random>

namespace replog {

// Random histories of a cluster on a bad network. Invariants are checked after every step; at the end the
// cluster is healed.
//
// Some of them mix up identities: nodes return with other names and addresses or advertise a wrong one,
// folders are copied and both copies run, nodes register with the master of another cluster, and something
// that is no node answers at a node's address. In some the master keeps a small log, so that nodes return, or
// begin, behind its oldest entry. In some, disks are lost and nodes are restored from backups of secondaries
// or of the master. In some, members speak also, or only, the next wire version.
class Schedule
{
public:
    Schedule(quint64 seed, bool trace);

    // The first violation; empty if there is none.
    QString run(int steps);
    const Met &met() const { return m_met; }

private:
    static constexpr size_t MaxBackups = 4;

    // Later additions to the schedules use their own random source, so that schedules without them stay the
    // same.
    class Chance
    {
    public:
        explicit Chance(quint64 seed) : m_random(seed) {}
        bool chance(double probability)
        {
            return std::uniform_real_distribution(0.0, 1.0)(m_random) < probability;
        }
        size_t below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(m_random); }

    private:
        std::mt19937_64 m_random;
    };

    SimulatedCluster::Config makeConfig(quint64 seed);
    int pick(int from, int to);
    bool chance(double probability);
    const QByteArray &anySecondary();
    QByteArray anyNode();

    void step();
    void append();
    void appendElsewhere();
    void letTheOtherClusterHoldSomething();
    void moveMessage();
    void moveStore();
    void passTime();
    void crashOrStart();
    void operate();

    void mixIdentities();
    void copyOrPutBack();
    void backUp();
    void restore(const QByteArray &name);
    void replaceDisk(const QByteArray &name);
    void changeVersion(const QByteArray &name);
    void deliverInNextVersion(size_t at);
    void failOver();
    bool everybodyKnowsTheNewMaster();

    std::mt19937_64 m_random;
    Chance m_own;
    ScheduledCluster m_all;
    Met m_met;
    QString m_wrong;
    bool m_disksAreLost = false;
    bool m_copiesAreMade = false;
    bool m_versionsMix = false;
    std::vector<MemoryLogStore::Content> m_copies; // copies of the master's disk
    std::vector<MemoryLogStore::Content> m_backups;
    std::vector<AppendRequest> m_keyed;
    int m_weatherSteps = 0;
    double m_storm = 0.0;
    int m_lastMessage = 0;
    int m_lastKey = 0;
};

} // namespace replog
