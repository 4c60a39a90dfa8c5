#include "load/road.h"

#include <algorithm>
#include <deque>
#include <map>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

namespace planrun {

namespace {

// Values of types that are not encoded are asked of the target in lots: a question a value would cost a round
// trip each.
constexpr std::size_t kLotRows = 1000;
constexpr std::size_t kLotBytes = 1 << 20;

// Of so many rows that a function made of one, the fields are kept between the two times they are mapped;
// those of the rest are read again. A million rows out of one would be as many cells as fields in memory.
constexpr std::size_t kKeptRows = 1000;

// A reader's key of a row that is gone by: what a lot keeps.
class KeptRow : public Reader {
 public:
  explicit KeptRow(Key key) : key_(std::move(key)) {}
  ReadOutcome next(std::span<Cell>) override { return ReadOutcome::end; }
  Key key() const override { return key_; }
  std::string failure() const override { return {}; }

 private:
  Key key_;
};

Misfit expression_failure(const Reader& reader) {
  return {0, "", "an expression failed: " + reader.failure()};
}

}  // namespace

ReadRequest read_request(const ResolvedLoad& load) {
  ReadRequest request;
  request.table = load.source_table;
  request.where = load.where;
  for (const auto& input : load.inputs) request.inputs.push_back({input.column, input.expr});
  return request;
}

RowHasher row_hasher(const ResolvedTable& table, const ResolvedLoad& load) {
  std::vector<CanonicalColumn> columns;
  for (const auto& c : load.columns) {
    const ColumnSchema& schema = table.schema.columns[c.column];
    columns.push_back({schema.name, schema.type.kind});
  }
  return RowHasher(columns, table.sha256_digest);
}

// The first row of a range, if it has the key that was asked for.
class OneKey : public RowVisitor {
 public:
  OneKey(const Key& key, RowVisitor& visitor) : key_(key), visitor_(visitor) {}

  bool wants_more(const Reader& at) override {
    if (is_told_ || at.key() != key_) return false;
    is_told_ = true;
    has_ended_ = !visitor_.wants_more(at);
    return !has_ended_;
  }
  void row(const SourceRow& from, std::span<const Cell> target) override { visitor_.row(from, target); }
  void rejected(const SourceRow& from, const Misfit& misfit) override { visitor_.rejected(from, misfit); }
  void dropped() override { visitor_.dropped(); }
  void merged(const SourceRow& from, std::span<const Cell> target, const MergedRow& row) override {
    visitor_.merged(from, target, row);
  }

  bool is_missing() const { return !is_told_; }
  bool has_ended() const { return has_ended_; }

 private:
  const Key& key_;
  RowVisitor& visitor_;
  bool is_told_ = false;
  bool has_ended_ = false;
};

// Rows that wait until the target has said the canonical text of their values.
class Road::Lot {
 public:
  explicit Lot(Road& road) : road_(road) {}

  void add(const SourceRow& from, std::span<const Cell> cells) {
    Row row{from.key(), from.outputs, from.ordinal, {}};
    for (Cell cell : cells) {
      if (cell.kind == CellKind::text || cell.kind == CellKind::blob) {
        bytes_ += cell.bytes.size();
        cell.bytes = texts_.emplace_back(cell.bytes);
      }
      row.cells.push_back(cell);
    }
    rows_.push_back(std::move(row));
  }

  bool is_full() const { return rows_.size() >= kLotRows || bytes_ >= kLotBytes; }

  void tell(RowVisitor& visitor) {
    std::map<std::size_t, Answers> answers;
    for (const std::size_t column : road_.not_encoded_) answers[column] = ask(column);
    for (std::size_t i = 0; i < rows_.size(); i += rows_[i].outputs) {
      const std::span<Row> rows = std::span(rows_).subspan(i, rows_[i].outputs);
      const KeptRow kept(rows.front().key);
      std::optional<Misfit> misfit;
      for (Row& row : rows) {
        if (!misfit) misfit = put_answers(answers, row);
      }
      if (misfit) {
        visitor.rejected(SourceRow{kept}, *misfit);
        continue;
      }
      SourceRow from{kept};
      from.ordinal = rows.front().ordinal;
      road_.tell(from, rows.size(), visitor,
                 [&](std::size_t n) { return std::span<const Cell>(rows[n].cells); });
    }
    rows_.clear();
    texts_.clear();
    bytes_ = 0;
  }

