// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/details/acktimes.h"
#include "gui/details/messagefacts.h"
#include "gui/theme/texts.h"

#include <QHash>
#include <QTimer>
#include <QWidget>

#include <functional>

class QTabWidget;
class QToolButton;
class QTreeWidget;

namespace replog {

class ClusterSession;
class LongTextView;
class WrappedText;
struct CallResult;
struct NodeInfo;

// One message in full: its text, a tree if it is JSON, hexadecimal, its facts, and since when each node holds
// it. That time comes from the node's trace, or else is when this window learned of it.
class MessagePanel : public QWidget
{
    Q_OBJECT
public:
    static constexpr int MostTreeItems = 5000;

    // Since when nodes hold message `id`, by node, in ms UTC by their own clocks; nodes without a trace event
    // are left out.
    using Told = std::function<QHash<QString, double>(quint64 id)>;

    // `session` must outlive it.
    explicit MessagePanel(ClusterSession &session, QWidget *parent = nullptr);

    // Shows that message, once the panel is visible; 0: none.
    void showMessage(quint64 id);
    quint64 shown() const { return m_id; }
    const MessageFacts &facts() const { return m_facts; }

    void setTold(Told told);
    // Call it when `told` may return more than before.
    void handleTold();

signals:
    void sequenceRequested(quint64 id); // the user wants to see the message in the sequence diagram

protected:
    void showEvent(QShowEvent *event) override;

private:
    void setTexts();
    void askAgain();
    void handleReader();
    void handleNode();
    bool holds(const NodeInfo &node) const;
    qsizetype count(const std::function<bool(const NodeInfo &)> &predicate) const;
    void fetch();
    void handleAnswer(const CallResult &result);
    void fill();
    void fillFacts();
    void fillTree();

    ClusterSession &m_session;
    AckTimes m_ackTimes;
    Told m_told;
    QTimer m_tellAgain;
    QTimer m_askAgain;
    quint64 m_id = 0;
    quint64 m_asked = 0;   // the id that was requested last
    quint64 m_request = 0; // number of the last request: the answers to others are dropped
    MessageFacts m_facts;
    qsizetype m_ackers = 0;  // nodes that had acked the message when it was asked for last
    qsizetype m_holders = 0; // nodes that are shown to hold it
    QString m_problem;
    WrappedText *m_lines;
    QTabWidget *m_tabs;
    LongTextView *m_text;
    QTreeWidget *m_tree;
    LongTextView *m_hex;
    QToolButton *m_copyText;
    QToolButton *m_copyCurl;
    QToolButton *m_way;
    Texts m_texts;
};

} // namespace replog
