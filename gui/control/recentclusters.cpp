// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/recentclusters.h"

#include <QSettings>
#include <QStringList>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr auto Key = "recent/clusters"_L1;
constexpr QLatin1StringView Words[] = {"address"_L1, "file"_L1, "folder"_L1}; // as Kind

} // namespace

QList<RecentCluster> RecentCluster::all()
{
    QList<RecentCluster> found;
    const QStringList stored = QSettings().value(Key).toStringList();
    for (const QString &text : stored) {
        for (int kind = 0; kind < 3; ++kind) {
            if (text.startsWith(Words[kind] + u' ') && found.size() < Most)
                found.append({Kind(kind), text.mid(Words[kind].size() + 1)});
        }
    }
    return found;
}

void RecentCluster::remember(const RecentCluster &cluster)
{
    QList<RecentCluster> clusters = all();
    clusters.removeAll(cluster);
    clusters.prepend(cluster);
    QStringList texts;
    for (const RecentCluster &one : clusters.first(std::min(Most, clusters.size())))
        texts.append(Words[int(one.kind)] + u' ' + one.place);
    QSettings().setValue(Key, texts);
}

} // namespace replog
