#include "sqlite/tenant_source.h"

#include <algorithm>
#include <list>

#include "base/text.h"

namespace planrun {
namespace {

// A worker reads one file after the other. A few more stay open for rows that are looked up beside it, and no
// more: each may hold some MB of pages.
constexpr std::size_t kMostOpen = 4;
// A file of this size is read in about a second: larger ones are cut before any of their rows are read.
constexpr std::int64_t kBytesToCut = 64 << 20;

class OpenFiles {
 public:
  explicit OpenFiles(std::shared_ptr<TenantFiles> files) : files_(std::move(files)) {}

  /// Stays open for as long as the answer lives.
  std::shared_ptr<Source> open(std::size_t file) {
    const auto found = std::ranges::find(open_, file, &Opened::file);
    if (found != open_.end()) {
      open_.splice(open_.begin(), open_, found);
      return found->source;
    }
    if (open_.size() == kMostOpen) open_.pop_back();
    open_.push_front({file, files_->connect(file)});
    return open_.front().source;
  }

  TenantFiles& all() const { return *files_; }
  const TenantFile& operator[](std::size_t file) const { return files_->files()[file]; }
  std::size_t count() const { return files_->files().size(); }

 private:
  struct Opened {
    std::size_t file;
    std::shared_ptr<Source> source;
  };
  std::shared_ptr<TenantFiles> files_;
  std::list<Opened> open_;  // the one used last first
};

/// A key as the source tells it: the tenant, then what names the row in its file; the tenant alone stands
/// before all rows of the file.
struct TenantKey {
  std::string tenant;
  Key rest;
};

TenantKey split_key(const Key& key) {
  if (key.values.empty() || key.values.front().kind != CellKind::text) {
    throw Error(ErrorCode::source, "key " + to_text(key) + " is no key of a source of many files",
                "the source is not the one that the run began with");
  }
  return {key.values.front().bytes, {{key.values.begin() + 1, key.values.end()}}};
}

Key join_key(const std::string& tenant, const Key& rest) {
  const Cell cell = Cell::of_text(tenant);
  Key key = key_of({&cell, 1});
  key.values.insert(key.values.end(), rest.values.begin(), rest.values.end());
  return key;
}

/// A range of the source as its files have it.
struct FileRange {
  std::size_t first = 0;
  std::size_t end = 0;       // behind the last file
  std::optional<Key> from;   // in the first file
  std::optional<Key> until;  // in the last one
};

FileRange in_files(const OpenFiles& files, const Range& range) {
  const auto& all = files.all().files();
  const auto place_of = [&](const std::string& tenant) {
    return static_cast<std::size_t>(std::ranges::lower_bound(all, tenant, {}, &TenantFile::tenant) -
                                    all.begin());
  };
  FileRange found{0, all.size(), std::nullopt, std::nullopt};
  if (range.from) {
    TenantKey from = split_key(*range.from);
    found.first = place_of(from.tenant);
    const bool is_there = found.first < all.size() && all[found.first].tenant == from.tenant;
    if (is_there && !from.rest.values.empty()) found.from = std::move(from.rest);
  }
  if (range.until) {
    TenantKey until = split_key(*range.until);
    found.end = place_of(until.tenant);
    const bool is_there = found.end < all.size() && all[found.end].tenant == until.tenant;
    if (is_there && !until.rest.values.empty()) {
      found.until = std::move(until.rest);
      ++found.end;
    }
  }
  return found;
}

class TenantReader : public Reader {
 public:
  TenantReader(std::shared_ptr<OpenFiles> files, ReadRequest request, const Range& range)
      : files_(std::move(files)),
        request_(std::move(request)),
        range_(in_files(*files_, range)),
        file_(range_.first) {}

  ReadOutcome next(std::span<Cell> row) override {
    for (; file_ < range_.end; ++file_) {
      if (!reader_) begin();
      const ReadOutcome outcome = reader_->next(row);
      if (outcome != ReadOutcome::end) return outcome;
      reader_.reset();
      source_.reset();
    }
    return ReadOutcome::end;
  }

