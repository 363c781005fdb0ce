// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/log/entry.h"

#include <QCryptographicHash>
#include <QtEndian>

namespace replog {

// The running checksum behind LogStore::digest(): feed the entries from 1 on, in order.
class LogDigest
{
public:
    void add(const EntryView &entry)
    {
        char head[24];
        qToBigEndian(entry.id, head);
        qToBigEndian(entry.epoch, head + 8);
        qToBigEndian(quint64(entry.message.size()), head + 16);
        m_hash.addData(QByteArrayView(head, sizeof head));
        m_hash.addData(entry.message);
    }

    QByteArray result() const { return m_hash.result().toHex(); }

private:
    QCryptographicHash m_hash{QCryptographicHash::Sha256};
};

} // namespace replog
