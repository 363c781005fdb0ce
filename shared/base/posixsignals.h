// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QObject>

class QSocketNotifier;

namespace replog {

// Brings signals of the operating system into the event loop. A second SIGINT ends the process at once with
// exit code 130, for whoever does not want to wait for a clean shutdown. One object a process, made in the
// thread of the event loop; it puts the former handlers back when it goes.
class PosixSignals : public QObject
{
    Q_OBJECT
public:
    explicit PosixSignals(const QList<int> &signalNumbers, QObject *parent = nullptr);
    ~PosixSignals() override;

signals:
    void received(int signalNumber);

private:
    class Former;
    QSocketNotifier *m_notifier = nullptr;
    QList<Former *> m_former;
};

} // namespace replog
