// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace replog {

// The store's few reading threads. Tasks start in the order they were submitted in.
// submit() and close(): owner's thread.
class ReaderPool
{
public:
    explicit ReaderPool(int threads);
    ~ReaderPool();

    void submit(std::function<void()> task);
    // Drops the tasks that have not begun, waits for the others, and ends the threads.
    void close();

private:
    void run();

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::function<void()>> m_tasks; // guarded by m_mutex, as is the next
    bool m_closing = false;
    std::vector<std::thread> m_threads;
};

} // namespace replog
