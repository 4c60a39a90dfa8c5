// The safe part of Lua's own library.
#include <algorithm>
#include <iterator>

#include "transform/lua_library.h"

namespace planrun {

namespace {

// Marks the metatable of a table that nobody may change, and names the metatable a copy was made of.
const char kLocked = 0;
const char kOriginal = 0;

int refuse_change(lua_State* lua) {
  push_as_text(lua, 2);
  return luaL_error(lua, "'%s' cannot be set: globals and libraries are locked; use `local`",
                    lua_tostring(lua, -1));
}

// Of Lua, and not here: code that runs elsewhere too asks whether they are there.
bool is_left_out(std::string_view name) {
  constexpr std::string_view kNames[] = {"os",    "io",       "debug",      "package", "coroutine",
                                         "load",  "loadfile", "loadstring", "dofile",  "print",
                                         "warn",  "unpack",   "setfenv",    "getfenv", "jit",
                                         "bit32", "module",   "newproxy",   "_PROMPT", "collectgarbage"};
  return std::ranges::find(kNames, name) != std::end(kNames);
}

// A misspelt name would be nil, and nil a null in the target.
int refuse_unknown(lua_State* lua) {
  if (lua_type(lua, 2) == LUA_TSTRING && is_left_out(lua_tostring(lua, 2))) return 0;
  push_as_text(lua, 2);
  return luaL_error(lua, "there is no global '%s': misspelt, or a `local` that comes later?",
                    lua_tostring(lua, -1));
}

// Replaces the table on the top of the stack by an empty one that reads from it.
void lock(lua_State* lua) {
  lua_newtable(lua);
  lua_createtable(lua, 0, 4);
  lua_rotate(lua, -3, -1);  // the table comes to the top
  lua_setfield(lua, -2, "__index");
  lua_pushcfunction(lua, refuse_change);
  lua_setfield(lua, -2, "__newindex");
  lua_pushliteral(lua, "locked");
  lua_setfield(lua, -2, "__metatable");
  lua_pushboolean(lua, 1);
  lua_rawsetp(lua, -2, &kLocked);
  lua_setmetatable(lua, -2);
}

bool is_locked(lua_State* lua, int index) {
  if (lua_getmetatable(lua, index) == 0) return false;
  const bool locked = lua_rawgetp(lua, -1, &kLocked) != LUA_TNIL;
  lua_pop(lua, 2);
  return locked;
}

int raw_set(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  luaL_checkany(lua, 2);
  luaL_checkany(lua, 3);
  if (is_locked(lua, 1)) return luaL_error(lua, "rawset: globals and libraries are locked");
  lua_settop(lua, 3);
  lua_rawset(lua, 1);
  return 1;
}

int to_text(lua_State* lua) {
  luaL_checkany(lua, 1);
  push_as_text(lua, 1);
  return 1;
}

// What is set is a copy: a __mode or __gc that is written into the metatable later has no effect.
int set_metatable(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  const bool removes = lua_type(lua, 2) == LUA_TNIL;
  luaL_argexpected(lua, removes || lua_type(lua, 2) == LUA_TTABLE, 2, "nil or table");
  if (luaL_getmetafield(lua, 1, "__metatable") != LUA_TNIL)
    return luaL_error(lua, "cannot change a protected metatable");
  lua_settop(lua, 2);
  if (removes) {
    lua_setmetatable(lua, 1);
    return 1;
  }
  for (const char* refused : {"__gc", "__mode"}) {
    lua_pushstring(lua, refused);
    if (lua_rawget(lua, 2) != LUA_TNIL)
      return luaL_error(lua, "setmetatable: %s is not available: it depends on when memory is freed",
                        refused);
    lua_pop(lua, 1);
  }
  lua_newtable(lua);  // 3
  lua_pushnil(lua);
  while (lua_next(lua, 2) != 0) {
    lua_pushvalue(lua, -2);
    lua_insert(lua, -2);
    lua_rawset(lua, 3);
  }
  lua_pushvalue(lua, 2);
  lua_rawsetp(lua, 3, &kOriginal);
  lua_setmetatable(lua, 1);
  lua_settop(lua, 1);
  return 1;
}

int get_metatable(lua_State* lua) {
  luaL_checkany(lua, 1);
  if (luaL_getmetafield(lua, 1, "__metatable") != LUA_TNIL) return 1;
  lua_settop(lua, 1);
  if (lua_getmetatable(lua, 1) == 0) {
    lua_pushnil(lua);
  } else {
    lua_rawgetp(lua, -1, &kOriginal);
  }
  return 1;
}

bool asks_for_address(std::string_view format) {
  for (std::size_t i = format.find('%'); i < format.size(); i = format.find('%', i + 1)) {
    i = std::min(format.find_first_not_of("0123456789.+- #", i + 1), format.size());
    if (i < format.size() && format[i] == 'p') return true;
  }
  return false;
}

// pcall and xpcall, whose caught errors count: deep in a recursion Lua takes as long for one as for thousands
// of instructions. Upvalue 1: Lua's own.
int protected_call(lua_State* lua) {
  constexpr std::int64_t kCaughtError = 5000;
  lua_pushvalue(lua, lua_upvalueindex(1));
  lua_insert(lua, 1);
  lua_call(lua, lua_gettop(lua) - 1, LUA_MULTRET);
  if (lua_toboolean(lua, 1) == 0) LuaMachine::of(lua).charge(kCaughtError);
  return lua_gettop(lua);
}

// string.format, without %p and with push_as_text() for what has no text of its own. Upvalue 1: Lua's own.
int format(lua_State* lua) {
  std::size_t size = 0;
  const char* text = luaL_checklstring(lua, 1, &size);
  if (asks_for_address({text, size}))
    return luaL_error(lua, "string.format: %%p is not available: addresses differ from run to run");
  const int count = lua_gettop(lua);
  for (int i = 2; i <= count; ++i) {
    const int type = lua_type(lua, i);
    if (type != LUA_TTABLE && type != LUA_TFUNCTION && type != LUA_TUSERDATA && type != LUA_TLIGHTUSERDATA)
      continue;
    push_as_text(lua, i);
    lua_replace(lua, i);
  }
  lua_pushvalue(lua, lua_upvalueindex(1));
  lua_insert(lua, 1);
  lua_call(lua, count, 1);
  return 1;
}

// Into the table on the top of the stack.
void remove(lua_State* lua, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    lua_pushnil(lua);
    lua_setfield(lua, -2, name);
  }
}

void set_function(lua_State* lua, const char* name, lua_CFunction function) {
  lua_pushcfunction(lua, function);
  lua_setfield(lua, -2, name);
}

// Puts `function` around the one of that name, which becomes its upvalue.
void wrap(lua_State* lua, const char* name, lua_CFunction function) {
  lua_getfield(lua, -1, name);
  lua_pushcclosure(lua, function, 1);
  lua_setfield(lua, -2, name);
}

void push_string_library(lua_State* lua) {
  luaL_requiref(lua, "string", luaopen_string, 0);
  remove(lua, {"dump"});
  wrap(lua, "format", format);
  // The metatable that all strings share.
  lua_pushliteral(lua, "");
  lua_getmetatable(lua, -1);
  lua_pushliteral(lua, "locked");
  lua_setfield(lua, -2, "__metatable");
  lua_pop(lua, 2);
}

void push_table_library(lua_State* lua) {
  luaL_requiref(lua, "table", luaopen_table, 0);
  push_sort(lua);
  lua_setfield(lua, -2, "sort");
}

void push_math_library(lua_State* lua) {
  luaL_requiref(lua, "math", luaopen_math, 0);
  remove(lua, {"random", "randomseed"});
}

void push_utf8_library(lua_State* lua) {
  luaL_requiref(lua, "utf8", luaopen_utf8, 0);
}

}  // namespace

