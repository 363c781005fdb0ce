// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/leftovers.h"

#include "gui/control/clusterlauncher.h"
#include "gui/control/launcherwindow.h"
#include "gui/widgets/plainmessagebox.h"

#include <QPushButton>

using namespace Qt::StringLiterals;

namespace replog {

Leftovers::Leftovers(LauncherWindow &window, ClusterLauncher &launcher, const QString &stateFolder)
    : m_window(window), m_launcher(launcher), m_stateFolder(stateFolder)
{
}

void Leftovers::offerAll()
{
    m_pending = RunRecord::leftovers(m_stateFolder);
    offerNext();
}

void Leftovers::offerNext()
{
    if (!m_pending.isEmpty())
        offer(m_pending.takeFirst());
}

void Leftovers::offer(const RunRecord &record)
{
    QStringList alive;
    for (const RunRecord::Node &node : record.nodes) {
        if (node.process.isAlive())
            alive.append(tr("%1 (process %2)").arg(node.name, QString::number(node.process.pid)));
    }
    const bool running = !alive.isEmpty();
    QString more = tr("Folder: %1").arg(record.folder);
    if (running)
        more.prepend(alive.join(u", "_s) + u'\n');
    if (running && record.temporary)
        more +=
            u"\n\n"_s + tr("The folder is a temporary one: stopping the nodes deletes their data for good.");
    if (!m_pending.isEmpty())
        more += u"\n\n"_s + tr("%n more cluster(s) will be asked about.", nullptr, int(m_pending.size()));
    auto *const box = new PlainMessageBox(
        QMessageBox::Question, running ? tr("Nodes Left Running") : tr("Data Left Behind"),
        running ? tr("An earlier dashboard has left nodes of a local cluster running.")
                : tr("An earlier dashboard ended before it could ask what to do with the data "
                     "of its local cluster."),
        more, QMessageBox::NoButton, &m_window);
    box->setObjectName(u"leftovers"_s);
    QPushButton *const adopt =
        box->addButton(running ? tr("&Take Them Over") : tr("&Open It Again"), QMessageBox::AcceptRole);
    adopt->setObjectName(u"adoptNodes"_s);
    QPushButton *const stop = box->addButton(!running           ? tr("&Delete Them")
                                             : record.temporary ? tr("&Stop and Delete")
                                                                : tr("&Stop Them"),
                                             QMessageBox::DestructiveRole);
    stop->setObjectName(u"stopNodes"_s);
    box->addButton(tr("&Leave Them"), QMessageBox::RejectRole);
    box->setDefaultButton(adopt);
    connect(box, &QDialog::finished, this, [this, box, record, adopt, stop, running] {
        const QAbstractButton *const clicked = box->clickedButton();
        if (clicked == adopt) {
            LocalCluster::Options options;
            options.folder = record.folder;
            options.mustExist = true;
            // If some nodes run, adopt those and start no other secondary; if none runs, start all.
            const auto secondaries = running ? std::optional(QStringList()) : std::nullopt;
            m_launcher.replaceByLocal(options, secondaries, [this](const QString &problem) {
                m_window.notify(u"leftovers"_s, LauncherWindow::Severity::Error, problem);
            });
        } else if (clicked == stop) {
            stopLeftover(record);
        }
        offerNext();
    });
    box->open();
}

void Leftovers::stopLeftover(const RunRecord &record)
{
    LocalCluster::Options options;
    options.folder = record.folder;
    options.mustExist = true;
    options.stateFolder = m_stateFolder;
    Result<std::unique_ptr<LocalCluster>> opened = LocalCluster::open(options);
    if (!opened) {
        m_window.notify(u"leftovers"_s, LauncherWindow::Severity::Error, opened.error().text);
        return;
    }
    LocalCluster *const cluster = opened->release();
    cluster->setParent(this);
    cluster->discard();
    connect(cluster, &LocalCluster::stopped, cluster, &QObject::deleteLater, Qt::QueuedConnection);
    cluster->stopAll();
}

} // namespace replog
