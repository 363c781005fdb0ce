// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QObject>

#include <functional>

namespace replog {

struct CallResult;

// A message as a node lists it, or why it could not be read there.
struct ComparedMessage
{
    QJsonObject document;
    QString error; // empty: `document` was read
};

// Finds the first message in which the logs of two nodes differ by binary search over the digests of their
// prefixes: a log of a billion messages takes thirty pairs of requests. One comparison at a time.
class NodeComparison : public QObject
{
    Q_OBJECT
public:
    using Done = std::function<void(const CallResult &)>;
    // Sends GET `path` to `node`.
    using Ask = std::function<void(const QString &node, const QString &path, QObject *context, Done done)>;

    explicit NodeComparison(Ask ask, QObject *parent = nullptr);

    // Compares messages `first` to `last`, which both nodes should hold, and by digest what was before. One
    // of the signals follows.
    void start(const QString &one, const QString &other, quint64 first, quint64 last);

signals:
    void progressed(quint64 from, quint64 to); // the first difference, if there is one, is in from..to
    void same(quint64 last);
    void sharesNothing(); // first > last
    // In what is not kept any more: the entries themselves cannot be compared.
    void differsBefore(quint64 first);
    // The first message that differs.
    void differs(quint64 id, const replog::ComparedMessage &one, const replog::ComparedMessage &other);
    void failed(const QString &error);

private:
    void askDigests(quint64 to, std::function<void(bool same)> next);
    void compareBeginnings();
    void narrow();
    void readBoth();

    Ask m_ask;
    QString m_one, m_other;
    quint64 m_first = 1; // the smallest id that may differ
    quint64 m_last = 0;  // the logs differ in m_first..m_last
    quint64 m_generation = 0;
};

} // namespace replog
