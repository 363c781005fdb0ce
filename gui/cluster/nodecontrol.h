// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustertypes.h"

#include <QObject>

namespace replog {

// Controls the processes of a cluster's nodes: children of this program, or commands of a cluster file. No
// call blocks: perform() returns at once, and signals tell the outcome. GUI thread.
class NodeControl : public QObject
{
    Q_OBJECT
public:
    enum class Action { Start, Stop, Kill, Freeze, Thaw };
    Q_ENUM(Action)

    using QObject::QObject;

    virtual bool can(const QString &node, Action action) const = 0;
    // A sentence; empty if the action is possible.
    virtual QString whyNot(const QString &node, Action action) const = 0;
    virtual void perform(const QString &node, Action action) = 0;
    virtual ProcessState processState(const QString &node) const = 0;
    // The node id in its data folder, if that is here; empty: not known. It may change with the process
    // state.
    virtual QString ownId(const QString &) const { return {}; }
    // The node turned out to have another name than the one that it had here, or to be the same as another
    // one.
    virtual void handleRenamed(const QString &from, const QString &to)
    {
        Q_UNUSED(from)
        Q_UNUSED(to)
    }

signals:
    void performed(const QString &node,
                   replog::NodeControl::Action action); // perform() has begun the action
    void processStateChanged(const QString &node,
                             replog::ProcessState state); // the answers of can() may have changed, too
    void outputLine(const QString &node, const QString &line);
    void failed(const QString &node, const QString &text); // `text`: why the action failed
};

} // namespace replog
