// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/scenario/met.h"

namespace replog {

const std::array<Met::Count, 17> Met::All{{{"truncated", &Met::truncated},
                                           {"fenced", &Met::fenced},
                                           {"strangers", &Met::strangers},
                                           {"doubled", &Met::doubled},
                                           {"namesakes", &Met::namesakes},
                                           {"misdirected", &Met::misdirected},
                                           {"moved", &Met::moved},
                                           {"renamed", &Met::renamed},
                                           {"replaced", &Met::replaced},
                                           {"trimmed", &Met::trimmed},
                                           {"begun behind", &Met::begunBehind},
                                           {"restored", &Met::restored},
                                           {"restored leads", &Met::restoredLeads},
                                           {"outgrown", &Met::outgrown},
                                           {"next version", &Met::nextVersion},
                                           {"incompatible", &Met::incompatible},
                                           {"delivered in next", &Met::deliveredInNext}}};

Met::Met(SimulatedCluster &cluster)
{
    QObject::connect(&cluster, &SimulatedCluster::happened, &cluster, [this](const QByteArray &event) {
        truncated += event.contains(": drops its log from");
        fenced += event.contains(": fenced: ");
        strangers += event.contains(": refused ") && event.contains(": log_id: ");
        doubled += event.contains(": refused ") && event.contains(": node_id: ");
        namesakes += event.contains(": refused ") && event.contains(": name: ");
        misdirected += event.endsWith(" is misdirected");
        moved += event.contains(" moved to ");
        renamed += event.contains(" is called ");
        replaced += event.contains(": another node is called ");
        trimmed += event.contains(": begins with ");
        begunBehind += event.contains(": goes on behind ");
        outgrown += event.contains(", and the backup that this log was restored from ends at ");
        nextVersion += event.endsWith(": speaks the next version, too");
        incompatible += event.endsWith(" is incompatible");
    });
}

void Met::add(const Met &other)
{
    for (const Count &each : All)
        this->*each.count += other.*each.count;
}

} // namespace replog
