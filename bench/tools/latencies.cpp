// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/tools/latencies.h"

#include <algorithm>

namespace replog::bench {

std::string Latencies::json()
{
    std::sort(m_micros.begin(), m_micros.end());
    const auto at = [this](double share) {
        if (m_micros.empty())
            return std::string("0");
        const auto index = std::min(m_micros.size() - 1,
                                    static_cast<std::size_t>(share * static_cast<double>(m_micros.size())));
        return std::to_string(m_micros[index]);
    };
    return "\"p50_us\":" + at(0.5) + ",\"p99_us\":" + at(0.99) + ",\"p999_us\":" + at(0.999) +
           ",\"max_us\":" + at(1.0);
}

} // namespace replog::bench
