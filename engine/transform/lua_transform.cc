#include "transform/lua_transform.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "transform/lua_machine.h"
#include "transform/lua_values.h"
#include "transform/watchdog.h"

namespace planrun {

namespace {

// Instructions have a limit of their own, which is reached long before: what lasts so long is no Lua code but
// one call of a library, as a pattern match.
constexpr std::chrono::seconds kPatience{60};

Error cannot_load(const std::string& name, const std::string& why) {
  return Error(ErrorCode::plan, "transform " + name + ": " + why);
}

class LuaTransform : public RowTransform {
 public:
  LuaTransform(const ResolvedTransform& transform, std::function<std::string()> describe_row)
      : transform_(transform),
        describe_row_(std::move(describe_row)),
        machine_([&transform](const std::string& module) -> const LuaFile* {
          for (const LuaFile& file : transform.files) {
            if (file.module == module) return &file;
          }
          return nullptr;
        }),
        names_(transform.fields.size()),
        order_(transform.fields.size()) {
    const bool ready = machine_.push_function(transform.name) &&
                       machine_.run(make_names, this, static_cast<int>(kNameTables));
    if (!ready) throw cannot_load(transform.name, machine_.failure());
  }

  std::optional<std::size_t> apply(std::span<const Cell> row) override {
    if (!watchdog_) {
      watchdog_ = std::make_unique<Watchdog>(kPatience, [this] {
        return "transform " + transform_.name + (describe_row_ ? ", " + describe_row_() : "") +
               ": one call has not come back after " + std::to_string(kPatience.count()) +
               " seconds; a pattern with several - or * may try for ever. What was not committed is rolled "
               "back; mend "
               "the function, then run the same command";
      });
    }
    lua_settop(machine_.state(), kResult - 1);
    is_at_first_ = false;
    input_ = row;
    watchdog_->enter();
    const bool returned = machine_.run(call, this, 1, {kFunction, kInputs});
    watchdog_->leave();
    if (!returned) {
      failure_ = machine_.failure();
      return std::nullopt;
    }
    return count_rows();
  }

  bool output(std::size_t n, std::span<Cell> fields) override {
    std::fill(fields.begin(), fields.end(), Cell::of_null());
    std::string_view unknown;
    std::size_t read = 0;
    const bool right = walk(n, [&] {
      const auto place = place_of_field(read++);
      Cell nowhere;
      if (!read_field(place ? fields[*place] : nowhere)) return false;
      if (place) return true;
      if (!has_name()) return false;
      const std::string_view name = name_of_field();
      if (unknown.data() == nullptr || name < unknown) unknown = name;
      return true;
    });
    if (!right || unknown.data() == nullptr) return right;
    failure_ = "the function gives the field " + quote_for_message(unknown) +
               ", which the load puts into no column; leave it out, or name it in a column's `from`";
    return false;
  }

  std::optional<NamedValues> named_output(std::size_t n) override {
    NamedValues values;
    const bool right = walk(n, [&] {
      Cell value;
      if (!read_field(value) || !has_name()) return false;
      values.emplace_back(std::string(name_of_field()), key_of(std::span(&value, 1)).values.front());
      return true;
    });
    if (!right) return std::nullopt;
    std::sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return values;
  }

  const std::string& failure() const override { return failure_; }

 private:
  // Places on the machine's stack: the function, names of the inputs by place, places of the fields by name.
  static constexpr int kFunction = 2;
  static constexpr int kInputs = 3;
  static constexpr int kFields = 4;
  static constexpr int kResult = 5;
  static constexpr std::size_t kNameTables = 2;

  static void push_name(lua_State* lua, const std::string& name) {
    lua_pushlstring(lua, name.data(), name.size());
  }

  static int make_names(lua_State* lua) {
    LuaTransform& self = *static_cast<LuaTransform*>(lua_touserdata(lua, 1));
    lua_newtable(lua);
    lua_Integer place = 0;
    for (const std::string& name : self.transform_.inputs) {
      push_name(lua, name);
      lua_rawseti(lua, -2, ++place);
    }
    lua_newtable(lua);
    place = 0;
    for (const std::string& name : self.transform_.fields) {
      push_name(lua, name);
      self.names_[static_cast<std::size_t>(place)] = lua_topointer(lua, -1);
      lua_pushinteger(lua, place++);
      lua_rawset(lua, -3);
    }
    return static_cast<int>(kNameTables);
  }

