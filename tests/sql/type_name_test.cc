// Types as PostgreSQL 15 prints them (format_type), with its limits.
#include "sql/definition.h"
#include "support/catch.h"

namespace type_name_test {

using namespace planrun;

TEST_CASE("a type has one canonical spelling, whatever its synonym") {
  struct Case {
    const char* written;
    const char* sql;
    TypeKind kind;
    int length = 0;
    int precision = -1;
    int scale = 0;
  };
  const Case cases[] = {
      {"int", "integer", TypeKind::integer},
      {"INT4", "integer", TypeKind::integer},
      {"int2", "smallint", TypeKind::smallint},
      {"pg_catalog.int8", "bigint", TypeKind::bigint},
      {"float4", "real", TypeKind::real},
      {"float(24)", "real", TypeKind::real},
      {"float(25)", "double precision", TypeKind::double_precision},
      {"float", "double precision", TypeKind::double_precision},
      {"Double  Precision", "double precision", TypeKind::double_precision},
      {"decimal", "numeric", TypeKind::numeric},
      {"dec(5)", "numeric(5,0)", TypeKind::numeric, 0, 5, 0},
      {"numeric( 12 , 2 )", "numeric(12,2)", TypeKind::numeric, 0, 12, 2},
      {"numeric(5,-2)", "numeric(5,-2)", TypeKind::numeric, 0, 5, -2},
      {"bool", "boolean", TypeKind::boolean},
      {"character varying(50)", "varchar(50)", TypeKind::varchar, 50},
      {"varchar", "varchar", TypeKind::varchar},
      {"char(3)", "char(3)", TypeKind::char_, 3},
      {"character", "char(1)", TypeKind::char_, 1},
      {"bpchar", "bpchar", TypeKind::varchar},
      {"timestamp without time zone", "timestamp", TypeKind::timestamp},
      {"timestamp(3)", "timestamp(3)", TypeKind::timestamp, 0, 3},
      {"timestamp with time zone", "timestamptz", TypeKind::timestamptz},
      {"timestamp(0) with time zone", "timestamptz(0)", TypeKind::timestamptz, 0, 0},
      {"time(6)", "time(6)", TypeKind::time, 0, 6},
      {"interval", "interval", TypeKind::interval},
      {"text[]", "text[]", TypeKind::text_array},
      {"text array", "text[]", TypeKind::text_array},
      {"text[3][]", "text[]", TypeKind::text_array},
      {"varchar(5)[]", "varchar(5)[]", TypeKind::other},
      {"int[]", "integer[]", TypeKind::other},
      {"inet", "inet", TypeKind::other},
      {"bit", "bit(1)", TypeKind::other},
      {"varbit(5)", "bit varying(5)", TypeKind::other},
      {"time with time zone", "timetz", TypeKind::other},
      {"timetz(2)", "timetz(2)", TypeKind::other},
      {"interval day to second(3)", "interval day to second(3)", TypeKind::other},
      {"\"char\"", "\"char\"", TypeKind::other},
      {"jsonpath", "jsonpath", TypeKind::other},
      {"tstzmultirange", "tstzmultirange", TypeKind::other},
  };
  for (const auto& c : cases) {
    INFO(c.written);
    const auto parsed = parse_type(c.written, {});
    INFO(parsed.fault.message);
    REQUIRE(parsed);
    CHECK(*parsed.value == ColumnType{c.kind, c.length, c.precision, c.scale, c.sql});
  }
}

TEST_CASE("a wrong type is told with what was meant") {
  struct Case {
    const char* written;
    const char* message;
    const char* hint;
  };
  const Case cases[] = {
      {"varchr(20)", "'varchr(20)' is no type", "did you mean varchar?"},
      {"timestmp", "'timestmp' is no type", "did you mean timestamp?"},
      {"datetime", "'datetime' is no type", "did you mean timestamp?"},
      {"double", "'double' is no type", "did you mean double precision?"},
      {"citext", "'citext' is no type", "a type of an extension is named by the target's `types`"},
      {"varchar(0)", "'varchar(0)' takes one length of 1 to 10485760", ""},
      {"varchar(10485761)", "'varchar(10485761)' takes one length of 1 to 10485760", ""},
      {"numeric(1001)", "'numeric(1001)' takes a precision of 1 to 1000", ""},
      {"numeric(5,1001)", "'numeric(5,1001)' takes a scale of -1000 to 1000", ""},
      {"numeric(1,2,3)", "'numeric(1,2,3)' takes a precision and a scale", ""},
      {"timestamp(7)", "'timestamp(7)' takes 0 to 6 fraction digits", ""},
      {"interval(7)", "'interval(7)' takes 0 to 6 fraction digits", ""},
      {"text(5)", "'text(5)' takes nothing in parentheses", ""},
      {"inet(5)", "'inet(5)' takes nothing in parentheses", ""},
      {"setof int", "'int' is no type that a column can have", ""},
      {"serial[]", "'serial[]' is no type: a serial has no array", ""},
      {"integer not null", "'integer not null' is more than a type", ""},
      {"integer(11)", "syntax error at or near \"(\"", ""},
  };
  for (const auto& c : cases) {
    INFO(c.written);
    const auto parsed = parse_type(c.written, {});
    REQUIRE_FALSE(parsed);
    CHECK(parsed.fault.message == c.message);
    CHECK(parsed.fault.hint == c.hint);
  }
}

TEST_CASE("the plan vouches for types of extensions") {
  const std::vector<std::string> types = {"citext", "public.geometry"};
  CHECK(parse_type("citext", types).value->sql == "citext");
  CHECK(parse_type("public.citext", types).value->kind == TypeKind::other);
  CHECK(parse_type("public.geometry(Point, 4326)", types).value->sql == "public.geometry(Point, 4326)");
  CHECK_FALSE(parse_type("geometry", types));
}

}  // namespace type_name_test
