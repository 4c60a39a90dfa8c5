// json.decode and json.encode: what is decoded and encoded again has the same content. Whole numbers that fit
// are Lua's integers, others its floats where a float prints them, else decimals; arrays are marked, so that
// [] and {} differ.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/canonical_json.h"
#include "base/decimal.h"
#include "base/json_text.h"
#include "base/text.h"
#include "transform/lua_library.h"
#include "transform/lua_values.h"

namespace planrun {

namespace {

constexpr int kDepth = static_cast<int>(kJsonDepth);

// A decimal of so many digits is no value but an attack.
constexpr std::int64_t kMostDigits = 20'000;

// [-]DIGITS[.DIGITS] of a number token; false where it would be too long.
bool append_plain(const JsonNumber& number, std::string& out) {
  const auto whole = static_cast<std::int64_t>(number.whole.size());
  const auto fraction = static_cast<std::int64_t>(number.fraction.size());
  if (number.is_zero()) {
    out += '0';
    return true;
  }
  if (number.exponent > kMostDigits || number.exponent < -kMostDigits || whole + fraction > kMostDigits)
    return false;
  std::string digits(number.whole);
  digits += number.fraction;
  const std::int64_t point = whole + number.exponent;  // digits before the point
  if (point <= 0) {
    digits.insert(0, static_cast<std::size_t>(1 - point), '0');
    digits.insert(1, 1, '.');
  } else if (point < whole + fraction) {
    digits.insert(static_cast<std::size_t>(point), 1, '.');
  } else {
    digits.append(static_cast<std::size_t>(point - whole - fraction), '0');
  }
  return append_canonical_decimal((number.negative ? "-" : "") + digits, out, true);
}

// Walks a text that check_json() has found right. Nothing here has a destructor: every push may raise.
class Decoder {
 public:
  Decoder(lua_State* lua, std::string_view text) : lua_(lua), at_(text.data()), end_(at_ + text.size()) {}

  void value() {
    luaL_checkstack(lua_, 4, "JSON");
    skip_blanks();
    switch (*at_) {
      case '{':
        object();
        break;
      case '[':
        array();
        break;
      case '"':
        string();
        break;
      case 't':
        at_ += 4;
        lua_pushboolean(lua_, 1);
        break;
      case 'f':
        at_ += 5;
        lua_pushboolean(lua_, 0);
        break;
      case 'n':
        at_ += 4;
        push_json_null(lua_);
        break;
      default:
        number();
    }
  }

 private:
  void skip_blanks() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
  }

  // Past the next character that is no blank.
  char take() {
    skip_blanks();
    return *at_++;
  }

  bool is_empty(char close) {
    ++at_;
    skip_blanks();
    if (*at_ != close) return false;
    ++at_;
    return true;
  }

  // What a table will hold waits on the stack, so that the table has its size from the first: one that grows
  // is made anew at each power of two. More than so much goes into it in lots.
  static constexpr int kLot = 16;

  void object() {
    lua_pushnil(lua_);
    if (is_empty('}')) return set_members(0);
    std::string_view names[kLot];  // of the members that wait
    int waiting = 0;
    do {
      skip_blanks();
      names[waiting] = string();
      require_new(names, waiting);
      take();  // the colon
      value();
      if (++waiting == kLot) {
        set_members(waiting);
        waiting = 0;
      }
    } while (take() == ',');
    set_members(waiting);
  }

  // The last of the names, which is on the top of the stack.
  void require_new(const std::string_view* names, int last) {
    bool is_new = std::find(names, names + last, names[last]) == names + last;
    const int table = lua_gettop(lua_) - 1 - 2 * last;
    if (is_new && lua_istable(lua_, table)) {
      lua_pushvalue(lua_, -1);
      is_new = lua_rawget(lua_, table) == LUA_TNIL;
      lua_pop(lua_, 1);
    }
    if (!is_new)
      luaL_error(lua_, "json.decode: the key '%s' stands twice in its object", lua_tostring(lua_, -1));
  }

  // Into the table below them, or into a new one where there is none yet.
  void set_members(int waiting) {
    const int table = lua_gettop(lua_) - 2 * waiting;
    if (lua_isnil(lua_, table)) {
      lua_createtable(lua_, 0, waiting);
      lua_replace(lua_, table);
    }
    for (; waiting > 0; --waiting) lua_rawset(lua_, table);
  }

  void array() {
    lua_pushnil(lua_);
    lua_Integer size = 0;
    if (is_empty(']')) return set_elements(0, size);
    int waiting = 0;
    do {
      value();
      if (++waiting == kLot) {
        set_elements(waiting, size += waiting);
        waiting = 0;
      }
    } while (take() == ',');
    set_elements(waiting, size + waiting);
  }