void push_functions(lua_State* lua, const luaL_Reg* functions) {
  lua_newtable(lua);
  luaL_setfuncs(lua, functions, 0);
}

void push_as_text(lua_State* lua, int index) {
  const int at = lua_absindex(lua, index);
  if (luaL_getmetafield(lua, at, "__tostring") != LUA_TNIL) {
    lua_pop(lua, 1);
    luaL_tolstring(lua, at, nullptr);
    return;
  }
  const int type = lua_type(lua, at);
  if (type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TBOOLEAN || type == LUA_TNIL) {
    luaL_tolstring(lua, at, nullptr);
  } else {
    lua_pushstring(lua, lua_typename(lua, type));
  }
}

void push_sandbox(lua_State* lua, lua_CFunction require) {
  luaL_requiref(lua, "_G", luaopen_base, 0);
  remove(lua, {"collectgarbage", "dofile", "load", "loadfile", "loadstring", "print", "warn"});
  wrap(lua, "pcall", protected_call);
  wrap(lua, "xpcall", protected_call);
  set_function(lua, "rawset", raw_set);
  set_function(lua, "tostring", to_text);
  set_function(lua, "setmetatable", set_metatable);
  set_function(lua, "getmetatable", get_metatable);
  set_function(lua, "require", require);
  push_pairs(lua);
  lua_setfield(lua, -2, "pairs");
  push_next(lua);
  lua_setfield(lua, -2, "next");
  struct Library {
    const char* name;
    void (*push)(lua_State*);
  };
  constexpr Library kLibraries[] = {{"string", push_string_library},
                                    {"table", push_table_library},
                                    {"math", push_math_library},
                                    {"utf8", push_utf8_library},
                                    {"json", push_json},
                                    {"decimal", push_decimal},
                                    {"blob", push_blob},
                                    {"text", push_text},
                                    {"time", push_time},
                                    {"uuid", push_uuid}};
  for (const Library& library : kLibraries) {
    library.push(lua);
    lock(lua);
    lua_setfield(lua, -2, library.name);
  }
  lua_createtable(lua, 0, 1);
  set_function(lua, "__index", refuse_unknown);
  lua_setmetatable(lua, -2);
  lua_pushvalue(lua, -1);
  lock(lua);  // The environment; what it reads from stays below.
  lua_pushvalue(lua, -1);
  lua_setfield(lua, -3, "_G");
  lua_remove(lua, -2);
}

}  // namespace planrun
