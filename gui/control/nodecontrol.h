// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustertypes.h"

#include <QObject>

namespace replog {

// Who runs the processes of a cluster's nodes: children of this program, commands from a cluster file, or
// nobody. Nothing here waits: perform() returns at once, what comes of it is told by signals. GUI thread.
class NodeControl : public QObject
{
    Q_OBJECT
public:
    enum class Action { Start, Stop, Kill, Freeze, Thaw };
    Q_ENUM(Action)

    using QObject::QObject;

    virtual bool can(const QString &node, Action action) const = 0;
    virtual QString whyNot(const QString &node, Action action) const = 0; // a sentence; empty if it can
    virtual void perform(const QString &node, Action action) = 0;
    virtual ProcessState processState(const QString &node) const = 0;

signals:
    void performed(const QString &node,
                   replog::NodeControl::Action action); // it was asked for, and is under way
    void processStateChanged(const QString &node,
                             replog::ProcessState state); // what can() says may have changed too
    void outputLine(const QString &node, const QString &line);
    void failed(const QString &node, const QString &text); // an action did not work, and why
};

} // namespace replog
