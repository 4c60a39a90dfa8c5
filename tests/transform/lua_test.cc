// A Lua function between cells and cells: what it is given, what it may give, and that it reaches nothing
// else.
#include "support/catch.h"
#include "transform/lua_transform.h"
#include "transform/one_column.h"

namespace lua_test {

using namespace planrun;
using namespace planrun::test;

namespace {

/// A module `m` with one function `f(row)`, whose body is given; rows as "a=integer 1, b=text x; ...".
class Lua {
 public:
  explicit Lua(const std::string& body, std::vector<std::string> inputs = {"a", "b"},
               const std::string& before = "", std::vector<std::string> fields = {"a", "b", "c"}) {
    transform_.name = "m.f";
    transform_.inputs = std::move(inputs);
    transform_.fields = std::move(fields);
    transform_.files = {{"m", "m.lua", before + "return { f = function(row)\n" + body + "\nend }"}};
    lua_ = make_lua_transform(transform_);
  }

  std::string operator()(std::vector<Cell> row = {}) {
    row.resize(transform_.inputs.size());
    const auto count = lua_->apply(row);
    if (!count) return "no: " + lua_->failure();
    std::string text;
    std::vector<Cell> fields(transform_.fields.size());
    for (std::size_t n = 0; n < *count; ++n) {
      if (!lua_->output(n, fields)) return "no: " + lua_->failure();
      if (n > 0) text += "; ";
      std::string cells;
      for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].is_null()) continue;
        cells += (cells.empty() ? "" : ", ") + transform_.fields[i] + "=" + show(fields[i]);
      }
      text += cells;
    }
    return *count == 0 ? "dropped" : text;
  }

 private:
  ResolvedTransform transform_;
  std::unique_ptr<RowTransform> lua_;
};

/// What `expression` is, as the field c.
std::string value_of(const std::string& expression) {
  return Lua("return { c = " + expression + " }")();
}

}  // namespace

TEST_CASE("lua: every cell arrives as it is and goes out as it is") {
  Lua same("return row");
  CHECK(same({i(9'223'372'036'854'775'807), t(std::string_view("a\0b", 3))}) ==
        "a=integer 9223372036854775807, b=text " + std::string("a\0b", 3));
  CHECK(same({i(std::numeric_limits<std::int64_t>::min()), r(-0.0)}) ==
        "a=integer -9223372036854775808, b=real -0");
  CHECK(same({r(0.1), b(std::string_view("\x00\xff", 2))}) == "a=real 0.10000000000000001, b=blob 00ff");
  CHECK(same({r(2), Cell::of_null()}) == "a=real 2");
  CHECK(same({t("\xff"), t("")}) == "a=text \xff, b=text ");
}

TEST_CASE("lua: none, one or several rows") {
  CHECK(Lua("return nil")() == "dropped");
  CHECK(Lua("")() == "dropped");
  CHECK(Lua("return {}")() == "dropped");
  CHECK(Lua("return { { a = 1 }, { a = 2, b = true }, {} }")() == "a=integer 1; a=integer 2, b=integer 1; ");
  CHECK(Lua("return json.decode('[{\"a\": 1}]')")() == "a=integer 1");
}

TEST_CASE("lua: rows of several shapes") {
  Lua shapes(
      "if row.a == 1 then return { a = 1, c = 3 } end\nif row.a == 2 then return { c = 3, b = 2, z = 0 } "
      "end\n"
      "return { b = 2 }");
  for (int i = 0; i < 3; ++i) {
    CHECK(shapes({planrun::test::i(1)}) == "a=integer 1, c=integer 3");
    CHECK_THAT(shapes({planrun::test::i(2)}), ContainsSubstring("the field 'z'"));
    CHECK(shapes({planrun::test::i(3)}) == "b=integer 2");
  }
}

TEST_CASE("lua: an unknown field is found beside any others, after any rows") {
  Lua fields(
      "local rows = { { a = 1, b = 2, c = 3 }, { a = 1, b = 2, z = 3 }, { z = 1 }, { a = 1, b = 2, c = 3, z "
      "= 4 "
      "},\n{ c = false }, { a = 1, [1.5] = 2 } }\nreturn rows[row.a]");
  const std::string unknown = "no: the function gives the field 'z', which the load puts into no column";
  for (int round = 0; round < 3; ++round) {
    CHECK(fields({i(1)}) == "a=integer 1, b=integer 2, c=integer 3");
    CHECK_THAT(fields({i(2)}), ContainsSubstring(unknown));
    CHECK_THAT(fields({i(3)}), ContainsSubstring(unknown));
    CHECK_THAT(fields({i(4)}), ContainsSubstring(unknown));
    CHECK(fields({i(5)}) == "c=integer 0");
    CHECK_THAT(fields({i(6)}), ContainsSubstring("no: a row's fields have names; one is a number"));
    CHECK(fields({i(7)}) == "dropped");
  }
}

