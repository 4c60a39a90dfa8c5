// The type of a source column by its declaration. SQLite takes any word for a type
// (sqlite.org/datatype3.html); what it reads from it is the affinity, and that decides where the word is no
// type of PostgreSQL's.
#include <array>

#include "base/text.h"
#include "resolve/resolve.h"
#include "sql/definition.h"

namespace planrun {
namespace {

ColumnType simple(TypeKind kind, const char* sql) {
  ColumnType type;
  type.kind = kind;
  type.sql = sql;
  return type;
}

// Words that SQLite files use, and what they mean there.
struct Word {
  std::string_view declared;
  std::string_view type;
};
constexpr std::array kWords = {
    Word{"datetime", "timestamp"}, Word{"string", "text"},           Word{"long", "bigint"},
    Word{"guid", "uuid"},          Word{"uniqueidentifier", "uuid"},
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

ColumnType by_affinity(const std::string& declared) {
  if (contains(declared, "int")) return simple(TypeKind::bigint, "bigint");
  if (contains(declared, "char") || contains(declared, "clob") || contains(declared, "text") ||
      declared.empty()) {
    return simple(TypeKind::text, "text");
  }
  if (contains(declared, "blob") || contains(declared, "binary")) return simple(TypeKind::bytea, "bytea");
  if (contains(declared, "real") || contains(declared, "floa") || contains(declared, "doub")) {
    return simple(TypeKind::double_precision, "double precision");
  }
  return simple(TypeKind::numeric, "numeric");
}

}  // namespace

ColumnType inherited_type(const std::string& declared) {
  std::string word = to_lower_ascii(trim(declared));
  for (const auto& known : kWords) {
    if (known.declared == word) word = known.type;
  }
  if (word.starts_with("nvarchar")) word.erase(0, 1);
  const auto parsed = parse_type(word, {});
  if (!parsed) return by_affinity(word);
  ColumnType type = *parsed.value;
  switch (type.kind) {
    // Whatever it is called, a SQLite integer has 64 bits and a real is a double.
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
      return simple(TypeKind::bigint, "bigint");
    case TypeKind::real:
    case TypeKind::double_precision:
      return simple(TypeKind::double_precision, "double precision");
    case TypeKind::char_: {
      // SQLite keeps trailing blanks, which char(n) would lose.
      if (!contains(word, "(")) return simple(TypeKind::text, "text");
      type.kind = TypeKind::varchar;
      type.sql = "varchar(" + std::to_string(type.length) + ")";
      return type;
    }
    case TypeKind::other:
      return by_affinity(word);
    default:
      return type;
  }
}

}  // namespace planrun
