// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QHostAddress>

#include <algorithm>

namespace replog {

// Divides the descriptors that a process may open: connections get those that the store, its files and the
// connections to other nodes do not need.
struct DescriptorRoom
{
    static constexpr qint64 Reserved = 1024; // for these; half of all if that is less

    int connections;   // at most
    int maxDescriptor; // a connection's descriptor < this, even if other parts have opened more than planned

    static DescriptorRoom within(qint64 limit, int wanted)
    {
        const qint64 kept = limit > 2 * Reserved ? Reserved : limit - limit / 2;
        return {int(std::min<qint64>(wanted, limit - kept)), int(limit - kept / 2)};
    }
};

// Limits the connections: in all, and from one address. Loopback addresses count only in the first limit.
class ConnectionAdmission
{
public:
    // `perAddress` 0: any number.
    ConnectionAdmission(int connections, int perAddress)
        : m_connections(connections), m_perAddress(perAddress)
    {
    }

    int limit() const { return m_connections; }
    // Takes a place for a connection; false if there is none.
    bool enter(const QHostAddress &peer)
    {
        const bool isCounted = m_perAddress > 0 && !peer.isLoopback();
        if (m_open >= m_connections || (isCounted && m_byAddress.value(peer) >= m_perAddress))
            return false;
        ++m_open;
        if (isCounted)
            ++m_byAddress[peer];
        return true;
    }
    // Gives it back.
    void leave(const QHostAddress &peer)
    {
        --m_open;
        const auto count = m_byAddress.find(peer);
        if (count != m_byAddress.end() && --*count == 0)
            m_byAddress.erase(count);
    }

private:
    int m_connections;
    int m_perAddress;
    int m_open = 0;
    QHash<QHostAddress, int> m_byAddress; // open connections
};

} // namespace replog
