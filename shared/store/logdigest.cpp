// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/store/logdigest.h"

#include "shared/store/xxh3.h"

#include <QtEndian>

namespace replog {

namespace {

// For fields that are mostly empty: an empty one has a fixed digest, without hashing.
LogDigest digestOf(QByteArrayView bytes)
{
    if (bytes.isEmpty())
        return {};
    const auto hash = xxh3Wide(bytes.data(), std::size_t(bytes.size()));
    return {hash.high64, hash.low64};
}

} // namespace

LogDigest LogDigest::with(const EntryView &entry) const
{
    char form[6 * sizeof(quint64) + 4 * Size];
    char *at = form;
    const auto putNumber = [&at](quint64 number) {
        qToBigEndian(number, at);
        at += sizeof number;
    };
    const auto putDigest = [&at](const LogDigest &digest) {
        digest.store(at);
        at += Size;
    };
    putNumber(high);
    putNumber(low);
    putNumber(entry.id);
    putNumber(entry.epoch);
    putNumber(quint64(entry.timeMs));
    putNumber((quint64(entry.asked) << 32) | entry.w);
    putDigest(digestOf(entry.key));
    putDigest(digestOf(entry.type));
    putDigest(digestOf(entry.headers));
    putDigest(digestOf(entry.message));
    const auto hash = xxh3Wide(form, sizeof form);
    return {hash.high64, hash.low64};
}

QByteArray LogDigest::toHex() const
{
    char form[Size];
    store(form);
    return QByteArray::fromRawData(form, qsizetype(Size)).toHex();
}

void LogDigest::store(char *at) const
{
    qToBigEndian(high, at);
    qToBigEndian(low, at + sizeof high);
}

LogDigest LogDigest::load(const char *at)
{
    return {qFromBigEndian<quint64>(at), qFromBigEndian<quint64>(at + sizeof high)};
}

} // namespace replog