  // As set_members(); the last of them is at `last`.
  void set_elements(int waiting, lua_Integer last) {
    const int table = lua_gettop(lua_) - waiting;
    if (lua_isnil(lua_, table)) {
      lua_createtable(lua_, waiting, 0);
      mark_array(lua_);
      lua_replace(lua_, table);
    }
    for (; waiting > 0; --waiting) lua_rawseti(lua_, table, last--);
  }

  // Pushes it; valid while it is on the stack.
  std::string_view string() {
    const char* begin = ++at_;
    at_ = end_of_plain_json(at_, end_);
    if (*at_ == '"') return push_text({begin, static_cast<std::size_t>(at_++ - begin)});
    std::string& text = LuaMachine::of(lua_).scratch;
    text.assign(begin, at_);
    while (*at_ != '"') {
      if (*at_ == '\\') {
        escape(text);
      } else {
        text += *at_++;
      }
    }
    ++at_;
    return push_text(text);
  }

  std::string_view push_text(std::string_view text) {
    return {lua_pushlstring(lua_, text.data(), text.size()), text.size()};
  }

  unsigned hex4() {
    unsigned code = 0;
    for (int i = 0; i < 4; ++i) code = code * 16 + static_cast<unsigned>(json_hex_digit(*at_++));
    return code;
  }

  void escape(std::string& text) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    const char name = at_[1];
    at_ += 2;
    if (name != 'u') {
      text += kMeant[kNames.find(name)];
      return;
    }
    unsigned code = hex4();
    if (code >= 0xD800 && code < 0xE000) {
      const bool pairs = code < 0xDC00 && end_ - at_ > 6 && at_[0] == '\\' && at_[1] == 'u';
      if (pairs) at_ += 2;
      const unsigned low = pairs ? hex4() : 0;
      if (low < 0xDC00 || low > 0xDFFF)
        luaL_error(lua_, "json.decode: half of a surrogate pair stands alone");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    append_utf8(code, text);
  }

  void number() {
    const char* begin = at_;
    while (at_ < end_ && std::string_view("+-.0123456789eE").find(*at_) != std::string_view::npos) ++at_;
    const std::string_view token(begin, static_cast<std::size_t>(at_ - begin));
    if (token.find_first_of(".eE") == std::string_view::npos) {
      std::int64_t whole = 0;
      if (std::from_chars(begin, at_, whole).ec == std::errc()) {
        lua_pushinteger(lua_, whole);
        return;
      }
    }
    double real = 0;
    std::from_chars(begin, at_, real);
    // A double keeps any 15 digits, and prints them.
    if (token.size() <= 16 && token.find_first_of("eE") == std::string_view::npos)
      return lua_pushnumber(lua_, real);
    std::string& plain = LuaMachine::of(lua_).scratch;
    plain.clear();
    if (!is_exact(token, real, plain)) luaL_error(lua_, "json.decode: a number has too many digits");
    if (plain.empty()) {
      lua_pushnumber(lua_, real);
    } else {
      push_decimal_value(lua_, plain);
    }
  }

  // Leaves `plain` empty where the double prints the token's value, else puts the decimal there.
  static bool is_exact(std::string_view token, double real, std::string& plain) {
    if (!append_plain(JsonNumber(token), plain)) return false;
    std::string shortest;
    std::string canonical;
    if (std::isfinite(real)) append_shortest_decimal(real, shortest);
    if (append_canonical_decimal(shortest, canonical) && canonical == plain) plain.clear();
    return true;
  }

  lua_State* lua_;
  const char* at_;
  const char* end_;
};

int decode(lua_State* lua) {
  std::size_t size = 0;
  const char* text = luaL_checklstring(lua, 1, &size);
  const JsonFault fault = check_json({text, size});
  if (fault != JsonFault::none) {
    const std::string_view why = describe(fault);
    lua_pushlstring(lua, why.data(), why.size());
    return luaL_error(lua, "json.decode: the text %s", lua_tostring(lua, -1));
  }
  Decoder(lua, {text, size}).value();
  return 1;
}

// Writes into the machine's scratch. Calls nothing that raises; returns what is wrong instead.
class Encoder {
 public:
  explicit Encoder(lua_State* lua) : lua_(lua), out_(LuaMachine::of(lua).scratch) { out_.clear(); }

  const char* value(int depth) {
    if (depth > kDepth) return "values stand too deep in one another, or in themselves";
    if (lua_checkstack(lua_, 8) == 0) return "values stand too deep in one another";
    switch (lua_type(lua_, -1)) {
      case LUA_TBOOLEAN:
        out_ += lua_toboolean(lua_, -1) != 0 ? "true" : "false";
        return nullptr;
      case LUA_TNUMBER:
        return number();
      case LUA_TSTRING:
        return string(text_at(-1));
      case LUA_TTABLE:
        return is_array() ? array(depth) : object(depth);
      default:
        break;
    }
    if (is_json_null(lua_, -1)) {
      out_ += "null";
      return nullptr;
    }
    const auto decimal = decimal_at(lua_, -1);
    if (!decimal) return "a value is no string, number, boolean, table, decimal or json.null";
    out_ += *decimal;
    return nullptr;
  }

