#include "draft/view_draft.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "draft/names.h"
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

}  // namespace

std::vector<ViewDraft> draft_views(const DraftSource& source, KnownTables& known, const WhyNot& why_not) {
  return ViewDrafter(source, known, why_not).draft();
}

}  // namespace planrun
