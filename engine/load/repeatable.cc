#include "load/repeatable.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "load/road.h"

namespace planrun {

namespace {

constexpr int kRows = 1000;
constexpr std::size_t kBytes = 16 << 20;

// All that a function makes of a row, with kinds and lengths, or why it failed.
std::string outcome_of(RowTransform& lua, std::span<const Cell> row, std::span<Cell> fields) {
  const auto count = lua.apply(row);
  if (!count) return "failed: " + lua.failure();
  std::string outcome = std::to_string(*count) + " rows";
  for (std::size_t n = 0; n < *count; ++n) {
    if (!lua.output(n, fields)) return outcome + ", of which " + std::to_string(n + 1) + ": " + lua.failure();
    outcome += '\n' + to_json(key_of(fields));
  }
  return outcome;
}

// Throws Error(plan) where a fresh state makes something else of `row` than `lua` does.
void compare_with_fresh(RowTransform& lua, std::span<const Cell> row, std::span<Cell> fields,
                        const ResolvedLoad& load, const std::function<std::string()>& describe_row) {
  const std::string first = outcome_of(lua, row, fields);
  const auto fresh = make_lua_transform(*load.transform, describe_row);
  if (first == outcome_of(*fresh, row, fields)) return;
  throw Error(ErrorCode::plan,
              "transform " + load.transform->name + " gave different rows for " + describe_row() +
                  " when it was run again",
              "a transform's rows follow from the row alone: it keeps nothing from one row to the next");
}

}  // namespace

void RepeatableSample::check(RowTransform& lua, std::span<const Cell> row, const ResolvedLoad& load,
                             const std::function<std::string()>& describe_row) {
  constexpr std::int64_t kShare = 20;
  next_ += std::max(kBetween, row_count_ / kShare);
  std::vector<Cell> fields(load.transform->fields.size());
  compare_with_fresh(lua, row, fields, load, describe_row);
}

void check_repeatable(Source& source, const ResolvedLoad& load) {
  if (!load.transform) return;
  const auto reader = source.read(read_request(load), {});
  const auto describe_row = [&] {
    return load.source + "." + load.source_table + " key " + to_text(reader->key());
  };
  const auto remembering = make_lua_transform(*load.transform, describe_row);
  std::vector<Cell> row(load.inputs.size());
  std::vector<Cell> fields(load.transform->fields.size());
  std::size_t bytes = 0;
  for (int i = 0; i < kRows && bytes < kBytes; ++i) {
    const ReadOutcome outcome = reader->next(row);
    if (outcome == ReadOutcome::end) return;
    if (outcome != ReadOutcome::row) continue;
    for (const Cell& cell : row) bytes += cell.bytes.size();
    compare_with_fresh(*remembering, row, fields, load, describe_row);
  }
}

}  // namespace planrun
