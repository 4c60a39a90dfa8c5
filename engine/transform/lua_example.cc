// An example, run.
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "transform/lua_transform.h"

namespace planrun {

namespace {

constexpr std::size_t kShownBytes = 200;

std::string shown(const KeyValue* value) {
  if (value == nullptr) return "nothing";
  switch (value->kind) {
    case CellKind::integer:
      return "integer " + std::to_string(value->integer);
    case CellKind::real: {
      Key key;
      key.values.push_back(*value);
      return "real " + to_text(key);
    }
    case CellKind::text:
      return "text " + quote_for_message(value->bytes, kShownBytes);
    case CellKind::blob:
      return "blob " + to_hex(value->bytes);
    case CellKind::null:
      break;
  }
  return "null";
}

const KeyValue* find(const NamedValues& values, const std::string& name) {
  for (const auto& [other, value] : values) {
    if (other == name) return &value;
  }
  return nullptr;
}

void compare(std::size_t row, const NamedValues& expected, const NamedValues& given,
             std::vector<std::string>& wrong) {
  std::set<std::string> names;
  for (const auto& [name, value] : expected) names.insert(name);
  for (const auto& [name, value] : given) names.insert(name);
  for (const auto& name : names) {
    const KeyValue* want = find(expected, name);
    const KeyValue* have = find(given, name);
    if (want != nullptr && have != nullptr && *want == *have) continue;
    wrong.push_back("row " + std::to_string(row + 1) + ", field " + name + ": expected " + shown(want) +
                    ", given " + shown(have));
  }
}

std::string rows_text(std::size_t count) {
  return count == 0 ? "no row" : std::to_string(count) + (count == 1 ? " row" : " rows");
}

// What the function made of the example's row, in a fresh state.
struct Outcome {
  std::vector<NamedValues> rows;
  std::string failure;  // empty: none
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome run(const PlanExample& example, const std::vector<LuaFile>& files) {
  ResolvedTransform transform{example.transform.text, {}, {}, files};
  std::vector<Cell> cells;
  for (const auto& [name, value] : example.row) {
    transform.inputs.push_back(name);
    cells.push_back(cell_of(value));
  }
  const auto lua = make_lua_transform(transform);
  Outcome outcome;
  const auto count = lua->apply(cells);
  for (std::size_t i = 0; count && i < *count; ++i) {
    auto row = lua->named_output(i);
    if (!row) {
      outcome.failure = lua->failure();
      return outcome;
    }
    outcome.rows.push_back(std::move(*row));
  }
  if (!count) outcome.failure = lua->failure();
  return outcome;
}

}  // namespace

std::vector<std::string> check_example(const PlanExample& example, const std::vector<LuaFile>& files) {
  const Outcome outcome = run(example, files);
  std::vector<std::string> wrong;
  if (outcome != run(example, files)) wrong.emplace_back("run twice it gives different rows");
  if (example.fails) {
    if (outcome.failure.empty()) {
      wrong.push_back("expected to fail with " + quote_for_message(example.fails->text) + ", given " +
                      rows_text(outcome.rows.size()));
    } else if (outcome.failure.find(example.fails->text) == std::string::npos) {
      wrong.push_back("expected to fail with " + quote_for_message(example.fails->text) +
                      ", failed with: " + outcome.failure);
    }
    return wrong;
  }
  if (!outcome.failure.empty()) {
    wrong.push_back("failed: " + outcome.failure);
    return wrong;
  }
  if (outcome.rows.size() != example.gives.size()) {
    wrong.push_back("expected " + rows_text(example.gives.size()) + ", given " +
                    rows_text(outcome.rows.size()));
  }
  static const NamedValues kNoRow;
  for (std::size_t i = 0; i < std::max(outcome.rows.size(), example.gives.size()); ++i) {
    compare(i, i < example.gives.size() ? example.gives[i] : kNoRow,
            i < outcome.rows.size() ? outcome.rows[i] : kNoRow, wrong);
  }
  return wrong;
}

}  // namespace planrun
