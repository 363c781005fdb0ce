// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/replicatecodec.h"

#include "shared/log/replicateforms.h"

#include <simdjson.h>

#include <algorithm>
#include <limits>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr quint64 MaxId = std::numeric_limits<quint64>::max() / 2;
}

Error malformedField(const QString &field, const QString &what)
{
    return {Errc::InvalidArgument, u"%1: %2"_s.arg(field, what), field};
}

std::optional<quint32> narrowed(quint64 value)
{
    if (value > std::numeric_limits<quint32>::max())
        return std::nullopt;
    return static_cast<quint32>(value);
}

Result<void> checkRequest(ReplicateRequest &request)
{
    if (request.epoch.number == 0)
        return malformedField(u"epoch"_s, u"must be at least 1"_s);
    quint64 previous = 0;
    for (const Epoch &epoch : request.epochs) {
        if (epoch.number <= previous || epoch.number > request.epoch.number)
            return malformedField(u"starts"_s, u"epoch %1 where one from %2 to %3 follows"_s.arg(epoch.number)
                                                   .arg(previous + 1)
                                                   .arg(request.epoch.number));
        if (epoch.start == 0)
            return malformedField(u"starts"_s,
                                  u"the start of epoch %1 must be at least 1"_s.arg(epoch.number));
        previous = epoch.number;
    }
    request.epoch = epochOf(request.epochs, request.epoch.number);
    request.prev.epoch = epochOf(request.epochs, request.prev.epoch.number);
    if (request.prev.id > MaxId)
        return malformedField(u"prev_id"_s, u"is beyond any log's end"_s);
    const quint64 prevEpoch = request.prev.epoch.number;
    const quint64 highestEpoch = request.epoch.number;
    if ((request.prev.id == 0) != (prevEpoch == 0) || prevEpoch > highestEpoch)
        return malformedField(u"prev_epoch"_s,
                              u"%1 cannot be the epoch of entry %2"_s.arg(prevEpoch).arg(request.prev.id));
    quint64 expected = request.prev.id + 1;
    quint64 lowestEpoch = std::max<quint64>(prevEpoch, 1);
    for (const Entry &entry : request.entries) {
        if (entry.id != expected)
            return malformedField(u"entries"_s, u"id %1 where %2 follows"_s.arg(entry.id).arg(expected));
        if (entry.epoch < lowestEpoch || entry.epoch > highestEpoch)
            return malformedField(
                u"entries"_s,
                u"entry %1 has an epoch outside %2 to %3"_s.arg(entry.id).arg(lowestEpoch).arg(highestEpoch));
        lowestEpoch = entry.epoch;
        if (entry.w == 0)
            return malformedField(u"entries"_s, u"entry %1 has w 0"_s.arg(entry.id));
        if (!simdjson::validate_utf8(entry.message.constData(), static_cast<size_t>(entry.message.size())) ||
            !simdjson::validate_utf8(entry.key.constData(), static_cast<size_t>(entry.key.size())))
            return malformedField(u"entries"_s, u"entry %1 is not UTF-8"_s.arg(entry.id));
        ++expected;
    }
    return {};
}

Result<ReplicateAnswer> decodeAnswer(int status, const QByteArray &contentType, const QByteArray &body)
{
    if (status != 200)
        return decodeRefusalJson(status, body);
    if (!contentType.startsWith("application/cbor"))
        return Error{Errc::Protocol,
                     u"answered %1 where application/cbor was asked"_s.arg(QLatin1StringView(contentType))};
    return decodeAcceptedCbor(body);
}

} // namespace replog