 private:
  struct Row {
    Key key;
    std::size_t outputs;
    std::int64_t ordinal;
    std::vector<Cell> cells;
  };
  using Answers = std::map<std::string_view, std::optional<std::string>>;

  std::optional<Misfit> put_answers(const std::map<std::size_t, Answers>& answers, Row& row) const {
    for (const std::size_t column : road_.not_encoded_) {
      Cell& cell = row.cells[column];
      if (cell.is_null()) continue;
      const auto& answer = answers.at(column).at(cell.bytes);
      if (!answer) {
        return Misfit{column, "text '" + std::string(cell.bytes.substr(0, 60)) + "'",
                      "is no " + road_.column_type(column).sql + " to the target"};
      }
      cell.bytes = *answer;
    }
    return std::nullopt;
  }

  Answers ask(std::size_t column) {
    Answers distinct;
    for (const Row& row : rows_) {
      if (!row.cells[column].is_null()) distinct.emplace(row.cells[column].bytes, std::nullopt);
    }
    std::vector<std::string> values;
    values.reserve(distinct.size());
    for (const auto& [value, answer] : distinct) values.emplace_back(value);
    if (values.empty()) return distinct;
    const auto answers = road_.canonical_text_(road_.column_type(column).sql, values);
    std::size_t i = 0;
    for (auto& [value, answer] : distinct) answer = answers[i++];
    return distinct;
  }