  static void push_cell(lua_State* lua, const Cell& cell) {
    switch (cell.kind) {
      case CellKind::null:
        lua_pushnil(lua);
        break;
      case CellKind::integer:
        lua_pushinteger(lua, cell.integer);
        break;
      case CellKind::real:
        lua_pushnumber(lua, cell.real);
        break;
      case CellKind::text:
        lua_pushlstring(lua, cell.bytes.data(), cell.bytes.size());
        break;
      case CellKind::blob:
        push_blob_value(lua, cell.bytes);
        break;
    }
  }

  // A fresh row each time: a function may keep what it was given, or change it. Arguments: this, the
  // function, the names of the inputs.
  static int call(lua_State* lua) {
    const std::span<const Cell> input = static_cast<LuaTransform*>(lua_touserdata(lua, 1))->input_;
    lua_pushvalue(lua, 2);
    lua_createtable(lua, 0, static_cast<int>(input.size()));  // 5
    for (std::size_t i = 0; i < input.size(); ++i) {
      if (input[i].is_null()) continue;
      lua_rawgeti(lua, 3, static_cast<lua_Integer>(i) + 1);
      push_cell(lua, input[i]);
      lua_rawset(lua, 5);
    }
    lua_call(lua, 1, LUA_MULTRET);
    const int results = lua_gettop(lua) - 3;
    if (results > 1)
      return luaL_error(lua, "the function returned %d values; several rows are one list: { row, row }",
                        results);
    if (results == 0) lua_pushnil(lua);
    refuse_inheritance(lua, 4);
    return 1;
  }

  // Of the result, and of each row where it is a list. What __index finds would be no field, and null.
  static void refuse_inheritance(lua_State* lua, int result) {
    if (!lua_istable(lua, result)) return;
    if (luaL_getmetafield(lua, result, "__index") != LUA_TNIL)
      luaL_error(lua, "a row has a metatable with __index; fields are what the table itself holds");
    lua_settop(lua, result);
    for (lua_Integer n = 1; lua_rawgeti(lua, result, n) == LUA_TTABLE; ++n) {
      if (luaL_getmetafield(lua, -1, "__index") != LUA_TNIL)
        luaL_error(lua, "a row has a metatable with __index; fields are what the table itself holds");
      lua_settop(lua, result);
    }
    lua_settop(lua, result);
  }

  // From here on nothing that may raise is called: the result is only looked at.

  std::nullopt_t refuse(std::string why) {
    failure_ = std::move(why);
    return std::nullopt;
  }

  std::optional<std::size_t> count_rows() {
    lua_State* lua = machine_.state();
    is_list_ = false;
    if (lua_isnil(lua, kResult)) return 0;
    if (!lua_istable(lua, kResult)) {
      return refuse(std::string("the function returned a ") + luaL_typename(lua, kResult) +
                    "; it returns a row, a list of rows, or nil to drop the row");
    }
    is_list_ = lua_rawgeti(lua, kResult, 1) != LUA_TNIL;
    lua_settop(lua, kResult);
    lua_pushnil(lua);
    if (!is_list_) {
      is_at_first_ = lua_next(lua, kResult) != 0;
      return is_at_first_ ? 1 : 0;  // {} is a list without rows
    }
    // lua_next goes in no order: what is told must not depend on it.
    std::size_t entries = 0;
    bool has_names = false;
    while (lua_next(lua, kResult) != 0) {
      has_names = has_names || lua_type(lua, -2) == LUA_TSTRING;
      lua_pop(lua, 1);
      ++entries;
    }
    if (has_names) return refuse("a list of rows has fields beside its rows");
    for (std::size_t n = 0; n < entries; ++n) {
      const int type = lua_rawgeti(lua, kResult, static_cast<lua_Integer>(n) + 1);
      lua_settop(lua, kResult);
      if (type == LUA_TNIL) return refuse("a list of rows has holes");
      if (type != LUA_TTABLE) return refuse(std::string("a list of rows holds a ") + lua_typename(lua, type));
    }
    return entries;
  }

  // take() for each field of the nth row, with its value on the top of the stack and its name, or what stands
  // in its place, below; until take() is false.
  template <typename Take>
  bool walk(std::size_t n, Take take) {
    lua_State* lua = machine_.state();
    if (!std::exchange(is_at_first_, false) && !go_to_first(n)) return true;
    const int row = is_list_ ? kResult + 1 : kResult;
    do {
      if (!take()) return false;
      lua_pop(lua, 1);
    } while (lua_next(lua, row) != 0);
    return true;
  }

