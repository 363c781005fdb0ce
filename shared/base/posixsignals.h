// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QObject>

class QSocketNotifier;

namespace replog {

// Delivers POSIX signals to the event loop. A second SIGINT ends the process at once with exit code 130, for
// users who do not want to wait for a clean shutdown. One object per process, made in the thread of the event
// loop; its destructor restores the former handlers.
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
