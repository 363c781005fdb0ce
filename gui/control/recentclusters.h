// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

namespace replog {

// The most recently opened clusters, newest first, in the user's settings.
struct RecentCluster
{
    enum class Kind { Address, File, Folder };
    Kind kind = Kind::Address;
    QString place; // URL, path of a cluster file, folder of a local cluster

    static constexpr qsizetype Most = 8;
    static QList<RecentCluster> all();
    static void remember(const RecentCluster &cluster);

    friend bool operator==(const RecentCluster &, const RecentCluster &) = default;
};

} // namespace replog
