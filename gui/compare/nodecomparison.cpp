// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/compare/nodecomparison.h"

#include "gui/cluster/nodeclient.h"

#include <QJsonArray>

#include <memory>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
// The only message of a list.
ComparedMessage messageOf(const CallResult &result)
{
    if (!result.ok())
        return {{}, result.error};
    const QJsonObject message = result.json().value("messages"_L1).toArray().first().toObject();
    return {message, message.isEmpty() ? NodeComparison::tr("It lists no message there.") : QString()};
}
} // namespace

NodeComparison::NodeComparison(Ask ask, QObject *parent) : QObject(parent), m_ask(std::move(ask)) {}

void NodeComparison::start(const QString &one, const QString &other, quint64 first, quint64 last)
{
    ++m_generation;
    m_one = one;
    m_other = other;
    m_first = first;
    m_last = last;
    if (last < first) {
        emit sharesNothing();
        return;
    }
    askDigests(last, [this, last](bool isSame) {
        if (isSame)
            emit same(last);
        else
            compareBeginnings();
    });
}

void NodeComparison::compareBeginnings()
{
    if (m_first <= 1) {
        narrow();
        return;
    }
    askDigests(m_first - 1, [this](bool isSame) {
        if (isSame)
            narrow();
        else
            emit differsBefore(m_first);
    });
}

// Asks both nodes at once and continues when both have answered.
void NodeComparison::askDigests(quint64 to, std::function<void(bool same)> next)
{
    struct Pair
    {
        QStringList digests;
        bool over = false;
    };
    const auto pair = std::make_shared<Pair>();
    const auto take = [this, pair, generation = m_generation,
                       next = std::move(next)](const CallResult &result) {
        if (generation != m_generation || pair->over)
            return;
        const QString digest = result.json().value("digest"_L1).toVariant().toString();
        if (!result.ok() || digest.isEmpty()) {
            pair->over = true;
            emit failed(result.error.isEmpty() ? tr("A node tells no digest.") : result.error);
            return;
        }
        pair->digests.append(digest);
        if (pair->digests.size() == 2)
            next(pair->digests[0] == pair->digests[1]);
    };
    const QString path = u"/api/v1/digest?to=%1"_s.arg(to);
    m_ask(m_one, path, this, take);
    m_ask(m_other, path, this, take);
}

// Invariant: the logs are the same before m_first, and differ somewhere in m_first..m_last.
void NodeComparison::narrow()
{
    emit progressed(m_first, m_last);
    if (m_first == m_last) {
        readBoth();
        return;
    }
    const quint64 middle = m_first + (m_last - m_first) / 2;
    askDigests(middle, [this, middle](bool isSame) {
        if (isSame)
            m_first = middle + 1;
        else
            m_last = middle;
        narrow();
    });
}

void NodeComparison::readBoth()
{
    // Of all that is held: what differs may not be committed.
    const QString path = u"/api/v1/messages?from=%1&limit=1&view=all"_s.arg(m_first);
    m_ask(m_one, path, this, [this, path, generation = m_generation](const CallResult &one) {
        if (generation != m_generation)
            return;
        m_ask(m_other, path, this, [this, one, generation](const CallResult &other) {
            if (generation == m_generation)
                emit differs(m_first, messageOf(one), messageOf(other));
        });
    });
}

} // namespace replog