  // Puts the first field of the nth row on the stack, with its name below it. False: the row is empty.
  bool go_to_first(std::size_t n) {
    lua_State* lua = machine_.state();
    lua_settop(lua, kResult);
    if (is_list_) lua_rawgeti(lua, kResult, static_cast<lua_Integer>(n) + 1);
    lua_pushnil(lua);
    return lua_next(lua, -2) != 0;
  }

  // Whether there is a text below the value on the top of the stack; else failure_ says what is.
  bool has_name() {
    lua_State* lua = machine_.state();
    if (lua_type(lua, -2) == LUA_TSTRING) return true;
    failure_ = std::string("a row's fields have names; one is a ") + luaL_typename(lua, -2);
    return false;
  }

  // The name, below the value on the top of the stack.
  std::string_view name_of_field() {
    std::size_t size = 0;
    const char* text = lua_tolstring(machine_.state(), -2, &size);
    return {text, size};
  }

  // Where the field below the value on the top of the stack goes, the nth that lua_next gives of its row;
  // nullopt: nowhere. Rows that one constructor makes give their fields in one order: it is looked up where
  // it differs from the last row's.
  std::optional<std::size_t> place_of_field(std::size_t n) {
    lua_State* lua = machine_.state();
    if (n < order_.size() && lua_topointer(lua, -2) == names_[order_[n]]) return order_[n];
    lua_pushvalue(lua, -2);
    const bool is_known = lua_rawget(lua, kFields) != LUA_TNIL;
    const auto place = static_cast<std::size_t>(lua_tointeger(lua, -1));
    lua_pop(lua, 1);
    if (!is_known) return std::nullopt;
    if (n < order_.size()) order_[n] = place;
    return place;
  }

  // The field on the top of the stack. False: failure_ says what is wrong with it.
  bool read_field(Cell& out) {
    if (read_value(out)) return true;
    if (has_name()) failure_ = "the field " + quote_for_message(name_of_field()) + " is " + failure_;
    return false;
  }

  // The value on the top of the stack. False: failure_ says what it is instead.
  bool read_value(Cell& out) {
    lua_State* lua = machine_.state();
    switch (lua_type(lua, -1)) {
      case LUA_TBOOLEAN:
        out = Cell::of_integer(lua_toboolean(lua, -1));
        return true;
      case LUA_TNUMBER:
        out = lua_isinteger(lua, -1) != 0 ? Cell::of_integer(lua_tointeger(lua, -1))
                                          : Cell::of_real(lua_tonumber(lua, -1));
        return true;
      case LUA_TSTRING: {
        std::size_t size = 0;
        const char* text = lua_tolstring(lua, -1, &size);
        out = Cell::of_text({text, size});
        return true;
      }
      case LUA_TTABLE:
        failure_ = "a table; json.encode makes text of it";
        return false;
      default:
        break;
    }
    if (const auto decimal = decimal_at(lua, -1)) {
      out = Cell::of_text(*decimal);
    } else if (const auto bytes = blob_at(lua, -1)) {
      out = Cell::of_blob(*bytes);
    } else {
      failure_ = is_json_null(lua, -1) ? "json.null, which stands inside JSON; a null of SQL is nil"
                                       : std::string("a ") + luaL_typename(lua, -1);
      return false;
    }
    return true;
  }

  const ResolvedTransform& transform_;
  std::function<std::string()> describe_row_;
  LuaMachine machine_;
  std::unique_ptr<Watchdog> watchdog_;
  std::span<const Cell> input_;
  bool is_list_ = false;
  bool is_at_first_ = false;        // count_rows() has left the first field of the only row on the stack
  std::vector<const void*> names_;  // of the fields by place: Lua's own strings, which kFields holds
  std::vector<std::size_t> order_;  // places, in the order in which lua_next gave the last row's fields
  std::string failure_;
};

}  // namespace

std::unique_ptr<RowTransform> make_lua_transform(const ResolvedTransform& transform,
                                                 std::function<std::string()> describe_row) {
  return std::make_unique<LuaTransform>(transform, std::move(describe_row));
}

}  // namespace planrun
