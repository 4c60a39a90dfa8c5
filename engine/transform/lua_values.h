// Values that Lua has no type for: blobs, decimals that no double prints, JSON's null and arrays.
#pragma once

#include <optional>
#include <string_view>

#include <lua.hpp>

namespace planrun {

/// Makes their metatables; once a state, before anything else here.
void register_values(lua_State* lua);

void push_blob_value(lua_State* lua, std::string_view bytes);
/// `canonical` is a canonical decimal (base/decimal.h).
void push_decimal_value(lua_State* lua, std::string_view canonical);
void push_json_null(lua_State* lua);
/// Marks the table on the top of the stack as a JSON array.
void mark_array(lua_State* lua);

/// None of these raises; the views live as long as the value.
std::optional<std::string_view> blob_at(lua_State* lua, int index);
std::optional<std::string_view> decimal_at(lua_State* lua, int index);
bool is_json_null(lua_State* lua, int index);
bool is_marked_array(lua_State* lua, int index);

}  // namespace planrun
