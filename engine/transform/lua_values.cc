#include "transform/lua_values.h"

#include <cmath>
#include <cstring>

#include "base/decimal.h"
#include "base/decimal_math.h"
#include "transform/lua_library.h"

namespace planrun {

namespace {

// Keys in the registry, by address: the metatables, and the one null.
const char kBlob = 0;
const char kDecimal = 0;
const char kArray = 0;
const char kNull = 0;

// A userdata that holds bytes, with the metatable at `kind`.
void push_bytes(lua_State* lua, std::string_view bytes, const void* kind) {
  void* block = lua_newuserdatauv(lua, bytes.size(), 0);
  if (!bytes.empty()) std::memcpy(block, bytes.data(), bytes.size());
  lua_rawgetp(lua, LUA_REGISTRYINDEX, kind);
  lua_setmetatable(lua, -2);
}

bool has_metatable(lua_State* lua, int index, const void* kind) {
  if (lua_getmetatable(lua, index) == 0) return false;
  lua_rawgetp(lua, LUA_REGISTRYINDEX, kind);
  const bool same = lua_rawequal(lua, -1, -2) != 0;
  lua_pop(lua, 2);
  return same;
}

std::optional<std::string_view> bytes_at(lua_State* lua, int index, const void* kind) {
  if (lua_type(lua, index) != LUA_TUSERDATA || !has_metatable(lua, index, kind)) return std::nullopt;
  return std::string_view(static_cast<const char*>(lua_touserdata(lua, index)), lua_rawlen(lua, index));
}

// blob(bytes)

int new_blob(lua_State* lua) {
  std::size_t size = 0;
  const char* bytes = luaL_checklstring(lua, 1, &size);
  push_blob_value(lua, {bytes, size});
  return 1;
}

std::string_view check_blob(lua_State* lua, int index) {
  const auto bytes = blob_at(lua, index);
  if (!bytes) luaL_typeerror(lua, index, "blob");
  return bytes ? *bytes : std::string_view();
}

int blob_bytes(lua_State* lua) {
  const std::string_view bytes = check_blob(lua, 1);
  lua_pushlstring(lua, bytes.data(), bytes.size());
  return 1;
}

int blob_is(lua_State* lua) {
  lua_pushboolean(lua, blob_at(lua, 1).has_value() ? 1 : 0);
  return 1;
}

int blob_size(lua_State* lua) {
  lua_pushinteger(lua, static_cast<lua_Integer>(check_blob(lua, 1).size()));
  return 1;
}

int blob_equal(lua_State* lua) {
  lua_pushboolean(lua, blob_at(lua, 1) == blob_at(lua, 2) ? 1 : 0);
  return 1;
}

int blob_text(lua_State* lua) {
  lua_pushfstring(lua, "blob of %I bytes", static_cast<LUAI_UACINT>(check_blob(lua, 1).size()));
  return 1;
}

// decimal(text)

// Appends the canonical decimal at `index` to the end of `out`; false where it is none.
bool append_decimal(lua_State* lua, int index, std::string& out) {
  if (lua_type(lua, index) == LUA_TNUMBER) {
    if (lua_isinteger(lua, index) != 0) {
      out += std::to_string(lua_tointeger(lua, index));
      return true;
    }
    const double value = lua_tonumber(lua, index);
    if (!std::isfinite(value)) return false;
    std::string shortest;
    append_shortest_decimal(value, shortest);
    return append_canonical_decimal(shortest, out);
  }
  if (const auto decimal = decimal_at(lua, index)) {
    out += *decimal;
    return true;
  }
  if (lua_type(lua, index) != LUA_TSTRING) return false;
  std::size_t size = 0;
  const char* text = lua_tolstring(lua, index, &size);
  return append_canonical_decimal({text, size}, out, true);
}

void check_decimal(lua_State* lua, int index) {
  std::string& scratch = LuaMachine::of(lua).scratch;
  scratch.clear();
  if (!append_decimal(lua, index, scratch))
    luaL_argerror(lua, index, "no decimal written as [-]DIGITS[.DIGITS]");
}

int push_decimal_scratch(lua_State* lua) {
  push_decimal_value(lua, LuaMachine::of(lua).scratch);
  return 1;
}

// The decimals at 1 and 2 as `a` and `b`; false where one is none.
struct Operands {
  std::string a;
  std::string b;
  bool read(lua_State* lua) { return append_decimal(lua, 1, a) && append_decimal(lua, 2, b); }
};

template <std::string (*Compute)(std::string_view, std::string_view)>
int compute(lua_State* lua) {
  check_decimal(lua, 1);
  check_decimal(lua, 2);
  {
    Operands operands;
    operands.read(lua);
    LuaMachine::of(lua).scratch = Compute(operands.a, operands.b);
  }
  return push_decimal_scratch(lua);
}

std::string subtract(std::string_view a, std::string_view b) {
  return add_decimals(a, negate_decimal(b));
}

int compare(lua_State* lua) {
  check_decimal(lua, 1);
  check_decimal(lua, 2);
  Operands operands;
  operands.read(lua);
  return compare_decimals(operands.a, operands.b);
}

int decimal_compare(lua_State* lua) {
  lua_pushinteger(lua, compare(lua));
  return 1;
}

int decimal_equal(lua_State* lua) {
  lua_pushboolean(lua, decimal_at(lua, 1) == decimal_at(lua, 2) ? 1 : 0);
  return 1;
}

int decimal_less(lua_State* lua) {
  lua_pushboolean(lua, compare(lua) < 0 ? 1 : 0);
  return 1;
}

int decimal_less_or_equal(lua_State* lua) {
  lua_pushboolean(lua, compare(lua) <= 0 ? 1 : 0);
  return 1;
}

int decimal_negate(lua_State* lua) {
  check_decimal(lua, 1);
  std::string& scratch = LuaMachine::of(lua).scratch;
  scratch = negate_decimal(scratch);
  return push_decimal_scratch(lua);
}

int decimal_round(lua_State* lua) {
  constexpr lua_Integer kMostDigits = 16383;  // as PostgreSQL's numeric
  const lua_Integer scale = luaL_optinteger(lua, 2, 0);
  luaL_argcheck(lua, scale >= -kMostDigits && scale <= kMostDigits, 2, "too many digits");
  check_decimal(lua, 1);
  std::string& scratch = LuaMachine::of(lua).scratch;
  scratch = round_decimal(scratch, static_cast<int>(scale));
  return push_decimal_scratch(lua);
}

int new_decimal(lua_State* lua) {
  check_decimal(lua, 1);
  return push_decimal_scratch(lua);
}

int decimal_is(lua_State* lua) {
  lua_pushboolean(lua, decimal_at(lua, 1).has_value() ? 1 : 0);
  return 1;
}

int decimal_text(lua_State* lua) {
  check_decimal(lua, 1);
  const std::string& scratch = LuaMachine::of(lua).scratch;
  lua_pushlstring(lua, scratch.data(), scratch.size());
  return 1;
}

int null_text(lua_State* lua) {
  lua_pushliteral(lua, "null");
  return 1;
}

void set_metatable_of(lua_State* lua, const luaL_Reg* functions, const void* kind) {
  push_functions(lua, functions);
  lua_pushliteral(lua, "locked");
  lua_setfield(lua, -2, "__metatable");
  lua_rawsetp(lua, LUA_REGISTRYINDEX, kind);
}

constexpr luaL_Reg kBlobMeta[] = {
    {"__len", blob_size}, {"__eq", blob_equal}, {"__tostring", blob_text}, {nullptr, nullptr}};
constexpr luaL_Reg kDecimalMeta[] = {{"__add", guarded<compute<add_decimals>>},
                                     {"__sub", guarded<compute<subtract>>},
                                     {"__mul", guarded<compute<multiply_decimals>>},
                                     {"__unm", guarded<decimal_negate>},
                                     {"__eq", decimal_equal},
                                     {"__lt", guarded<decimal_less>},
                                     {"__le", guarded<decimal_less_or_equal>},
                                     {"__tostring", guarded<decimal_text>},
                                     {nullptr, nullptr}};
constexpr luaL_Reg kNullMeta[] = {{"__tostring", null_text}, {nullptr, nullptr}};
constexpr luaL_Reg kArrayMeta[] = {{nullptr, nullptr}};

}  // namespace

void register_values(lua_State* lua) {
  set_metatable_of(lua, kBlobMeta, &kBlob);
  set_metatable_of(lua, kDecimalMeta, &kDecimal);
  set_metatable_of(lua, kArrayMeta, &kArray);
  lua_newuserdatauv(lua, 0, 0);
  push_functions(lua, kNullMeta);
  lua_pushliteral(lua, "locked");
  lua_setfield(lua, -2, "__metatable");
  lua_setmetatable(lua, -2);
  lua_rawsetp(lua, LUA_REGISTRYINDEX, &kNull);
}

void push_blob_value(lua_State* lua, std::string_view bytes) {
  push_bytes(lua, bytes, &kBlob);
}

void push_decimal_value(lua_State* lua, std::string_view canonical) {
  push_bytes(lua, canonical, &kDecimal);
}

void push_json_null(lua_State* lua) {
  lua_rawgetp(lua, LUA_REGISTRYINDEX, &kNull);
}

void mark_array(lua_State* lua) {
  lua_rawgetp(lua, LUA_REGISTRYINDEX, &kArray);
  lua_setmetatable(lua, -2);
}

std::optional<std::string_view> blob_at(lua_State* lua, int index) {
  return bytes_at(lua, index, &kBlob);
}

std::optional<std::string_view> decimal_at(lua_State* lua, int index) {
  return bytes_at(lua, index, &kDecimal);
}

bool is_json_null(lua_State* lua, int index) {
  if (lua_type(lua, index) != LUA_TUSERDATA) return false;
  const int at = lua_absindex(lua, index);
  push_json_null(lua);
  const bool same = lua_rawequal(lua, at, -1) != 0;
  lua_pop(lua, 1);
  return same;
}

bool is_marked_array(lua_State* lua, int index) {
  return lua_type(lua, index) == LUA_TTABLE && has_metatable(lua, index, &kArray);
}

void push_blob(lua_State* lua) {
  constexpr luaL_Reg kFunctions[] = {
      {"of", new_blob}, {"bytes", blob_bytes}, {"is", blob_is}, {nullptr, nullptr}};
  push_functions(lua, kFunctions);
}

void push_decimal(lua_State* lua) {
  constexpr luaL_Reg kFunctions[] = {{"of", guarded<new_decimal>},
                                     {"is", decimal_is},
                                     {"add", guarded<compute<add_decimals>>},
                                     {"sub", guarded<compute<subtract>>},
                                     {"mul", guarded<compute<multiply_decimals>>},
                                     {"round", guarded<decimal_round>},
                                     {"compare", guarded<decimal_compare>},
                                     {nullptr, nullptr}};
  push_functions(lua, kFunctions);
}

}  // namespace planrun
