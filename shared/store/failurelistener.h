// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/store/storeerror.h"

#include <rocksdb/listener.h>

#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace replog {

// Reports a failure of RocksDB in the background, on its thread; RocksDB refuses every write from then on.
class FailureListener final : public rocksdb::EventListener
{
public:
    using Handler = std::function<void(const Error &)>;

    // It is told of a failure that has been, too. Null: nobody is told.
    void setHandler(Handler handler)
    {
        const std::lock_guard lock(m_mutex);
        m_handler = std::move(handler);
        if (m_handler && m_error)
            m_handler(*m_error);
    }

    void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status *status) override
    {
        const std::lock_guard lock(m_mutex);
        m_error = writeError(*status);
        if (m_handler)
            m_handler(*m_error);
    }

    // A store that failed stays so until it is opened again: its owner has stopped accepting.
    void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status, bool *autoRecovery) override
    {
        *autoRecovery = false;
    }

private:
    std::mutex m_mutex;
    Handler m_handler;
    std::optional<Error> m_error;
};

} // namespace replog