TEST_CASE("lua: a row is what it holds itself, and not what its metatable would give") {
  CHECK(Lua("return setmetatable({ a = 1 }, { __pairs = function() return next, { c = 3 } "
            "end, __len = function() return 7 end })")() == "a=integer 1");
  // What the metatable would give looks like a field, and would be null.
  for (const char* body : {"return setmetatable({ a = 1 }, { __index = { b = 2 } })",
                           "return setmetatable({}, { __index = function() return 1 end })",
                           "return { { a = 1 }, setmetatable({ a = 2 }, { __index = { b = 2 } }) }"})
    CHECK_THAT(Lua(body)(), ContainsSubstring("no: ") && ContainsSubstring("a metatable with __index"));
}

TEST_CASE("lua: names of any length, in any order") {
  const std::string name(60, 'n');  // Lua keeps texts above 40 bytes apart, each on its own
  Lua named("return { [('n'):rep(60)] = row.a, [('n'):rep(59)] = row.b }", {"a", "b"}, "",
            {std::string(59, 'n'), name, "m"});
  for (int round = 0; round < 2; ++round) {
    CHECK(named({i(1), t("x")}) == std::string(59, 'n') + "=text x, " + name + "=integer 1");
  }
  CHECK_THAT(Lua("return { [('n'):rep(61)] = 1 }", {"a"}, "", {name})(), ContainsSubstring("into no column"));
}

TEST_CASE("lua: what is no row is told") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"return 'a'", "returned a string"},
      {"return { a = 1 }, { a = 2 }", "returned 2 values"},
      {"return { 1, 2 }", "a list of rows holds a number"},
      {"return { { a = 1 }, a = 2 }", "has fields beside its rows"},
      {"return { b = 2, a = 1, [1] = { a = 1 } }", "has fields beside its rows"},
      {"return { { a = 1 }, nil, { a = 2 }, [7] = { a = 3 } }", "has holes"},
      {"return { { a = 1 }, [3] = { a = 1 } }", "has holes"},
      {"return { z = 1, a = 2, y = 3 }", "the field 'y', which the load puts into no column"},
      {"return { a = {} }", "json.encode makes text of it"},
      {"return { a = json.null }", "a null of SQL is nil"},
      {"return { a = tostring }", "is a function"},
      {"return { [2] = 1 }", "one is a number"},
      {"error('too bad')", "m.lua:2: too bad"},
      {"error('bare', 0)", "m.lua:2: bare"},
      // Half of a letter, and a NUL: no database keeps them in a text.
      {"error('cut \\xc3 here\\0.')", "m.lua:2: cut \xEF\xBF\xBD here\\0."},
      {"error({})", "m.lua:2: the error is a table"},
      {"local x = row.nothing.at_all", "m.lua:2: attempt to index a nil value (field 'nothing')"},
  };
  for (const auto& [body, expected] : cases) {
    INFO(body);
    const std::string outcome = Lua(body)();
    CHECK_THAT(outcome, ContainsSubstring("no: "));
    CHECK_THAT(outcome, ContainsSubstring(expected));
  }
}

TEST_CASE("lua: no way to the system, and none to the next row") {
  for (const char* name :
       {"os", "io", "debug", "load", "loadfile", "dofile", "loadstring", "coroutine", "collectgarbage",
        "print", "package", "math.random", "math.randomseed", "string.dump", "warn"}) {
    INFO(name);
    CHECK(value_of(std::string("type(") + name + ")") == "c=text nil");
  }
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"return { a = nowhere }", "m.lua:2: there is no global 'nowhere'"},
      {"return { a = _G.nowhere }", "there is no global 'nowhere'"},
      {"x = 1", "cannot be set"},
      {"_G.x = 1", "cannot be set"},
      {"rawset(_G, 'x', 1)", "locked"},
      {"string.upper = nil", "cannot be set"},
      {"rawset(string, 'upper', nil)", "locked"},
      {"table.insert(string, 1)", "cannot be set"},
      {"setmetatable(_G, nil)", "protected metatable"},
      {"getmetatable('').__index = nil", "attempt to index a string value"},
      {"getmetatable('').x = 1", "attempt to index a string value"},
      {"setmetatable({}, { __gc = function() end })", "__gc is not available"},
      {"setmetatable({}, { __mode = 'k' })", "__mode is not available"},
      {"return string.format('%p', {})", "%p is not available"},
      {"return require 'm'", "'f' is a function"},
      {"return require 'n'", "inside a function: it belongs at the top"},
      {"return { a = { [{}] = 1 }, b = (function() for k in pairs({ [{}] = 1 }) do end end)() }", "no order"},
  };
  for (const auto& [body, expected] : cases) {
    INFO(body);
    CHECK_THAT(Lua(body)(), ContainsSubstring(expected));
  }
  CHECK(value_of("tostring({}) .. tostring(tostring)") == "c=text tablefunction");
  CHECK(value_of("string.format('%s %d %5.2f', {}, 3, 0.5)") == "c=text table 3  0.50");
  CHECK(value_of("('x'):rep(3) .. ('%d'):format(7)") == "c=text xxx7");
}

