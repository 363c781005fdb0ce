// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>

#include <functional>
#include <utility>

namespace replog {

class AnswerQueue;
class Front;

// A callback that is dropped when its context object is destroyed.
struct ContextCallback
{
    QPointer<QObject> context;
    std::function<void()> call;

    // Runs the callback at most once.
    void fireOnce()
    {
        const auto once = std::exchange(call, {});
        if (once && context)
            once();
    }
};

// One request and its answer, seen from the answer's side: its place in the connection's queue. Copies of
// Reply and ReplyStream own it. The queue keeps a plain pointer, which the destructor removes; the queue
// clears `queue` if the connection goes first.
class Exchange
{
public:
    enum class State { Waiting, Streaming, Done };

    Exchange() = default;
    ~Exchange();
    Q_DISABLE_COPY_MOVE(Exchange)

    AnswerQueue *queue = nullptr;
    QPointer<Front> front; // whose responder writes the answer, if the request went through Qt
    quint64 sequence = 0;
    State state = State::Waiting;
    bool isHead = false;
    bool isHttp10 = false;
    bool keepAlive = true;
    bool isLong = false; // see RouteSpec
    bool isFull = false; // a stream whose writer was told to wait
    ContextCallback gone;
    ContextCallback drained;
};

} // namespace replog
