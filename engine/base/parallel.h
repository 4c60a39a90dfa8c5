// The same work for each of many things, several at a time.
#pragma once

#include <cstddef>
#include <functional>

namespace planrun {

/// Threads for work that has no number of workers of its own: one a core, at most eight.
int thread_count();

/// Calls `work` with each number below `count`, begun in rising order, on up to thread_count() threads. Where
/// calls throw, no further ones begin, and the exception of the lowest number is thrown when all have ended.
void for_each_at_once(std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace planrun
