#include "run/side_reader.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/error.h"

namespace planrun {

namespace {

using Clock = std::chrono::steady_clock;

// How long a range of a source that is written keeps a writer from its COMMIT.
constexpr auto kPiece = std::chrono::milliseconds(20);

[[noreturn]] void throw_stopped() {
  throw Error(ErrorCode::interrupted, "stopped on request", "the same command verifies again");
}

class Expected : public RowVisitor {
 public:
  Expected(const std::set<std::string>& rejected, const std::atomic<bool>& stop, bool in_pieces,
           const RowUse& use)
      : rejected_(rejected), stop_(stop), in_pieces_(in_pieces), use_(use) {}

  void begin_piece() {
    until_ = Clock::now() + kPiece;
    is_first_ = true;
  }
  bool wants_more(const Reader& at) override {
    if (stop_) return false;
    // At least one row each time, or the road would never end.
    if (!in_pieces_ || std::exchange(is_first_, false) || Clock::now() < until_) return true;
    return at.key().values.empty();
  }
  void row(const SourceRow& from, std::span<const Cell> target) override {
    if (rejected_.empty() || !rejected_.contains(to_json(from.key()))) use_(target);
  }
  void rejected(const SourceRow& from, const Misfit&) override {
    if (!rejected_.contains(to_json(from.key()))) ++rows_rejected;
  }
  std::int64_t rows_rejected = 0;

 private:
  const std::set<std::string>& rejected_;
  const std::atomic<bool>& stop_;
  bool in_pieces_;
  const RowUse& use_;
  Clock::time_point until_;
  bool is_first_ = true;
};

}  // namespace

SideReader::SideReader(const Reading& reading, int worker) : reading_(reading), worker_(worker) {}

Target& SideReader::target() {
  if (!target_) target_ = reading_.target.connect(reading_.run, worker_);
  return *target_;
}

Source& SideReader::source(const std::string& name) {
  auto& source = sources_[name];
  if (!source) source = reading_.sources.at(name)->connect();
  return *source;
}

void SideReader::renew() {
  sources_.clear();
}

std::int64_t SideReader::read_expected(const ResolvedTable& table, const ResolvedLoad& load,
                                       const Range& range, const RowUse& use) {
  static const std::set<std::string> kNone;
  const auto known = reading_.rejected.find(load.name);
  const auto canonical = [this](const std::string& type, std::span<const std::string> values) {
    return target().canonical_text(type, values);
  };
  Road road(source(load.source), table, load, reading_.target.dialect().value_limits(), reading_.settlements,
            canonical);
  Expected visitor(known == reading_.rejected.end() ? kNone : known->second, reading_.stop,
                   reading_.live.contains(load.source), use);
  Range rest = range;
  do {
    visitor.begin_piece();
    rest.from = road.travel(rest, visitor);
    if (reading_.stop) throw_stopped();
  } while (rest.from);
  return visitor.rows_rejected;
}

ReadBack SideReader::request(const ResolvedTable& table, const ResolvedLoad& load) const {
  ReadBack request;
  request.table = &table.schema;
  for (const auto& column : load.columns) request.columns.push_back(column.column);
  if (!table.schema.exists) return request;
  request.run = reading_.run;
  request.load = load.name;
  return request;
}

void SideReader::read_found(ReadBack request, const RowUse& use) {
  request.gives_way = true;
  std::vector<Cell> row(request.columns.size());
  const auto reader = target().read_back(request);
  while (reader->next(row)) {
    if (reading_.stop) throw_stopped();
    use(row);
  }
}

}  // namespace planrun
