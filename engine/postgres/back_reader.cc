#include "postgres/back_reader.h"

#include <algorithm>

#include "base/error.h"
#include "postgres/apply.h"
#include "sql/quote.h"

namespace planrun {
namespace {

std::vector<DecodedColumn> with_reference(const BackQuery& query) {
  std::vector<DecodedColumn> columns;
  if (query.references) columns.push_back({"ctid", TypeKind::text});
  columns.insert(columns.end(), query.columns.begin(), query.columns.end());
  return columns;
}

class CopyBackReader : public BackReader {
 public:
  CopyBackReader(std::shared_ptr<PostgresConnection> connection, const BackQuery& query)
      : connection_(std::move(connection)),
        decoder_(with_reference(query)),
        references_(query.references),
        end_(query.begin.empty() ? "" : query.end),
        give_up_(query.give_up),
        cells_(query.columns.size() + 1) {
    try {
      if (!query.begin.empty()) connection_->exec(query.begin);
      connection_->start_copy_out("COPY (" + query.select + ") TO STDOUT (FORMAT binary)");
    } catch (...) {
      connection_->give_up(give_up_.c_str());
      throw;
    }
  }
  ~CopyBackReader() override {
    if (!done_) connection_->give_up(give_up_.c_str());
  }

  bool next(std::span<Cell> row) override {
    if (done_) return false;
    while (true) {
      const auto step = rest_.empty() ? CopyDecoder::Step::need_more
                                      : decoder_.next(rest_, references_ ? std::span<Cell>(cells_) : row);
      if (step == CopyDecoder::Step::row) break;
      if (step == CopyDecoder::Step::end) {
        finish();
        return false;
      }
      take_message();
    }
    if (references_) std::copy(cells_.begin() + 1, cells_.end(), row.begin());
    return true;
  }

  std::string row_reference() const override { return references_ ? std::string(cells_[0].bytes) : ""; }

 private:
  /// One message is one row with today's servers; the protocol promises nothing.
  void take_message() {
    const std::string begun(rest_);
    // Two large rows are never held at once: the connection holds the next one a second time anyway.
    rest_ = {};
    message_.reset();
    std::size_t size = 0;
    PostgresConnection::Message message = connection_->next_copy_out(size);
    if (message == nullptr) throw Error(ErrorCode::target, "COPY ended in the middle of a row");
    message_ = std::move(message);
    rest_ = {message_.get(), size};
    if (begun.empty()) return;
    joined_ = begun;
    joined_ += rest_;
    rest_ = joined_;
  }

  void finish() {
    std::size_t size = 0;
    while (connection_->next_copy_out(size) != nullptr) {
    }
    if (!end_.empty()) connection_->exec(end_);
    done_ = true;
  }

