// What a transform finds in its world, each part opened by a file of its own. All leave the stack as it was,
// but for what they say they push, and may raise Lua errors: they run inside LuaMachine::run().
#pragma once

#include <lua.hpp>

#include "transform/lua_machine.h"

namespace planrun {

/// Pushes the environment of every module: the safe part of Lua's own library and ours, locked. `require` is
/// the machine's.
void push_sandbox(lua_State* lua, lua_CFunction require);

/// Pushes `pairs`, `next` and `table.sort` that depend on nothing but their arguments.
void push_pairs(lua_State* lua);
void push_next(lua_State* lua);
void push_sort(lua_State* lua);

/// Push a library each.
void push_json(lua_State* lua);
void push_decimal(lua_State* lua);
void push_blob(lua_State* lua);
void push_text(lua_State* lua);
void push_time(lua_State* lua);
void push_uuid(lua_State* lua);

/// Sets `functions` in a new table, which it pushes.
void push_functions(lua_State* lua, const luaL_Reg* functions);

/// Pushes what `tostring` says: never an address.
void push_as_text(lua_State* lua, int index);

}  // namespace planrun