  Road& road_;
  std::vector<Row> rows_;
  std::deque<std::string> texts_;  // addresses stay as it grows
  std::size_t bytes_ = 0;
};

Road::Road(Source& source, const ResolvedTable& table, const ResolvedLoad& load, const ValueLimits& limits,
           const Settlements& settlements, CanonicalText canonical_text)
    : source_(source),
      table_(table),
      load_(load),
      canonical_text_(std::move(canonical_text)),
      mapping_(make_mapping(table.schema, load, limits)),
      request_(read_request(load)),
      input_(load.inputs.size()),
      output_(load.columns.size()) {
  for (const auto& column : load.columns) {
    if (canonical_text_ && table.schema.columns[column.column].type.kind == TypeKind::other) {
      not_encoded_.push_back(columns_.size());
    }
    columns_.push_back(column.column);
  }
  if (load.merge) merge_key_.emplace(table, load);
  if (table.schema.partition) place_check_.emplace(table.schema, columns_);
  settlement_ = settlements.of(load);
  if (settlement_ != nullptr) hasher_ = std::make_unique<RowHasher>(row_hasher());
  if (!load.transform) return;
  describe_row_ = [this] {
    return load_.source + "." + load_.source_table + " key " + to_text(under_way_->key());
  };
  lua_ = make_lua_transform(*load.transform, describe_row_);
}

Road::~Road() = default;

const ColumnType& Road::column_type(std::size_t column) const {
  return table_.schema.columns[columns_[column]].type;
}

RowHasher Road::row_hasher() const {
  return planrun::row_hasher(table_, load_);
}

std::optional<Key> Road::travel(const Range& range, RowVisitor& visitor) {
  const auto reader = source_.read(request_, range);
  if (lua_) return travel_through_lua(*reader, visitor);
  if (!not_encoded_.empty()) return travel_in_lots(*reader, visitor);
  SourceRow from{*reader};
  Misfit misfit;
  for (;;) {
    const ReadOutcome outcome = reader->next(input_);
    if (outcome == ReadOutcome::end) return std::nullopt;
    if (!visitor.wants_more(*reader)) return reader->key();
    ++from.ordinal;
    if (outcome == ReadOutcome::dropped) {
      visitor.dropped();
    } else if (outcome == ReadOutcome::failed) {
      visitor.rejected(from, expression_failure(*reader));
    } else if (!map(input_, misfit)) {
      visitor.rejected(from, misfit);
    } else if (settlement_ == nullptr) {
      visitor.row(from, output_);
    } else {
      tell(from, 1, visitor, [&](std::size_t) { return std::span<const Cell>(output_); });
    }
  }
}

void Road::visit(std::span<const Key> keys, RowVisitor& visitor) {
  for (const Key& key : keys) {
    OneKey one(key, visitor);
    travel({key, std::nullopt}, one);
    if (one.has_ended()) return;
    if (one.is_missing()) {
      throw Error(ErrorCode::source, load_.source + "." + load_.source_table + " has no row of key " +
                                         to_text(key) + " any more");
    }
  }
}

std::optional<Key> Road::travel_in_lots(Reader& reader, RowVisitor& visitor) {
  Lot lot(*this);
  SourceRow from{reader};
  Misfit misfit;
  for (;;) {
    const ReadOutcome outcome = reader.next(input_);
    if (outcome == ReadOutcome::end) break;
    if (!visitor.wants_more(reader)) {
      const Key key = reader.key();
      lot.tell(visitor);
      return key;
    }
    ++from.ordinal;
    if (outcome == ReadOutcome::dropped) {
      visitor.dropped();
    } else if (outcome == ReadOutcome::failed) {
      visitor.rejected(from, expression_failure(reader));
    } else if (map(input_, misfit)) {
      lot.add(from, output_);
    } else {
      visitor.rejected(from, misfit);
    }
    if (lot.is_full()) lot.tell(visitor);
  }
  lot.tell(visitor);
  return std::nullopt;
}

std::optional<Key> Road::travel_through_lua(Reader& reader, RowVisitor& visitor) {
  Lot lot(*this);
  for (std::int64_t ordinal = 1;; ++ordinal) {
    const ReadOutcome outcome = reader.next(input_);
    if (outcome == ReadOutcome::end) break;
    if (!visitor.wants_more(reader)) {
      const Key key = reader.key();
      lot.tell(visitor);
      return key;
    }
    if (outcome == ReadOutcome::dropped) {
      visitor.dropped();
    } else if (outcome == ReadOutcome::failed) {
      visitor.rejected(SourceRow{reader}, expression_failure(reader));
    } else {
      transform(reader, ordinal, lot, visitor);
    }
    if (lot.is_full()) lot.tell(visitor);
  }
  lot.tell(visitor);
  return std::nullopt;
}

// A source row is atomic: all its rows are mapped once before the first of them is told. Mapping twice costs
// less than keeping the columns' cells, which view buffers of the mapping.
void Road::transform(const Reader& reader, std::int64_t ordinal, Lot& lot, RowVisitor& visitor) {
  under_way_ = &reader;
  if (repeatable_.wants_next()) repeatable_.check(*lua_, input_, load_, describe_row_);
  const auto count = lua_->apply(input_);
  if (!count) return visitor.rejected(SourceRow{reader}, {0, "", lua_->failure()});
  if (*count == 0) return visitor.dropped();
  const std::size_t kept = std::min(*count, kKeptRows + 1) * load_.transform->fields.size();
  if (fields_.size() < kept) fields_.resize(kept);
  Misfit misfit;
  for (std::size_t n = 0; n < *count; ++n) {
    if (!read_output(n, misfit) || !map(fields_of(n), misfit)) {
      if (*count > 1) {
        misfit.reason += " (row " + std::to_string(n + 1) + " of " + std::to_string(*count) + ")";
      }
      return visitor.rejected(SourceRow{reader}, misfit);
    }
  }
  SourceRow from{reader, 0, *count};
  from.ordinal = ordinal;
  const auto cells = [&](std::size_t n) {
    if (*count > 1 && (n < kKeptRows || read_output(n, misfit))) map(fields_of(n), misfit);
    return std::span<const Cell>(output_);
  };
  if (not_encoded_.empty()) return tell(from, *count, visitor, cells);
  for (std::size_t n = 0; n < *count; ++n) lot.add(from, cells(n));
}

template <typename Cells>
void Road::tell(const SourceRow& source_row, std::size_t count, RowVisitor& visitor, const Cells& cells) {
  SourceRow from = source_row;
  from.outputs = count;
  merged_.assign(count, std::nullopt);
  for (std::size_t n = 0; n < count && settlement_ != nullptr; ++n) {
    merged_[n] = find_merged(from, n, cells(n));
    if (merged_[n]) ++from.merged;
  }
  from.outputs -= from.merged;
  for (std::size_t n = 0; n < count && from.merged > 0; ++n) {
    if (!merged_[n]) continue;
    visitor.merged(from, cells(n), *merged_[n]);
    ++from.output;
  }
  from.output = 0;
  for (std::size_t n = 0; n < count; ++n) {
    if (merged_[n]) continue;
    visitor.row(from, cells(n));
    ++from.output;
  }
}

std::optional<MergedRow> Road::find_merged(const SourceRow& from, std::size_t output,
                                           std::span<const Cell> cells) {
  const Settlement::Kept* kept = settlement_->find(merge_key_->hash(cells));
  if (kept == nullptr || kept->identity == row_identity(load_, from.key(), from.ordinal, output))
    return std::nullopt;
  return MergedRow{settlement_, kept, hasher_->hash(cells).xxh3 != kept->row};
}

bool Road::map(std::span<const Cell> row, Misfit& misfit) {
  if (!mapping_->apply(row, output_)) {
    misfit = mapping_->misfit();
    return false;
  }
  if (place_check_ && !place_check_->takes(output_, misfit)) return false;
  if (!merge_key_) return true;
  for (const std::size_t i : merge_key_->cells()) {
    if (!output_[i].is_null()) continue;
    misfit = {i, "null", "`merge` goes by " + table_.schema.columns[columns_[i]].name + ", which is null"};
    return false;
  }
  return true;
}

std::span<Cell> Road::fields_of(std::size_t n) {
  const std::size_t fields = load_.transform->fields.size();
  return std::span(fields_).subspan(std::min(n, kKeptRows) * fields, fields);
}

bool Road::read_output(std::size_t n, Misfit& misfit) {
  if (lua_->output(n, fields_of(n))) return true;
  misfit = {0, "", lua_->failure()};
  return false;
}

Reject Road::make_reject(const SourceRow& row, const Misfit& misfit) {
  Reject reject;
  reject.source = load_.source;
  reject.table = load_.source_table;
  reject.key = row.key();
  if (misfit.column < columns_.size() && !misfit.value.empty()) {
    reject.column = table_.schema.columns[columns_[misfit.column]].name;
  }
  reject.value = misfit.value;
  reject.reason = misfit.reason;
  reject.row =
      reject.key.values.empty() ? input_as_json() : source_.row_as_json(load_.source_table, reject.key);
  return reject;
}

Reject Road::make_reject(const SourceRow& row, std::span<const Cell> target, const std::string& columns,
                         const std::string& reason) {
  std::vector<std::string> names;
  for (const auto& part : split(columns, ',')) names.emplace_back(trim(part));
  Reject reject = make_reject(row, {0, describe_columns(names, target), reason});
  reject.column = columns;
  return reject;
}

std::string Road::describe_columns(const std::vector<std::string>& columns,
                                   std::span<const Cell> target) const {
  std::vector<std::string> values;
  for (const auto& name : columns) {
    const auto place = std::ranges::find_if(
        columns_, [&](std::size_t column) { return table_.schema.columns[column].name == name; });
    if (place == columns_.end()) return {};
    values.push_back(describe(table_.schema.columns[*place].type,
                              target[static_cast<std::size_t>(place - columns_.begin())]));
  }
  return join(values, ", ");
}

Reject Road::make_reject(const SourceRow& row, const MergedRow& merged) {
  Reject reject = make_reject(row, Misfit{0, "", merged.settlement->reason(*merged.kept)});
  reject.kind = RejectKind::merged;
  return reject;
}

// A row without a key cannot be found again: what was read of it is kept instead.
std::string Road::input_as_json() const {
  const Json values = Json::parse(to_json(key_of(input_)));
  Json row = Json::object();
  for (std::size_t i = 0; i < load_.inputs.size(); ++i) {
    const auto& input = load_.inputs[i];
    row[input.column.empty() ? input.expr : input.column] = values[i];
  }
  return row.dump();
}

}  // namespace planrun
