// text, time and uuid.
#include <array>

#include "base/text.h"
#include "base/time.h"
#include "base/uuid.h"
#include "transform/date_format.h"
#include "transform/letters.h"
#include "transform/lua_library.h"

namespace planrun {

namespace {

std::string_view check_text(lua_State* lua, int index) {
  std::size_t size = 0;
  const char* text = luaL_checklstring(lua, index, &size);
  return {text, size};
}

int push_scratch(lua_State* lua) {
  const std::string& scratch = LuaMachine::of(lua).scratch;
  lua_pushlstring(lua, scratch.data(), scratch.size());
  return 1;
}

int text_trim(lua_State* lua) {
  const std::string_view trimmed = trim(check_text(lua, 1));
  lua_pushlstring(lua, trimmed.data(), trimmed.size());
  return 1;
}

// A list of the parts; an empty text has one, which is empty.
int text_split(lua_State* lua) {
  std::string_view text = check_text(lua, 1);
  const std::string_view separator = check_text(lua, 2);
  luaL_argcheck(lua, !separator.empty(), 2, "the separator is empty");
  lua_newtable(lua);
  for (lua_Integer count = 1;; ++count) {
    const std::size_t at = text.find(separator);
    const std::string_view part = text.substr(0, at);
    lua_pushlstring(lua, part.data(), part.size());
    lua_rawseti(lua, -2, count);
    if (at == std::string_view::npos) return 1;
    text.remove_prefix(at + separator.size());
  }
}

int text_lower(lua_State* lua) {
  const std::string_view text = check_text(lua, 1);
  std::string& out = LuaMachine::of(lua).scratch;
  out.clear();
  append_lower(text, out);
  return push_scratch(lua);
}

int text_slug(lua_State* lua) {
  const std::string_view text = check_text(lua, 1);
  std::string& out = LuaMachine::of(lua).scratch;
  out.clear();
  append_slug(text, out);
  return push_scratch(lua);
}

int raise(lua_State* lua, const char* what, std::string_view why) {
  lua_pushlstring(lua, why.data(), why.size());
  return luaL_error(lua, "%s: %s", what, lua_tostring(lua, -1));
}

// time.parse(text [, format]): microseconds since 1970 in UTC, and whether the text named a zone.
int time_parse(lua_State* lua) {
  const std::string_view text = check_text(lua, 1);
  const bool has_format = !lua_isnoneornil(lua, 2);
  const std::string_view format = has_format ? check_text(lua, 2) : std::string_view();
  std::string& iso = LuaMachine::of(lua).scratch;
  iso.clear();
  std::string_view reason;
  if (has_format) {
    iso = DateFormat::check(format);
    if (!iso.empty()) return raise(lua, "time.parse: the format", iso);
    if (!DateFormat(format).append_iso(text, iso)) {
      return raise(lua, "time.parse",
                   "the text does not match the format, or names no day or time that exists");
    }
  }
  const std::optional<IsoTime> time = parse_iso_time(has_format ? std::string_view(iso) : text, reason);
  if (!time) return raise(lua, "time.parse: the text", reason);
  if (!time->has_date) return raise(lua, "time.parse", "the text has no date");
  constexpr std::int64_t kMicrosPerSecond = 1'000'000;
  lua_pushinteger(
      lua, time->days * kMicrosPerDay + time->micros - time->zone_seconds.value_or(0) * kMicrosPerSecond);
  lua_pushboolean(lua, time->zone_seconds ? 1 : 0);
  return 2;
}

// time.format(micros): "YYYY-MM-DD HH:MM:SS[.ffffff]", in UTC.
int time_format(lua_State* lua) {
  constexpr std::int64_t kFirst = -719'162;  // 0001-01-01
  constexpr std::int64_t kLast = 2'932'896;  // 9999-12-31
  const std::int64_t micros = luaL_checkinteger(lua, 1);
  luaL_argcheck(lua, micros >= kFirst * kMicrosPerDay && micros < (kLast + 1) * kMicrosPerDay, 1,
                "years are 0001 to 9999");
  std::string& out = LuaMachine::of(lua).scratch;
  out.clear();
  append_timestamp(micros, out);
  return push_scratch(lua);
}

int uuid_of_name(lua_State* lua) {
  const std::string_view space = check_text(lua, 1);
  const std::string_view name = check_text(lua, 2);
  {
    const auto uuid = uuid_v5(space, name);
    LuaMachine::of(lua).scratch = uuid.value_or("");
  }
  luaL_argcheck(lua, !LuaMachine::of(lua).scratch.empty(), 1, "a UUID, or dns, url, oid or x500");
  return push_scratch(lua);
}

}  // namespace

void push_text(lua_State* lua) {
  constexpr luaL_Reg kFunctions[] = {{"trim", text_trim},
                                     {"split", text_split},
                                     {"lower", guarded<text_lower>},
                                     {"slug", guarded<text_slug>},
                                     {nullptr, nullptr}};
  push_functions(lua, kFunctions);
}

void push_time(lua_State* lua) {
  constexpr luaL_Reg kFunctions[] = {
      {"parse", guarded<time_parse>}, {"format", guarded<time_format>}, {nullptr, nullptr}};
  push_functions(lua, kFunctions);
}

void push_uuid(lua_State* lua) {
  constexpr luaL_Reg kFunctions[] = {{"v5", guarded<uuid_of_name>}, {nullptr, nullptr}};
  push_functions(lua, kFunctions);
}

}  // namespace planrun
