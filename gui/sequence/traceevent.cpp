// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/sequence/traceevent.h"

#include "gui/cluster/statusdocument.h"
#include "gui/widgets/plaintext.h"

#include <QHash>
#include <QJsonObject>

#include <algorithm>
#include <limits>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr qsizetype WordCharacters = 128;
constexpr double LatestMs = 253'402'300'799'999; // the end of the year 9999
} // namespace

std::optional<TraceEvent> TraceEvent::read(const QString &node, const QJsonObject &document)
{
    static const QHash<QString, What> words{
        {u"appended"_s, What::Appended},   {u"sent"_s, What::Sent},         {u"retried"_s, What::Retried},
        {u"received"_s, What::Received},   {u"durable"_s, What::Durable},   {u"acked"_s, What::Acked},
        {u"committed"_s, What::Committed}, {u"answered"_s, What::Answered}, {u"lost"_s, What::Missed}};
    const auto word = words.constFind(document.value("what"_L1).toString());
    if (word == words.cend())
        return {};
    const auto number = [&](QLatin1StringView key) {
        return quint64(std::max<qint64>(0, document.value(key).toInteger()));
    };
    const auto text = [&](QLatin1StringView key) {
        return PlainText::oneLine(document.value(key).toString(), WordCharacters);
    };
    TraceEvent event;
    event.node = node;
    event.what = *word;
    event.timeMs = std::clamp(document.value("time"_L1).toDouble(), 0.0, LatestMs);
    event.last = number("last_id"_L1);
    event.first = std::min(number("first_id"_L1), event.last);
    event.w = quint32(std::min<quint64>(number("w"_L1), std::numeric_limits<quint32>::max()));
    event.peer = StatusDocument::name({{u"name"_s, document.value("node"_L1)}}); // as the model names it
    event.end = text("end"_L1);
    event.accepted = document.value("accepted"_L1).toBool(true);
    event.missed = number("events"_L1);
    return event;
}

} // namespace replog