TEST_CASE("lua: a weak table cannot be made behind setmetatable's back") {
  CHECK(Lua("local mt = {}\nlocal t = setmetatable({}, mt)\nmt.__mode = 'k'\nmt.__index = function() return "
            "1 end\n"
            "return { a = t.x, b = getmetatable(t) == mt }")() == "b=integer 1");
  CHECK(
      Lua("local C = {}\nC.__index = C\nlocal o = setmetatable({}, C)\nfunction C.name() return 'late' end\n"
          "return { a = o.name() }")() == "a=text late");
}

TEST_CASE("lua: tables are walked in the order of their keys, lists sorted without a chance") {
  const std::string keys =
      "local t = { z = 1, [2.5] = 1, a = 1, [10] = 1, [2] = 1, [false] = 1, [true] = 1, [-1] = 1, aa = 1 }\n";
  const std::string expected = "a=text false true -1 2 2.5 10 a aa z";
  CHECK(Lua(keys + "local s = {}\nfor k in pairs(t) do s[#s + 1] = tostring(k) end\nreturn { a = "
                   "table.concat(s, ' ') }")() == expected);
  CHECK(Lua(keys + "local s = {}\nfor k in next, t do s[#s + 1] = tostring(k) end\nreturn { a = "
                   "table.concat(s, ' ') }")() == expected);
  CHECK(Lua("local t = {}\nfor i = 1, 300 do t[i] = { i % 3, i } end\n"
            "table.sort(t, function(x, y) return x[1] < y[1] end)\nlocal last = { -1, 0 }\n"
            "for _, x in ipairs(t) do\n  assert(x[1] > last[1] or x[1] == last[1] and x[2] > last[2])\n  "
            "last = x\nend\n"
            "local s = { 'b', 'c', 'a' }\ntable.sort(s)\nreturn { a = #t, b = table.concat(s) }")() ==
        "a=integer 300, b=text abc");
  CHECK(Lua("local t = { a = 1, b = 2, c = 3 }\nlocal n = 0\nfor k in pairs(t) do t[k] = nil n = n + 1 end\n"
            "return { a = n, b = next(t) == nil }")() == "a=integer 3, b=integer 1");
}

TEST_CASE("lua: a function that does not end is ended, also through pcall") {
  CHECK_THAT(Lua("while true do end")(), ContainsSubstring("m.lua:2: more than 50 million instructions"));
  CHECK_THAT(Lua("while true do pcall(function() while true do end end) end")(),
             ContainsSubstring("million instructions"));
  CHECK_THAT(Lua("local function f() pcall(f) f() end\nf()")(), ContainsSubstring("no: "));
  Lua after("if row.a == 1 then while true do end end\nreturn { a = row.a }");
  CHECK_THAT(after({i(1)}), ContainsSubstring("million instructions"));
  CHECK(after({i(2)}) == "a=integer 2");
}

TEST_CASE("lua: memory has a limit, and the next row has all of it") {
  Lua big(
      "if row.a == 1 then local t = {}\nfor i = 1, 1e6 do t[i] = ('x'):rep(1000) .. i end end\nreturn { a = "
      "row.a }");
  CHECK(big({i(1)}) == "no: more than 256 MB of memory for one row");
  CHECK(big({i(2)}) == "a=integer 2");
  CHECK_THAT(Lua("return { a = #(('x'):rep(1 << 40)) }")(), ContainsSubstring("no: "));
}

