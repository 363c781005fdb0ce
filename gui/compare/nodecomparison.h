// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QObject>

#include <functional>

namespace replog {

struct CallResult;

// Finds the first message in which the logs of two nodes differ: asks both for digests of their beginnings
// and halves what is left, so that a log of a billion messages takes thirty questions. One comparison at a
// time.
class NodeComparison : public QObject
{
    Q_OBJECT
public:
    using Done = std::function<void(const CallResult &)>;
    // Asks that node for that path.
    using Ask = std::function<void(const QString &node, const QString &path, QObject *context, Done done)>;

    explicit NodeComparison(Ask ask, QObject *parent = nullptr);

    // Compares messages `first` to `last`, which both nodes should hold. One of the signals follows.
    void start(const QString &one, const QString &other, quint64 first, quint64 last);

signals:
    void progressed(quint64 from, quint64 to); // the difference, if there is one, lies within
    void same(quint64 last);
    // The first that differs, as each of them has it; empty where a node does not tell.
    void differs(quint64 id, const QJsonObject &one, const QJsonObject &other);
    void failed(const QString &error);

private:
    void askDigests(quint64 to, std::function<void(bool same)> next);
    void narrow();
    void readBoth();

    Ask m_ask;
    QString m_one, m_other;
    quint64 m_first = 1; // the smallest that may differ
    quint64 m_last = 0;  // known to differ somewhere up to here
    quint64 m_generation = 0;
};

} // namespace replog
