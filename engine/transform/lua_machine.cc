#include "transform/lua_machine.h"

#include <new>
#include <tuple>

#include "base/text.h"
#include "transform/lua_library.h"
#include "transform/lua_values.h"

namespace planrun {

namespace {

// A database takes neither a NUL nor broken UTF-8 in the reason of a reject.
std::string plain_text(std::string_view message) {
  std::string plain;
  for (const char c : replace_invalid_utf8(message)) {
    if (c == '\0') {
      plain += "\\0";
    } else {
      plain += c;
    }
  }
  return plain;
}

// The hook is asked every so many instructions.
constexpr int kInstructionsBetweenHooks = 1000;
constexpr int kMillion = 1'000'000;
constexpr int kStackSlots = 64;

// Keys in the registry, by address.
const char kEnvironment = 0;
const char kLoaded = 0;

// "file.lua:12: ..." as Lua and error() write it.
bool has_position(std::string_view message) {
  const std::size_t colon = message.find(".lua:");
  return colon != std::string_view::npos && message.find('\n') >= colon && colon + 5 < message.size() &&
         message[colon + 5] >= '0' && message[colon + 5] <= '9';
}

// Any error object becomes a text with the line on which it was raised.
int add_position(lua_State* lua) {
  if (lua_type(lua, 1) != LUA_TSTRING) {
    if (luaL_getmetafield(lua, 1, "__tostring") == LUA_TNIL) {
      lua_pushfstring(lua, "the error is a %s", luaL_typename(lua, 1));
    } else {
      lua_pop(lua, 1);
      luaL_tolstring(lua, 1, nullptr);
    }
    lua_replace(lua, 1);
  }
  std::size_t size = 0;
  const char* text = lua_tolstring(lua, 1, &size);
  if (has_position({text, size})) return 1;
  lua_Debug at;
  for (int level = 1; lua_getstack(lua, level, &at) != 0; ++level) {
    lua_getinfo(lua, "Sl", &at);
    if (at.currentline <= 0) continue;
    lua_pushfstring(lua, "%s:%d: %s", at.short_src, at.currentline, text);
    return 1;
  }
  return 1;
}

}  // namespace

bool operator<(const LuaKey& a, const LuaKey& b) {
  return std::tie(a.kind, a.number, a.text) < std::tie(b.kind, b.number, b.text);
}

LuaMachine::LuaMachine(FindModule find, const LuaLimits& limits)
    : find_(std::move(find)), limits_(limits), memory_(limits.memory_bytes) {
  state_.reset(lua_newstate(LuaMemory::allocate, &memory_));
  if (!state_) throw std::bad_alloc();
  *static_cast<LuaMachine**>(lua_getextraspace(state())) = this;
  lua_pushcfunction(state(), add_position);
  if (lua_checkstack(state(), kStackSlots) == 0 || !run(open, nullptr, 0)) throw std::bad_alloc();
}

// Once it has tripped it is called at every instruction: a pcall() catches the error and goes no further.
void LuaMachine::on_count(lua_State* lua, lua_Debug* at) {
  LuaMachine& machine = of(lua);
  machine.instructions_left_ -= kInstructionsBetweenHooks;
  if (machine.instructions_left_ > 0) return;
  lua_sethook(lua, on_count, LUA_MASKCOUNT, 1);
  lua_getinfo(lua, "Sl", at);
  lua_pushfstring(lua, "%s:%d: more than %d million instructions for one row", at->short_src, at->currentline,
                  static_cast<int>(machine.limits_.instructions / kMillion));
  lua_error(lua);
}

int LuaMachine::open(lua_State* lua) {
  register_values(lua);
  lua_newtable(lua);
  lua_rawsetp(lua, LUA_REGISTRYINDEX, &kLoaded);
  push_sandbox(lua, guarded<require>);
  lua_rawsetp(lua, LUA_REGISTRYINDEX, &kEnvironment);
  return 0;
}

bool LuaMachine::run(lua_CFunction step, void* argument, int results, std::initializer_list<int> more) {
  lua_State* lua = state();
  instructions_left_ = limits_.instructions;
  lua_sethook(lua, on_count, LUA_MASKCOUNT, kInstructionsBetweenHooks);
  lua_pushcfunction(lua, step);
  lua_pushlightuserdata(lua, argument);
  for (const int index : more) lua_pushvalue(lua, index);
  const int status = lua_pcall(lua, 1 + static_cast<int>(more.size()), results, 1);
  if (status == LUA_OK) return true;
  if (status == LUA_ERRMEM) {
    failure_ = "more than " + std::to_string(limits_.memory_bytes >> 20) + " MB of memory for one row";
  } else {
    std::size_t size = 0;
    const char* text = lua_type(lua, -1) == LUA_TSTRING ? lua_tolstring(lua, -1, &size)
                                                        : nullptr;  // no number: that allocates
    failure_ = text == nullptr ? "an error without a message" : plain_text({text, size});
  }
  lua_pop(lua, 1);
  return false;
}

const LuaFile* LuaMachine::find(std::string_view module) {
  return find_(std::string(module));
}

// Modules are loaded before the first row: what they are is known then, and covered by the fingerprint.
int LuaMachine::require(lua_State* lua) {
  LuaMachine& machine = of(lua);
  std::size_t size = 0;
  const char* name = luaL_checklstring(lua, 1, &size);
  lua_settop(lua, 1);
  lua_rawgetp(lua, LUA_REGISTRYINDEX, &kLoaded);  // 2
  lua_pushvalue(lua, 1);
  if (lua_rawget(lua, 2) == LUA_TLIGHTUSERDATA)
    return luaL_error(lua, "require '%s': the modules require each other", name);
  if (!lua_isnil(lua, -1)) return 1;
  if (!machine.is_loading_)
    return luaL_error(lua, "require '%s' inside a function: it belongs at the top of its file", name);
  const LuaFile* file = machine.find({name, size});
  if (file == nullptr) return luaL_error(lua, "require '%s': there is no such file in transforms/", name);
  lua_pushvalue(lua, 1);
  lua_pushlightuserdata(lua, &machine);  // while it is being loaded
  lua_rawset(lua, 2);
  lua_pushfstring(lua, "@%s", file->file.c_str());
  if (luaL_loadbufferx(lua, file->text.data(), file->text.size(), lua_tostring(lua, -1), "t") != LUA_OK)
    return lua_error(lua);
  lua_rawgetp(lua, LUA_REGISTRYINDEX, &kEnvironment);
  lua_setupvalue(lua, -2, 1);
  lua_call(lua, 0, 1);
  if (!lua_istable(lua, -1)) return luaL_error(lua, "%s returns no table of functions", file->file.c_str());
  lua_pushvalue(lua, 1);
  lua_pushvalue(lua, -2);
  lua_rawset(lua, 2);
  return 1;
}

// The argument is the name, "module.function".
int LuaMachine::load_function(lua_State* lua) {
  const std::string_view name = *static_cast<const std::string*>(lua_touserdata(lua, 1));
  const std::size_t dot = name.rfind('.');
  lua_pushcfunction(lua, guarded<require>);
  lua_pushlstring(lua, name.data(), dot);
  lua_call(lua, 1, 1);
  lua_pushlstring(lua, name.data() + dot + 1, name.size() - dot - 1);
  lua_pushvalue(lua, -1);
  if (lua_rawget(lua, -3) != LUA_TFUNCTION)
    return luaL_error(lua, "the file has no function '%s' in the table that it returns",
                      lua_tostring(lua, -2));
  return 1;
}

bool LuaMachine::push_function(const std::string& name) {
  is_loading_ = true;
  std::string copy = name;
  const bool loaded = run(load_function, &copy, 1);
  is_loading_ = false;
  return loaded;
}

}  // namespace planrun
