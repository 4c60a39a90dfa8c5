// A plan's Lua function between the source's rows and the columns: one row in; none, one or several out.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "data/cell.h"
#include "plan/resolved_plan.h"

namespace planrun {

/// One thread. The function is pure: the same row gives the same rows, whatever came before.
class RowTransform {
 public:
  virtual ~RowTransform() = default;
  /// `row`: a cell an input. How many rows the function made of it, 0: it is dropped. nullopt: failure() says
  /// why, with file and line.
  virtual std::optional<std::size_t> apply(std::span<const Cell> row) = 0;
  /// The nth row that apply() made, a cell a field; valid until the next apply(). False: failure() says what
  /// in it is no value of a column, or no field.
  virtual bool output(std::size_t n, std::span<Cell> fields) = 0;
  /// The same with whatever fields it has, in the order of their names; nullopt: failure().
  virtual std::optional<NamedValues> named_output(std::size_t n) = 0;
  virtual const std::string& failure() const = 0;
};

/// `describe_row` says in words which row is under way, for a function that never ends.
/// Throws Error(plan) where a file does not load or lacks the function. The transform's files must outlive
/// it.
std::unique_ptr<RowTransform> make_lua_transform(const ResolvedTransform& transform,
                                                 std::function<std::string()> describe_row = {});

/// Where a plan's modules are looked for, in this order.
std::vector<std::filesystem::path> transform_folders(const std::filesystem::path& plan_file);

/// The module of `name` ("module.function") and all that it requires, read from the first folder that has
/// each. Throws Error(plan) where one is missing or wrong, or the function is not there.
std::vector<LuaFile> read_lua_files(const std::string& name,
                                    const std::vector<std::filesystem::path>& folders,
                                    const ReadFile& read_file = read_whole_file);

/// What is wrong with an example; empty: the function does what it says. Throws Error(plan) as above.
std::vector<std::string> check_example(const PlanExample& example, const std::vector<LuaFile>& files);

}  // namespace planrun
