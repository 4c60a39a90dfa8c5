// pairs, next and table.sort whose order depends on nothing but the keys: Lua's own differs from process to
// process, and so would the rows of a resumed chunk.
#include <algorithm>

#include "transform/lua_library.h"

namespace planrun {

namespace {

// The key on the top of the stack. Raises for a key that has no place in an order.
LuaKey key_at_top(lua_State* lua, lua_Integer place) {
  LuaKey key;
  key.place = place;
  switch (lua_type(lua, -1)) {
    case LUA_TBOOLEAN:
      key.kind = LuaKey::Kind::boolean;
      key.number = lua_toboolean(lua, -1);
      return key;
    case LUA_TNUMBER:
      key.kind = LuaKey::Kind::number;
      key.number = lua_isinteger(lua, -1) != 0 ? static_cast<long double>(lua_tointeger(lua, -1))
                                               : static_cast<long double>(lua_tonumber(lua, -1));
      return key;
    case LUA_TSTRING: {
      std::size_t size = 0;
      const char* text = lua_tolstring(lua, -1, &size);
      key.kind = LuaKey::Kind::text;
      key.text = {text, size};
      return key;
    }
    default:
      luaL_error(lua, "a table with a %s as a key has no order to walk it in", luaL_typename(lua, -1));
      return key;
  }
}

// Upvalues: the table's keys in order, and how many were given.
int next_of_pairs(lua_State* lua) {
  lua_Integer given = lua_tointeger(lua, lua_upvalueindex(2));
  for (;;) {
    ++given;
    if (lua_rawgeti(lua, lua_upvalueindex(1), given) == LUA_TNIL) return 1;
    lua_pushvalue(lua, -1);
    if (lua_rawget(lua, 1) != LUA_TNIL) break;
    lua_pop(lua, 2);  // gone meanwhile
  }
  lua_pushinteger(lua, given);
  lua_replace(lua, lua_upvalueindex(2));
  return 2;
}

// Keys in an array in order; the table is at 1.
void push_ordered_keys(lua_State* lua) {
  lua_newtable(lua);
  const int natural = lua_gettop(lua);
  auto& keys = LuaMachine::of(lua).keys;
  keys.clear();
  lua_Integer count = 0;
  lua_pushnil(lua);
  while (lua_next(lua, 1) != 0) {
    lua_pop(lua, 1);
    keys.push_back(key_at_top(lua, ++count));
    lua_pushvalue(lua, -1);
    lua_rawseti(lua, natural, count);
  }
  if (std::is_sorted(keys.begin(), keys.end())) return;
  std::sort(keys.begin(), keys.end());
  lua_createtable(lua, static_cast<int>(count), 0);
  for (lua_Integer i = 0; i < count; ++i) {
    lua_rawgeti(lua, natural, keys[static_cast<std::size_t>(i)].place);
    lua_rawseti(lua, -2, i + 1);
  }
  lua_replace(lua, natural);
}

int ordered_pairs(lua_State* lua) {
  luaL_checkany(lua, 1);
  if (luaL_getmetafield(lua, 1, "__pairs") != LUA_TNIL) {
    lua_pushvalue(lua, 1);
    lua_call(lua, 1, 3);
    return 3;
  }
  luaL_checktype(lua, 1, LUA_TTABLE);
  lua_settop(lua, 1);
  push_ordered_keys(lua);
  lua_pushinteger(lua, 0);
  lua_pushcclosure(lua, next_of_pairs, 2);
  lua_pushvalue(lua, 1);
  lua_pushnil(lua);
  return 3;
}

// The least key above the given one: a walk with `next` alone takes a time that grows with the square of the
// size.
int ordered_next(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  lua_settop(lua, 2);
  const bool is_first = lua_isnil(lua, 2);
  const LuaKey after = is_first ? LuaKey() : key_at_top(lua, 0);
  LuaKey best;
  bool found = false;
  lua_pushnil(lua);  // 3: the best key
  lua_pushnil(lua);
  while (lua_next(lua, 1) != 0) {
    lua_pop(lua, 1);
    const LuaKey key = key_at_top(lua, 0);
    if ((is_first || after < key) && (!found || key < best)) {
      best = key;
      found = true;
      lua_pushvalue(lua, -1);
      lua_replace(lua, 3);
    }
  }
  lua_settop(lua, 3);
  if (!found) return 1;
  lua_pushvalue(lua, 3);
  lua_rawget(lua, 1);
  return 2;
}

// Whether the value on the top goes before the one below it; takes both off. A comparison is at 2, or nil.
bool goes_before(lua_State* lua) {
  bool less = false;
  if (lua_isnil(lua, 2)) {
    less = lua_compare(lua, -1, -2, LUA_OPLT) != 0;
    lua_pop(lua, 2);
  } else {
    lua_pushvalue(lua, 2);
    lua_insert(lua, -3);
    lua_insert(lua, -2);  // comparison, top, below
    lua_call(lua, 2, 1);
    less = lua_toboolean(lua, -1) != 0;
    lua_pop(lua, 1);
  }
  return less;
}

// Merges [begin, middle) and [middle, end) of the array at `from` into the one at `to`.
void merge(lua_State* lua, int from, int to, lua_Integer begin, lua_Integer middle, lua_Integer end) {
  lua_Integer left = begin;
  lua_Integer right = middle;
  for (lua_Integer out = begin; out < end; ++out) {
    bool take_right = left == middle;
    if (left < middle && right < end) {
      lua_rawgeti(lua, from, left);
      lua_rawgeti(lua, from, right);
      take_right = goes_before(lua);
    }
    lua_rawgeti(lua, from, take_right ? right++ : left++);
    lua_rawseti(lua, to, out);
  }
}

// Equal elements stay in their order; Lua's own sort picks a pivot by the clock in a long list.
int stable_sort(lua_State* lua) {
  luaL_checkany(lua, 1);
  if (!lua_isnoneornil(lua, 2)) luaL_checktype(lua, 2, LUA_TFUNCTION);
  lua_settop(lua, 2);
  const lua_Integer size = luaL_len(lua, 1);
  int from = 3;
  int to = 4;
  lua_newtable(lua);
  lua_newtable(lua);
  for (lua_Integer i = 1; i <= size; ++i) {
    lua_geti(lua, 1, i);
    lua_rawseti(lua, from, i);
  }
  for (lua_Integer width = 1; width < size; width *= 2) {
    for (lua_Integer begin = 1; begin <= size; begin += 2 * width) {
      merge(lua, from, to, begin, std::min(begin + width, size + 1), std::min(begin + 2 * width, size + 1));
    }
    std::swap(from, to);
  }
  for (lua_Integer i = 1; i <= size; ++i) {
    lua_rawgeti(lua, from, i);
    lua_seti(lua, 1, i);
  }
  return 0;
}

}  // namespace

void push_pairs(lua_State* lua) {
  lua_pushcfunction(lua, guarded<ordered_pairs>);
}

void push_next(lua_State* lua) {
  lua_pushcfunction(lua, ordered_next);
}

void push_sort(lua_State* lua) {
  lua_pushcfunction(lua, stable_sort);
}

}  // namespace planrun