 private:
  std::string_view text_at(int index) {
    std::size_t size = 0;
    const char* text = lua_tolstring(lua_, index, &size);
    return {text, size};
  }

  const char* number() {
    if (lua_isinteger(lua_, -1) != 0) {
      out_ += std::to_string(lua_tointeger(lua_, -1));
      return nullptr;
    }
    const double value = lua_tonumber(lua_, -1);
    if (!std::isfinite(value)) return "JSON has no NaN and no infinity";
    const std::size_t begin = out_.size();
    append_shortest_decimal(value, out_);
    if (out_.find('.', begin) == std::string::npos) out_ += ".0";  // a float again when it is decoded
    return nullptr;
  }

  const char* string(std::string_view text) {
    if (!is_valid_utf8(text)) return "a string is not UTF-8";
    out_ += '"';
    for (const char c : text) {
      if (static_cast<unsigned char>(c) < 0x80) {
        append_json_ascii(c, out_);
      } else {
        out_ += c;
      }
    }
    out_ += '"';
    return nullptr;
  }

  // Marked, or 1 to n and nothing else.
  bool is_array() {
    if (is_marked_array(lua_, -1)) return true;
    const auto size = static_cast<lua_Integer>(lua_rawlen(lua_, -1));
    return size > 0 && count_keys() == size;
  }

  lua_Integer count_keys() {
    lua_Integer count = 0;
    lua_pushnil(lua_);
    while (lua_next(lua_, -2) != 0) {
      lua_pop(lua_, 1);
      ++count;
    }
    return count;
  }

  const char* array(int depth) {
    const auto size = static_cast<lua_Integer>(lua_rawlen(lua_, -1));
    if (count_keys() != size)
      return "an array has holes (json.null stands for null), or keys beside its elements";
    out_ += '[';
    for (lua_Integer i = 1; i <= size; ++i) {
      if (i > 1) out_ += ',';
      lua_rawgeti(lua_, -1, i);
      if (const char* wrong = value(depth + 1)) return wrong;
      lua_pop(lua_, 1);
    }
    out_ += ']';
    return nullptr;
  }

  // The values wait on the stack while their names, views of the table's keys, are sorted.
  const char* object(int depth) {
    struct Name {
      std::string_view text;
      int place;
    };
    const int table = lua_gettop(lua_);
    std::vector<Name> names;
    lua_pushnil(lua_);
    while (lua_next(lua_, table) != 0) {
      if (lua_type(lua_, -2) != LUA_TSTRING)
        return "an object's keys are strings; a list is 1 to n without holes";
      if (lua_checkstack(lua_, 8) == 0) return "an object has too many keys";
      names.push_back({text_at(-2), lua_gettop(lua_) - 1});
      lua_insert(lua_, -2);  // the key comes to the top again
    }
    std::sort(names.begin(), names.end(), [](const Name& a, const Name& b) { return a.text < b.text; });
    out_ += '{';
    for (const Name& name : names) {
      if (&name != names.data()) out_ += ',';
      if (const char* wrong = string(name.text)) return wrong;
      out_ += ':';
      lua_pushvalue(lua_, name.place);
      if (const char* wrong = value(depth + 1)) return wrong;
      lua_pop(lua_, 1);
    }
    out_ += '}';
    lua_settop(lua_, table);
    return nullptr;
  }

  lua_State* lua_;
  std::string& out_;
};

int encode(lua_State* lua) {
  luaL_checkany(lua, 1);
  lua_settop(lua, 1);
  const char* wrong = nullptr;
  {
    Encoder encoder(lua);
    wrong = encoder.value(0);
  }
  if (wrong != nullptr) return luaL_error(lua, "json.encode: %s", wrong);
  const std::string& text = LuaMachine::of(lua).scratch;
  lua_pushlstring(lua, text.data(), text.size());
  return 1;
}

int array(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  lua_settop(lua, 1);
  if (lua_getmetatable(lua, 1) != 0) return luaL_error(lua, "json.array: the table has a metatable already");
  mark_array(lua);
  return 1;
}

int is_array(lua_State* lua) {
  luaL_checkany(lua, 1);
  lua_pushboolean(lua, is_marked_array(lua, 1) ? 1 : 0);
  return 1;
}

}  // namespace

void push_json(lua_State* lua) {
  constexpr luaL_Reg kFunctions[] = {{"decode", guarded<decode>},
                                     {"encode", guarded<encode>},
                                     {"array", array},
                                     {"is_array", is_array},
                                     {nullptr, nullptr}};
  push_functions(lua, kFunctions);
  push_json_null(lua);
  lua_setfield(lua, -2, "null");
}

}  // namespace planrun
