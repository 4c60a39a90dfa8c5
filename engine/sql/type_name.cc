#include "sql/type_name.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace planrun {
namespace {

// What may stand in parentheses behind a type's name.
enum class Modifier { none, length, bits, digits, fraction };

struct EncodedType {
  std::string_view name;  // in pg_catalog, as the grammar answers it
  std::string_view sql;
  TypeKind kind;
  Modifier modifier = Modifier::none;
  Identity identity = Identity::none;
};

constexpr std::array kEncodedTypes = {
    EncodedType{"bool", "boolean", TypeKind::boolean},
    EncodedType{"int2", "smallint", TypeKind::smallint},
    EncodedType{"int4", "integer", TypeKind::integer},
    EncodedType{"int8", "bigint", TypeKind::bigint},
    EncodedType{"smallserial", "smallint", TypeKind::smallint, Modifier::none, Identity::serial},
    EncodedType{"serial2", "smallint", TypeKind::smallint, Modifier::none, Identity::serial},
    EncodedType{"serial", "integer", TypeKind::integer, Modifier::none, Identity::serial},
    EncodedType{"serial4", "integer", TypeKind::integer, Modifier::none, Identity::serial},
    EncodedType{"bigserial", "bigint", TypeKind::bigint, Modifier::none, Identity::serial},
    EncodedType{"serial8", "bigint", TypeKind::bigint, Modifier::none, Identity::serial},
    EncodedType{"float4", "real", TypeKind::real},
    EncodedType{"float8", "double precision", TypeKind::double_precision},
    EncodedType{"numeric", "numeric", TypeKind::numeric, Modifier::digits},
    EncodedType{"text", "text", TypeKind::text},
    EncodedType{"varchar", "varchar", TypeKind::varchar, Modifier::length},
    EncodedType{"bpchar", "char", TypeKind::char_, Modifier::length},
    EncodedType{"bytea", "bytea", TypeKind::bytea},
    EncodedType{"date", "date", TypeKind::date},
    EncodedType{"time", "time", TypeKind::time, Modifier::fraction},
    EncodedType{"timestamp", "timestamp", TypeKind::timestamp, Modifier::fraction},
    EncodedType{"timestamptz", "timestamptz", TypeKind::timestamptz, Modifier::fraction},
    EncodedType{"interval", "interval", TypeKind::interval},
    EncodedType{"uuid", "uuid", TypeKind::uuid},
    EncodedType{"json", "json", TypeKind::json},
    EncodedType{"jsonb", "jsonb", TypeKind::jsonb},
    // Known, travelling as text:
    EncodedType{"timetz", "timetz", TypeKind::other, Modifier::fraction},
    EncodedType{"bit", "bit", TypeKind::other, Modifier::bits},
    EncodedType{"varbit", "bit varying", TypeKind::other, Modifier::bits},
    EncodedType{"char", "\"char\"", TypeKind::other},
};

// PostgreSQL 15, "Data Types": names that stand for themselves. Their values travel as text.
constexpr std::array<std::string_view, 52> kOtherTypes = {
    "box",           "cid",          "cidr",           "circle",        "datemultirange",
    "daterange",     "inet",         "int4multirange", "int4range",     "int8multirange",
    "int8range",     "jsonpath",     "line",           "lseg",          "macaddr",
    "macaddr8",      "money",        "name",           "nummultirange", "numrange",
    "oid",           "path",         "pg_lsn",         "pg_snapshot",   "point",
    "polygon",       "refcursor",    "regclass",       "regcollation",  "regconfig",
    "regdictionary", "regnamespace", "regoper",        "regoperator",   "regproc",
    "regprocedure",  "regrole",      "regtype",        "tid",           "tsmultirange",
    "tsquery",       "tsrange",      "tstzmultirange", "tstzrange",     "tsvector",
    "txid_snapshot", "xid",          "xid8",           "xml",           "oidvector",
    "int2vector",    "aclitem",
};

// Further spellings, for suggestions only: the grammar itself knows them.
constexpr std::array<std::string_view, 8> kSpellings = {
    "int", "integer", "decimal", "float", "character", "character varying", "double precision", "varbit"};

// What other databases call a type.
struct ForeignWord {
  std::string_view word;
  std::string_view meant;
};
constexpr std::array kForeignWords = {
    ForeignWord{"double", "double precision"},
    ForeignWord{"datetime", "timestamp"},
    ForeignWord{"string", "text"},
    ForeignWord{"blob", "bytea"},
    ForeignWord{"clob", "text"},
    ForeignWord{"binary", "bytea"},
    ForeignWord{"varbinary", "bytea"},
    ForeignWord{"tinyint", "smallint"},
    ForeignWord{"mediumint", "integer"},
    ForeignWord{"nvarchar", "varchar"},
    ForeignWord{"varchar2", "varchar"},
    ForeignWord{"number", "numeric"},
    ForeignWord{"long", "bigint"},
    ForeignWord{"guid", "uuid"},
    ForeignWord{"uniqueidentifier", "uuid"},
    ForeignWord{"autoincrement", "serial"},
    ForeignWord{"tinytext", "text"},
    ForeignWord{"longtext", "text"},
};

// Types of widely used extensions: not known here, but no slip of the pen either.
constexpr std::array<std::string_view, 7> kExtensionTypes = {"citext",    "hstore", "ltree", "geometry",
                                                             "geography", "vector", "cube"};

std::string suggestion(const std::string& name, std::span<const std::string> types) {
  std::string vouch = "a type of an extension is named by the target's `types`";
  if (std::find(kExtensionTypes.begin(), kExtensionTypes.end(), name) != kExtensionTypes.end()) return vouch;
  for (const auto& word : kForeignWords) {
    if (word.word == name) return "did you mean " + std::string(word.meant) + "?";
  }
  std::vector<std::string> candidates(types.begin(), types.end());
  for (const auto& type : kEncodedTypes) {
    candidates.emplace_back(type.name);
    candidates.emplace_back(type.sql);
  }
  candidates.insert(candidates.end(), kOtherTypes.begin(), kOtherTypes.end());
  candidates.insert(candidates.end(), kSpellings.begin(), kSpellings.end());
  const auto near = nearest(name, candidates);
  if (near) return "did you mean " + *near + "?";
  return vouch;
}

std::optional<int> whole_number(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; });
  if (text.starts_with('+')) text.erase(0, 1);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The type's text and where it ends; makes the ColumnType.
