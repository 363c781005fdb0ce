// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/unit/scenario/met.h"
#include "tests/unit/scenario/scheduledcluster.h"

#include <random>

namespace replog {

// Random histories of a cluster on a bad network, checked after every step, then healed.
//
// In some of them identities get mixed up, too: nodes come back under other names and addresses or tell a
// wrong one, folders are copied and both run, a node of another cluster is pointed at this master or one of
// this at that, and something that is no node answers at an address of ours. In some the master keeps a small
// log, so that nodes come back, or begin, behind its oldest entry. In some disks are lost and nodes are made
// of backups, of secondaries or of the master itself; in some members speak the next wire version, or not
// ours.
class Schedule
{
public:
    Schedule(quint64 seed, bool trace);

    // What went wrong, if anything.
    QString run(int steps);
    const Met &met() const { return m_met; }

private:
    static constexpr size_t MaxBackups = 4;

    // What was added to the schedules decides by a chance of its own: the others are what they were.
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
    std::vector<MemoryLogStore::Content> m_copies; // of the master's disk
    std::vector<MemoryLogStore::Content> m_backups;
    std::vector<AppendRequest> m_keyed;
    int m_weatherSteps = 0;
    double m_storm = 0.0;
    int m_lastMessage = 0;
    int m_lastKey = 0;
};

} // namespace replog