TEST_CASE("lua: JSON comes back with the same content") {
  const auto round = [](const std::string& text) {
    return Lua("return { c = json.encode(json.decode(row.a)) }")({t(text)});
  };
  CHECK(round("{\"b\": [], \"a\": {}, \"ä\": null}") == "c=text {\"a\":{},\"b\":[],\"ä\":null}");
  CHECK(round("[9223372036854775807, -9223372036854775808, 9223372036854775808]") ==
        "c=text [9223372036854775807,-9223372036854775808,9223372036854775808]");
  CHECK(round("[0.1, 1.0, 1e2, 12345678901234567890.123, 1e-7, -0.0]") ==
        "c=text [0.1,1.0,100.0,12345678901234567890.123,0.0000001,-0.0]");
  CHECK(round("\"\\u00e9\\ud83d\\ude00\\n\\\"\\\\\\/\\u0000\"") == "c=text \"é😀\\n\\\"\\\\/\\u0000\"");
  CHECK(round(" [ true , false ] ") == "c=text [true,false]");
  CHECK_THAT(round("{\"a\": 1, \"a\": 2}"), ContainsSubstring("the key 'a' stands twice"));
  CHECK_THAT(round("\"\\ud800\""), ContainsSubstring("surrogate"));
  CHECK_THAT(round("{'a': 1}"), ContainsSubstring("m.lua:2: json.decode"));
  CHECK_THAT(round("1e999999"), ContainsSubstring("too many digits"));
  CHECK(value_of("json.encode({ 3, 'a', { x = json.null } })") == "c=text [3,\"a\",{\"x\":null}]");
  CHECK(value_of("json.encode(json.array({}))") == "c=text []");
  CHECK(value_of("json.decode('12345678901234567890')") == "c=text 12345678901234567890");
  for (const char* wrong : {"{ 1, nil, 3 }", "{ [1] = 1, a = 2 }", "0/0", "'\\xff'",
                            "print and 1 or tostring", "(function() local t = {} t.t = t return t end)()"}) {
    INFO(wrong);
    CHECK_THAT(value_of("json.encode(" + std::string(wrong) + ")"), ContainsSubstring("no: "));
  }
}

TEST_CASE("lua: JSON of any number of members and elements") {
  const auto sum = [](const std::string& text) {
    return Lua(
        "local t = json.decode(row.a)\nlocal n, sum = 0, 0\n"
        "for k, v in pairs(t) do n = n + 1 sum = sum + v * (#tostring(k) > 0 and 1 or 0) end\n"
        "return { a = n, b = sum, c = #t }")({t(text)});
  };
  for (const int size : {1, 2, 15, 16, 17, 31, 32, 33, 100, 1000}) {
    std::string object = "{";
    std::string array = "[";
    for (int n = 1; n <= size; ++n) {
      object += (n > 1 ? ", \"key" : "\"key") + std::to_string(n) + "\": " + std::to_string(n);
      array += (n > 1 ? "," : "") + std::to_string(n);
    }
    const std::string count = std::to_string(size);
    const std::string total = "b=integer " + std::to_string(size * (size + 1) / 2);
    INFO(size);
    CHECK(sum(object + "}") == "a=integer " + count + ", " + total + ", c=integer 0");
    CHECK(sum(array + "]") == "a=integer " + count + ", " + total + ", c=integer " + count);
    for (const std::string& again : {std::string("key1"), "key" + count, std::string("k\\u0065y1")}) {
      CHECK_THAT(sum(object + ", \"" + again + "\": 0}"), ContainsSubstring("stands twice in its object"));
    }
  }
  const std::string deep = std::string(900, '[') + "{\"a\": [7]}" + std::string(900, ']');
  CHECK(Lua("local t = json.decode(row.a)\nwhile not t.a do t = t[1] end\nreturn { a = t.a[1] }")(
            {t(deep)}) == "a=integer 7");
  CHECK(Lua("local t = json.decode(row.a)\nreturn { a = json.encode(t) }")(
            {t("[[],{},[{}],{\"a\":{},\"b\":[]},null,[null]]")}) ==
        "a=text [[],{},[{}],{\"a\":{},\"b\":[]},null,[null]]");
}

TEST_CASE("lua: JSON's numbers keep their digits") {
  // As a double prints them, by Python; what it does not keep comes as a decimal, digit for digit.
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"0.3", "real 0.29999999999999999"},
      {"-0.0", "real -0"},
      {"1234567.12345678", "real 1234567.1234567801"},
      {"-99999999999999.9", "real -99999999999999.906"},
      {"999999999999.999", "real 999999999999.99902"},
      {"0.10000", "real 0.10000000000000001"},
      {"0.00000000000001", "real 1e-14"},
      {"9007199254740993.0", "text 9007199254740993"},
      {"0.1234567890123456789", "text 0.1234567890123456789"},
  };
  for (const auto& [json, expected] : cases) {
    INFO(json);
    CHECK(Lua("return { a = json.decode(row.a) }")({t(json)}) == "a=" + expected);
  }
}