class TypeReader {
 public:
  TypeReader(const Syntax& syntax, const Json& node, std::size_t until)
      : syntax_(syntax), node_(node), begin_(location_of(node)), until_(until) {}

  SqlParsed<TypeName> read(std::span<const std::string> types) {
    const std::vector<std::string> names = string_list(member(node_, "names"));
    if (flag_member(node_, "setof") || flag_member(node_, "pct_type") || names.empty()) {
      return fault("is no type that a column can have", {});
    }
    const bool array = member(node_, "arrayBounds").is_array();
    TypeName result;
    const std::string& name = names.back();
    const bool in_catalog = names.size() == 1 || (names.size() == 2 && names.front() == "pg_catalog");
    const std::string whole = join(names, ".");
    const bool vouched = std::find(types.begin(), types.end(), whole) != types.end() ||
                         std::find(types.begin(), types.end(), name) != types.end();
    const auto* encoded = std::find_if(kEncodedTypes.begin(), kEncodedTypes.end(),
                                       [&](const auto& t) { return t.name == name; });
    if (in_catalog && encoded != kEncodedTypes.end()) {
      if (!read_encoded(*encoded, result)) return {std::nullopt, fault_};
    } else if (in_catalog && std::find(kOtherTypes.begin(), kOtherTypes.end(), name) != kOtherTypes.end()) {
      if (has_modifiers()) return fault("takes nothing in parentheses", {});
      result.type.kind = TypeKind::other;
      result.type.sql = name;
    } else if (vouched) {
      result.type.kind = TypeKind::other;
      result.type.sql = syntax_.slice(begin_, until_);
      return {result, {}};
    } else {
      return fault("is no type", suggestion(to_lower_ascii(whole), types));
    }
    if (array && !make_array(result)) return {std::nullopt, fault_};
    return {result, {}};
  }

 private:
  SqlParsed<TypeName> fault(const std::string& what, const std::string& hint) {
    fault_ = syntax_.fault_at(begin_, shown() + " " + what, hint);
    fault_.of_type = true;
    return {std::nullopt, fault_};
  }
  std::string shown() const { return quote_for_message(syntax_.slice(begin_, until_)); }
  bool refuse(const std::string& what) {
    fault(what, {});
    return false;
  }
  bool has_modifiers() const { return member(node_, "typmods").is_array(); }

  // libpg_query's JSON loses negative numbers: they are read from the text.
  std::vector<std::optional<int>> modifiers() const {
    std::vector<std::optional<int>> numbers;
    const auto parentheses = syntax_.parentheses(begin_, until_);
    if (!parentheses) return numbers;
    for (const auto& part : split(syntax_.slice(parentheses.open + 1, parentheses.close), ',')) {
      numbers.push_back(whole_number(part));
    }
    return numbers;
  }

