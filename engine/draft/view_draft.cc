#include "draft/view_draft.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "draft/names.h"
#include "draft/toml_text.h"
#include "sql/definition.h"
#include "sql/identifiers.h"
#include "translate/view.h"

namespace planrun {
namespace {

class ViewDrafter {
 public:
  ViewDrafter(const DraftSource& source, KnownTables& known, const WhyNot& why_not)
      : source_(source), known_(known), why_not_(why_not) {}

  std::vector<ViewDraft> draft() {
    for (const auto& table : source_.census->tables) {
      if (table.table.kind == SourceTableKind::view) add(table);
    }
    return std::move(views_);
  }

 private:
  const TableCensus* view_of(const std::string& name) const {
    for (const auto& table : source_.census->tables) {
      if (table.table.kind == SourceTableKind::view && same_name(table.table.name, name)) return &table;
    }
    return nullptr;
  }

  void add(const TableCensus& view) {
    if (!begun_.insert(to_lower_ascii(view.table.name)).second) return;
    for (const auto& name : identifiers_in(view.declared.sql)) {
      if (const TableCensus* read = view_of(name)) add(*read);
    }
    ViewDraft draft;
    draft.census = &view;
    translate(draft);
    if (draft.postgresql.empty()) {
      KnownTable refused;
      refused.source = view.table.name;
      refused.refused = "a view that is not translated";
      known_.push_back(std::move(refused));
    }
    views_.push_back(std::move(draft));
  }

  void translate(ViewDraft& draft) {
    const SourceTable& view = draft.census->table;
    std::string sql = draft.census->declared.sql;
    std::erase(sql, '\r');
    if (view.columns.empty()) {
      draft.reason = "it does not work in the source either";
      return;
    }
    draft.reason = why_not_(view.name);
    if (!draft.reason.empty()) return;
    TakenNames names;
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < view.columns.size(); ++i)
      columns.push_back(names.take(view.columns[i].name, "column_" + std::to_string(i + 1)));
    if (!is_valid_utf8(sql) || TakenNames().take(view.name, "view_1") != view.name) {
      draft.reason = "its name or its SQL is not what every target takes";
      return;
    }
    auto translated = translate_view(sql, view.name, columns, known_, draft.reason);
    if (!translated) return;
    draft.postgresql = translated->query;
    draft.sqlite = translated->source;
    for (std::size_t i = 0; i < columns.size(); ++i)
      translated->table.columns[i].source = view.columns[i].name;
    known_.push_back(std::move(translated->table));
  }

  const DraftSource& source_;
  KnownTables& known_;
  const WhyNot& why_not_;
  std::set<std::string> begun_;
  std::vector<ViewDraft> views_;
};

/// Why a query would not find the table here as it was there; empty: it would.
std::string why_other(const TableDraft& table) {
  const bool is_same =
      table.name == table.census->table.name && std::ranges::all_of(table.columns, [&](const auto& column) {
        const ColumnSchema* own = table.census->table.schema->find(column.census->column.name);
        return own != nullptr && column.name == own->name && column.choice.way.type == own->type.sql;
      });
  return is_same ? "" : "its table " + shown(table.census->table.name) + " is another one here";
}

/// `known`: by name, why what it stands for cannot be read as it was; empty: it can.
std::string why_not_carried(const TableCensus& view, const std::map<std::string, std::string>& known,
                            const DraftTarget& target) {
  const ViewDeclaration& declared = *view.declared.view;
  if (!declared.why_own.empty()) return declared.why_own;
  for (const auto& type : declared.own_types) {
    if (std::ranges::find(target.types, type) == target.types.end()) return "it names type " + type;
  }
  for (const auto& name : declared.reads) {
    const auto read = known.find(name);
    if (read == known.end()) return "it reads " + shown(name) + ", which is not carried";
    if (!read->second.empty()) return read->second;
  }
  return parse_query(declared.query) ? "" : "planrun does not know all of its words";
}

}  // namespace

std::vector<TypedView> draft_typed_views(const DraftSource& source, std::span<const TableDraft> tables,
                                         const DraftTarget& target, const IsFree& is_free) {
  std::map<std::string, std::string> known;
  for (const auto& table : tables) {
    if (table.source == source.name) known[table.census->table.name] = why_other(table);
  }
  std::vector<TypedView> views;
  for (const auto& table : source.census->tables) {
    if (table.table.kind == SourceTableKind::view) views.push_back({&table});
  }
  if (!target.is_postgres) return views;
  // A view may come behind those that it reads.
  for (bool is_new = true; is_new;) {
    is_new = false;
    for (auto& view : views) {
      const std::string& name = view.census->table.name;
      if (view.is_carried || !view.census->declared.view) continue;
      view.reason =
          is_free(name) ? why_not_carried(*view.census, known, target) : "its name is taken by another";
      if (!view.reason.empty()) continue;
      view.is_carried = is_new = true;
      known[name] = "";
    }
  }
  return views;
}

std::vector<ViewDraft> draft_views(const DraftSource& source, KnownTables& known, const WhyNot& why_not) {
  return ViewDrafter(source, known, why_not).draft();
}

}  // namespace planrun