TEST_CASE("lua: decimals are exact") {
  CHECK(value_of("decimal.of('0.1') + decimal.of('0.2')") == "c=text 0.3");
  CHECK(value_of("decimal.of('12345678901234567890.12') * 100") == "c=text 1234567890123456789012");
  CHECK(value_of("decimal.of(1) - '1.25'") == "c=text -0.25");
  CHECK(value_of("-decimal.of('1.50')") == "c=text -1.5");
  CHECK(value_of("decimal.round('2.345', 2)") == "c=text 2.35");
  CHECK(value_of("decimal.of(0.1)") == "c=text 0.1");
  CHECK(value_of("decimal.of('1.0') == decimal.of('1')") == "c=integer 1");
  CHECK(value_of("decimal.of('9') < decimal.of('10')") == "c=integer 1");
  CHECK(value_of("decimal.compare('-2', '1.5')") == "c=integer -1");
  CHECK(value_of("tostring(decimal.of('007.10'))") == "c=text 7.1");
  CHECK_THAT(value_of("decimal.of('1e5')"), ContainsSubstring("no decimal"));
  CHECK_THAT(value_of("decimal.of(1) + {}"), ContainsSubstring("no decimal"));
}

TEST_CASE("lua: text, time, uuid and blobs") {
  // Python: uuid.uuid5(uuid.NAMESPACE_DNS, "planrun")
  CHECK(value_of("uuid.v5('dns', 'planrun')") == "c=text 669e1bf8-145d-568d-833d-baf41d0d62e6");
  CHECK(value_of("uuid.v5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'planrun')") ==
        "c=text 669e1bf8-145d-568d-833d-baf41d0d62e6");
  CHECK_THAT(value_of("uuid.v5('nothing', 'x')"), ContainsSubstring("a UUID, or dns"));
  CHECK(value_of("text.trim('  a b\\t')") == "c=text a b");
  CHECK(value_of("table.concat(text.split('a,,b', ','), '|')") == "c=text a||b");
  CHECK(value_of("text.lower('ÀÉÎ ŁŸŹ ΑΩ ЖЯ 1A')") == "c=text àéî łÿź αω жя 1a");
  CHECK(value_of("text.slug('  Müller & Söhne, Łódź (2024)! ')") == "c=text muller-sohne-lodz-2024");
  CHECK(value_of("text.slug('Straße Œuvre')") == "c=text strasse-oeuvre");
  CHECK(value_of("time.parse('2025-10-08T12:00:00+02:00')") == "c=integer 1759917600000000");
  CHECK(value_of("time.format(time.parse('31.12.2025 23:59', '%d.%m.%Y %H:%M'))") ==
        "c=text 2025-12-31 23:59:00");
  CHECK_THAT(value_of("time.parse('2025-02-30')"), ContainsSubstring("no: m.lua:2: time.parse"));
  CHECK(value_of("blob.of('\\0\\255')") == "c=blob 00ff");
  CHECK(Lua("return { c = blob.bytes(row.a) .. #row.a, b = blob.is(row.a) }")({b("ab")}) ==
        "b=integer 1, c=text ab2");
}

TEST_CASE("lua: a module requires others at the top of its file") {
  ResolvedTransform transform{"m.f", {"a"}, {"c"}, {}};
  transform.files = {
      {"m", "m.lua",
       "local n = require 'lib.n'\nreturn { f = function(row) return { c = n.two(row.a) } end }"},
      {"lib.n", "lib/n.lua", "return { two = function(x) return x * 2 end }"}};
  const auto lua = make_lua_transform(transform);
  const Cell five = i(5);
  std::vector<Cell> fields(1);
  REQUIRE(lua->apply(std::span(&five, 1)) == 1);
  REQUIRE(lua->output(0, fields));
  CHECK(fields[0].integer == 10);
  CHECK_THROWS_WITH(Lua("", {}, "local x = require 'absent'\n"),
                    ContainsSubstring("m.lua:1: require 'absent': there is no such file"));
  CHECK_THROWS_WITH(Lua("", {}, "return 1 "), ContainsSubstring("m.lua:1"));
  CHECK_THROWS_WITH(Lua("", {}, "local m = require 'm'\n"), ContainsSubstring("require each other"));
}

}  // namespace lua_test