  bool read_encoded(const EncodedType& encoded, TypeName& result) {
    result.type.kind = encoded.kind;
    result.type.sql = encoded.sql;
    result.identity = encoded.identity;
    if (encoded.kind == TypeKind::interval) return read_interval(result.type);
    // `char` and `bit` alone mean a length of 1, which stands in the tree only.
    const bool alone =
        (encoded.name == "bpchar" || encoded.name == "bit") && has_modifiers() && modifiers().empty();
    if (alone || (encoded.name == "bit" && !has_modifiers())) return read_length({1}, result.type);
    if (!has_modifiers()) {
      // It pads nothing, and keeps the blanks at the end that a text has.
      if (encoded.name == "bpchar") {
        result.type.kind = TypeKind::varchar;
        result.type.sql = "bpchar";
      }
      return true;
    }
    const auto numbers = modifiers();
    for (const auto& number : numbers) {
      if (!number) return refuse("takes whole numbers in its parentheses");
    }
    switch (encoded.modifier) {
      case Modifier::none:
        return refuse("takes nothing in parentheses");
      case Modifier::length:
      case Modifier::bits:
        return read_length(numbers, result.type);
      case Modifier::digits:
        return read_digits(numbers, result.type);
      case Modifier::fraction:
        return read_fraction(numbers, result.type);
    }
    return true;
  }

  // The limits are those of PostgreSQL 15: anychar_typmodin, numerictypmodin, anytime_typmod_check.
  bool read_length(const std::vector<std::optional<int>>& numbers, ColumnType& type) {
    constexpr int kLongest = 10485760;
    if (numbers.size() != 1 || *numbers[0] < 1 || *numbers[0] > kLongest) {
      return refuse("takes one length of 1 to 10485760");
    }
    if (type.kind != TypeKind::other) type.length = *numbers[0];
    type.sql += "(" + std::to_string(*numbers[0]) + ")";
    return true;
  }

  bool read_digits(const std::vector<std::optional<int>>& numbers, ColumnType& type) {
    constexpr int kMost = 1000;
    if (numbers.empty() || numbers.size() > 2) return refuse("takes a precision and a scale");
    type.precision = *numbers[0];
    type.scale = numbers.size() == 2 ? *numbers[1] : 0;
    if (type.precision < 1 || type.precision > kMost) return refuse("takes a precision of 1 to 1000");
    if (type.scale < -kMost || type.scale > kMost) return refuse("takes a scale of -1000 to 1000");
    type.sql += "(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
    return true;
  }

  bool read_fraction(const std::vector<std::optional<int>>& numbers, ColumnType& type) {
    constexpr int kMost = 6;
    if (numbers.size() != 1 || *numbers[0] < 0 || *numbers[0] > kMost)
      return refuse("takes 0 to 6 fraction digits");
    if (type.kind != TypeKind::other) type.precision = *numbers[0];
    type.sql += "(" + std::to_string(*numbers[0]) + ")";
    return true;
  }

  // Fields and precision cut values in ways of their own: the server itself is asked then.
  bool read_interval(ColumnType& type) {
    if (!has_modifiers()) return true;
    ColumnType precision;
    const auto numbers = modifiers();
    if (!numbers.empty() && (!numbers[0] || !read_fraction(numbers, precision))) {
      return refuse("takes 0 to 6 fraction digits");
    }
    type.kind = TypeKind::other;
    std::size_t end = until_;
    if (const std::size_t bracket = syntax_.find("[", begin_); bracket < syntax_.tokens().size()) {
      end = std::min(end, syntax_.tokens()[bracket].begin);
    }
    type.sql = to_lower_ascii(syntax_.slice(begin_, end));
    return true;
  }

  bool make_array(TypeName& result) {
    if (result.identity != Identity::none) return refuse("is no type: a serial has no array");
    const bool of_text = result.type.kind == TypeKind::text;
    const std::string sql = result.type.sql + "[]";
    result.type = {};
    result.type.kind = of_text ? TypeKind::text_array : TypeKind::other;
    result.type.sql = sql;
    return true;
  }

  const Syntax& syntax_;
  const Json& node_;
  std::size_t begin_;
  std::size_t until_;
  SqlFault fault_;
};

}  // namespace

SqlParsed<TypeName> read_type_name(const Syntax& syntax, const Json& node, std::size_t until,
                                   std::span<const std::string> types) {
  return TypeReader(syntax, node, until).read(types);
}

}  // namespace planrun