  // Of a table without a key the tenant alone would name all rows of its file.
  Key key() const override {
    Key rest = reader_->key();
    return rest.values.empty() ? rest : join_key((*files_)[file_].tenant, rest);
  }

  std::string failure() const override { return reader_->failure(); }

 private:
  void begin() {
    Range range;
    if (file_ == range_.first) range.from = range_.from;
    if (file_ + 1 == range_.end) range.until = range_.until;
    source_ = files_->open(file_);
    reader_ = source_->read(request_, range);
  }

  std::shared_ptr<OpenFiles> files_;
  ReadRequest request_;
  FileRange range_;
  std::size_t file_;
  std::shared_ptr<Source> source_;
  std::unique_ptr<Reader> reader_;  // before source_ goes
};

class TenantSource : public Source {
 public:
  TenantSource(std::shared_ptr<TenantFiles> files, std::string shown)
      : files_(std::make_shared<OpenFiles>(std::move(files))), shown_(std::move(shown)) {}

  std::vector<SourceTable> tables() override { return files_->all().tables(); }

  std::string row_as_json(const std::string& table, const Key& key) override {
    const TenantKey place = split_key(key);
    const FileRange range = in_files(*files_, {key, std::nullopt});
    if (range.first == files_->count() || (*files_)[range.first].tenant != place.tenant) return {};
    return files_->open(range.first)->row_as_json(table, place.rest);
  }

  std::vector<Range> ranges(const std::string& table, std::int64_t rows) override;

  std::unique_ptr<Reader> read(const ReadRequest& request, const Range& range) override {
    return std::make_unique<TenantReader>(files_, request, range);
  }

  QueryResult query(const std::string&) override {
    throw Error(ErrorCode::refused,
                shown_ + " is " + with_thousands(static_cast<std::int64_t>(files_->count())) +
                    " files, and no query can be asked of all of them",
                "ask the target, and say what is expected");
  }

  std::string refuse_expression(const std::string& table, const std::string& expr) override {
    for (const auto& schema : files_->all().schemas()) {
      const std::string why = files_->open(schema.first)->refuse_expression(table, expr);
      if (!why.empty()) return why + ", in " + files_->all().shown_files(schema);
    }
    return {};
  }

  std::vector<std::string> differences(const std::string& table,
                                       const std::vector<std::string>& columns) override {
    return files_->all().differences(table, columns);
  }

 private:
  std::shared_ptr<OpenFiles> files_;
  std::string shown_;
};

// A range ends where the next file begins, so that no two files share one.
std::vector<Range> TenantSource::ranges(const std::string& table, std::int64_t rows) {
  std::vector<Range> ranges;
  const auto begin_of = [&](std::size_t file) -> std::optional<Key> {
    if (file == 0 || file == files_->count()) return std::nullopt;
    return join_key((*files_)[file].tenant, {});
  };
  for (std::size_t i = 0; i < files_->count(); ++i) {
    std::vector<Range> own = {Range{}};
    std::error_code fault;
    if (std::filesystem::file_size((*files_)[i].file, fault) > kBytesToCut && !fault)
      own = files_->open(i)->ranges(table, rows);
    for (const Range& range : own) {
      const auto bound = [&](const std::optional<Key>& inner, std::size_t outer) {
        return inner ? std::optional(join_key((*files_)[i].tenant, *inner)) : begin_of(outer);
      };
      ranges.push_back({bound(range.from, i), bound(range.until, i + 1)});
    }
  }
  return ranges;
}

}  // namespace

std::unique_ptr<Source> make_tenant_source(std::shared_ptr<TenantFiles> files, std::string shown) {
  return std::make_unique<TenantSource>(std::move(files), std::move(shown));
}

}  // namespace planrun
