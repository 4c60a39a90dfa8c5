#include "sql/quote.h"

namespace planrun {
namespace {

std::string quoted(std::string_view text, char quote) {
  std::string out;
  out.reserve(text.size() + 2);
  out += quote;
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  out += quote;
  return out;
}

// The keywords of SQLite 3.45, and those of PostgreSQL 16 that are no column's name.
constexpr std::string_view kKeywords =
    " abort action add after all alter always analyse analyze and any array as asc asymmetric attach"
    " authorization autoincrement before begin between bigint binary bit boolean both by cascade case"
    " cast char character check coalesce collate collation column commit concurrently conflict"
    " constraint create cross current current_catalog current_date current_role current_schema"
    " current_time current_timestamp current_user database dec decimal default deferrable deferred"
    " delete desc detach distinct do drop each else end escape except exclude exclusive exists explain"
    " extract fail false fetch filter first float following for foreign freeze from full generated glob"
    " grant greatest group grouping groups having if ignore ilike immediate in index indexed initially"
    " inner inout insert instead int integer intersect interval into is isnull join key last lateral"
    " leading least left like limit localtime localtimestamp match materialized national natural nchar"
    " no none normalize not nothing notnull null nullif nulls numeric of offset on only or order others"
    " out outer over overlaps overlay partition placing plan position pragma preceding precision primary"
    " query raise range real recursive references regexp reindex release rename replace restrict"
    " returning right rollback row rows savepoint select session_user set setof similar smallint some"
    " substring symmetric system_user table tablesample temp temporary then ties time timestamp to"
    " trailing transaction treat trigger trim true unbounded union unique update user using vacuum"
    " values varchar variadic verbose view virtual when where window with without xmlattributes"
    " xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize"
    " xmltable ";

bool is_plain(std::string_view name) {
  constexpr std::string_view kFirst = "abcdefghijklmnopqrstuvwxyz_";
  return !name.empty() && kFirst.find(name[0]) != std::string_view::npos &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789") == std::string_view::npos &&
         kKeywords.find(" " + std::string(name) + " ") == std::string_view::npos;
}

}  // namespace

std::string quote_where_needed(std::string_view name) {
  return is_plain(name) ? std::string(name) : quote_name(name);
}

std::string quote_name(std::string_view name) {
  return quoted(name, '"');
}

std::string quote_literal(std::string_view text) {
  return quoted(text, '\'');
}

}  // namespace planrun
