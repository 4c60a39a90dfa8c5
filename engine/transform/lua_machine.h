// A Lua state that reaches nothing but values: no files, clock, chance or globals of its own, bounded memory
// and instructions. The C functions of Lua that are written here keep two rules: no C++ object with a
// destructor is alive where a Lua call may raise, and no C++ exception leaves them (see guarded()).
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <lua.hpp>

#include "plan/resolved_plan.h"
#include "transform/lua_memory.h"

namespace planrun {

struct LuaLimits {
  /// Of one state, for all that it holds. A row's JSON, decoded, is some ten times its text.
  std::size_t memory_bytes = 256U << 20;
  /// Of one call: about a second. The same row meets the same limit on every machine, as a time would not.
  std::int64_t instructions = 50'000'000;
};

/// A key of a table, apart from the table, to be put in order.
struct LuaKey {
  enum class Kind { boolean, number, text } kind = Kind::boolean;
  long double number = 0;  // holds every integer and every double
  std::string_view text;
  lua_Integer place = 0;
};
bool operator<(const LuaKey& a, const LuaKey& b);

/// One thread. Stack index 1 is the message handler; all else is the caller's.
class LuaMachine {
 public:
  /// The text of a module, valid as long as the machine; null: there is none.
  using FindModule = std::function<const LuaFile*(const std::string& module)>;

  explicit LuaMachine(FindModule find, const LuaLimits& limits = {});

  lua_State* state() const { return state_.get(); }
  /// Loads the module and pushes its function; `name` is "module.function". False: failure() says why.
  bool push_function(const std::string& name);
  /// Calls `step` with `argument` as a light userdata and the values at the stack indices `more`, within the
  /// limits; `results` as in lua_pcall. False: failure() says why, with file and line where Lua was running.
  bool run(lua_CFunction step, void* argument, int results, std::initializer_list<int> more = {});
  const std::string& failure() const { return failure_; }
  /// Work that costs as much as so many instructions.
  void charge(std::int64_t instructions) { instructions_left_ -= instructions; }

  static LuaMachine& of(lua_State* lua) { return **static_cast<LuaMachine**>(lua_getextraspace(lua)); }

  // For the functions of the libraries: what may not stand on the stack of a call that may raise.
  std::string scratch;
  std::vector<LuaKey> keys;
  char error_text[512] = {};

 private:
  struct Close {
    void operator()(lua_State* lua) const { lua_close(lua); }
  };
  static void on_count(lua_State* lua, lua_Debug* at);
  static int open(lua_State* lua);
  static int require(lua_State* lua);
  static int load_function(lua_State* lua);
  const LuaFile* find(std::string_view module);

  FindModule find_;
  LuaLimits limits_;
  LuaMemory memory_;
  std::int64_t instructions_left_ = 0;
  bool is_loading_ = false;
  std::string failure_;
  std::unique_ptr<lua_State, Close> state_;  // last: it frees into memory_
};

/// A C function of Lua around `Body`, whose C++ exceptions become Lua errors once the catch is left.
template <int (*Body)(lua_State*)>
int guarded(lua_State* lua) {
  LuaMachine& machine = LuaMachine::of(lua);
  try {
    return Body(lua);
  } catch (const std::exception& error) {
    std::string_view text = error.what();
    text = text.substr(0, sizeof machine.error_text - 1);
    machine.error_text[text.copy(machine.error_text, text.size())] = '\0';
  }
  return luaL_error(lua, "%s", machine.error_text);
}

}  // namespace planrun
