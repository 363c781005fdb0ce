// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace replog {

// Which part of a log a reader sees: all that the node holds durably, or what is committed of it.
enum class View { All, Committed };

// How far readers see a node's log. `firstId` is the oldest entry still kept, `durableId` the end of the
// gap-free part that the node holds durably (view "all"), and `committedId` the end of its committed part
// (view "committed"). firstId <= committedId + 1, committedId <= durableId; committedId and firstId never go
// back.
class VisibleLog : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    quint64 durableId() const { return m_durableId; }
    quint64 committedId() const { return m_committedId; }
    quint64 firstId() const { return m_firstId; }
    quint64 end(View view) const { return view == View::All ? m_durableId : m_committedId; }

    // Goes back only where a log is truncated, and never below committedId.
    void setDurableId(quint64 id)
    {
        if (id == m_durableId)
            return;
        m_durableId = id;
        emit durableChanged(id);
    }
    void setCommittedId(quint64 id)
    {
        if (id <= m_committedId)
            return;
        m_committedId = id;
        emit committedChanged(id);
    }

    // Older entries are gone. Never goes back.
    void setFirstId(quint64 id)
    {
        if (id <= m_firstId)
            return;
        m_firstId = id;
        emit firstChanged(id);
    }

signals:
    void durableChanged(quint64 id);
    void committedChanged(quint64 id);
    void firstChanged(quint64 id);

private:
    quint64 m_durableId = 0;
    quint64 m_committedId = 0;
    quint64 m_firstId = 1;
};

} // namespace replog
