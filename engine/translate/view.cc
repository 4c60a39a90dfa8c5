#include "translate/view.h"

#include "sql/definition.h"
#include "sql/quote.h"
#include "translate/query.h"

namespace planrun {
namespace {

/// CREATE VIEW NAME (COLUMNS) AS: what stands before the query. The columns' names as they were written.
std::string read_head(WordReader& words) {
  words.expect("create");
  if (words.is("temp") || words.is("temporary")) words.next();
  words.expect("view");
  if (words.take("if")) {
    words.expect("not");
    words.expect("exists");
  }
  words.name();
  if (words.take_sign(".")) words.name();
  std::string columns;
  if (words.is_sign("(")) {
    const std::size_t from = words.place();
    words.go_to(words.find({"as"}));
    columns = words.text(from, words.place());
  }
  words.expect("as");
  return columns;
}

}  // namespace

std::optional<TranslatedView> translate_view(std::string_view sql, const std::string& name,
                                             const std::vector<std::string>& columns,
                                             const KnownTables& tables, std::string& reason) {
  reason.clear();
  Translating in{WordReader(sql), tables};
  try {
    const std::string names = read_head(in.words);
    const std::size_t begin = in.words.place();
    QueryWish wish;
    wish.names = columns;
    wish.named = true;
    wish.on_lines = true;
    const Query query = read_query(in, nullptr, wish);
    const std::size_t end = in.words.place();
    in.words.take_sign(";");
    if (!in.words.at_end()) refuse("`" + in.words.next().text + "` is not known to mean the same");
    if (const auto parsed = parse_query(query.sql); !parsed)
      refuse("PostgreSQL's grammar does not take it: " + parsed.fault.message);
    TranslatedView view;
    view.query = query.sql;
    view.source = in.words.text(begin, end);
    // The query of a view has no list of names in a plan.
    if (!names.empty()) {
      const std::string own = quote_name(name);
      view.source = "with " + own + names + " as (" + view.source + ") select * from " + own;
    }
    view.table.source = name;
    view.table.target = name;
    view.table.is_view = true;
    for (const auto& column : query.columns)
      view.table.columns.push_back(column_of(column.value, column.name));
    return view;
  } catch (const Uncertain& uncertain) {
    reason = uncertain.reason + " (" + in.words.where() + ")";
    return std::nullopt;
  }
}

}  // namespace planrun