  std::shared_ptr<PostgresConnection> connection_;
  CopyDecoder decoder_;
  bool references_;
  std::string end_;
  std::string give_up_;
  std::vector<Cell> cells_;
  PostgresConnection::Message message_;
  std::string joined_;     // a row that came in several messages
  std::string_view rest_;  // of message_ or joined_, not decoded yet
  bool done_ = false;
};

}  // namespace

std::unique_ptr<BackReader> read_rows(std::shared_ptr<PostgresConnection> connection,
                                      const BackQuery& query) {
  return std::make_unique<CopyBackReader>(std::move(connection), query);
}

std::string selected_columns(const TableSchema& table, std::span<const std::size_t> columns,
                             const std::string& alias) {
  std::string list;
  for (const std::size_t i : columns) {
    const ColumnSchema& column = table.columns[i];
    if (!list.empty()) list += ", ";
    list += alias + "." + quote_name(column.name);
    if (column.type.kind == TypeKind::other) list += "::text";
  }
  return list;
}

std::vector<DecodedColumn> decoded_columns(const TableSchema& table, std::span<const std::size_t> columns) {
  std::vector<DecodedColumn> decoded;
  for (const std::size_t i : columns) {
    decoded.push_back({table.name + "." + table.columns[i].name, table.columns[i].type.kind});
  }
  return decoded;
}

std::string row_reference(const TableSchema& table, const std::string& alias) {
  // On a cluster nothing names a row but what it holds.
  if (table.distribution) return "''";
  const std::string ctid = alias + (alias.empty() ? "" : ".") + "ctid::text";
  return table.partition ? alias + (alias.empty() ? "" : ".") + "tableoid::text || " + ctid : ctid;
}

namespace {

std::vector<StoredTable> measure(PostgresConnection& connection, const TableSchema& schema,
                                 const std::string& table) {
  const std::string blocks = "pg_relation_size(c.oid) / current_setting('block_size')::bigint";
  const Result r = connection.exec(
      schema.partition ? "SELECT format('%I.%I', n.nspname, c.relname), " + blocks +
                             " FROM pg_partition_tree($1::regclass) t JOIN pg_class c ON c.oid = t.relid"
                             " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE t.isleaf ORDER BY 1"
                       : "SELECT $1::text, " + blocks + " FROM pg_class c WHERE c.oid = $1::regclass",
      {table});
  std::vector<StoredTable> extents;
  for (int i = 0; i < r.rows(); ++i) extents.push_back({r.text(i, 0), r.integer(i, 1)});
  return extents;
}

/// Rows of one part: the blocks of all extents, one behind the other, are cut into ranges. The last block of
/// each has no end, so that rows of later ones are in it.
std::string part_query(const std::vector<StoredTable>& extents, const ReadBack& request,
                       const std::string& columns) {
  std::int64_t all = 0;
  for (const auto& extent : extents) all += std::max<std::int64_t>(extent.blocks, 1);
  const std::int64_t from = all * request.part / request.parts;
  const std::int64_t until = all * (request.part + 1) / request.parts;
  const auto block = [](std::int64_t number) { return "'(" + std::to_string(number) + ",0)'::tid"; };
  std::string query;
  std::int64_t begin = 0;  // of an extent among all blocks
  for (const auto& extent : extents) {
    const std::int64_t end = begin + std::max<std::int64_t>(extent.blocks, 1);
    if (begin < until && end > from) {
      if (!query.empty()) query += " UNION ALL ";
      query += "SELECT " + columns + " FROM " + extent.table +
               " t WHERE t.ctid >= " + block(std::max<std::int64_t>(from - begin, 0));
      if (until < end) query += " AND t.ctid < " + block(until - begin);
    }
    begin = end;
  }
  return query;
}

}  // namespace

BackQuery read_back_query(PostgresContext& context, PostgresConnection& connection, const ReadBack& request) {
  const std::string table = context.table(request.table->name);
  BackQuery query;
  query.columns = decoded_columns(*request.table, request.columns);
  query.select = "SELECT " + selected_columns(*request.table, request.columns, "t") + " FROM " + table + " t";
  if (!request.view.empty()) query.begin += "; SET TRANSACTION SNAPSHOT " + quote_literal(request.view);
  if (!request.load.empty()) {
    query.select += " JOIN " + context.ledger.undo + " u ON u.run = " + quote_literal(request.run) +
                    " AND u.load = " + quote_literal(request.load) + " AND u.op <> 'left' AND " +
                    is_row_of_undo(*request.table, "t", "u");
  }
  if (request.parts <= 1) return query;
  const std::string nothing = query.select + " WHERE false";
  if (request.table->distribution) {
    if (request.part > 0) query.select = nothing;  // a cluster's table is read in one part
    return query;
  }
  std::vector<StoredTable> extents = measure(connection, *request.table, table);
  if (!request.view.empty()) extents = context.blocks.settle(request.view, table, std::move(extents));
  query.select = part_query(extents, request, selected_columns(*request.table, request.columns, "t"));
  if (query.select.empty()) query.select = nothing;
  return query;
}

}  // namespace planrun
