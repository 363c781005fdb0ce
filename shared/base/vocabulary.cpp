// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/vocabulary.h"

#include <algorithm>
#include <iterator>

namespace replog {

namespace {

// In the order of the enumerators.
constexpr QByteArrayView ModeWords[] = {"unknown", "read-write", "read-only", "fenced",
                                        "failed",  "following",  "refused",   "diverged"};
constexpr QByteArrayView HealthWords[] = {"unknown", "healthy",  "suspected",   "unhealthy",
                                          "gave-up", "diverged", "misdirected", "incompatible"};
static_assert(std::size(ModeWords) == static_cast<size_t>(NodeMode::Diverged) + 1);
static_assert(std::size(HealthWords) == static_cast<size_t>(NodeHealth::Incompatible) + 1);

// The enumerator of that word; Unknown (0) for another word.
template <typename Enum, size_t Size>
Enum fromWord(const QByteArrayView (&words)[Size], QByteArrayView word)
{
    const auto *const it = std::find(std::begin(words), std::end(words), word);
    return it == std::end(words) ? Enum{} : static_cast<Enum>(it - std::begin(words));
}

} // namespace

QByteArray toWord(NodeMode mode)
{
    return ModeWords[static_cast<size_t>(mode)].toByteArray();
}

QByteArray toWord(NodeHealth health)
{
    return HealthWords[static_cast<size_t>(health)].toByteArray();
}

NodeMode modeFromWord(QByteArrayView word)
{
    return fromWord<NodeMode>(ModeWords, word);
}

NodeHealth healthFromWord(QByteArrayView word)
{
    return fromWord<NodeHealth>(HealthWords, word);
}

} // namespace replog
