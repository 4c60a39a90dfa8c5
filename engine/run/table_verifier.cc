#include "run/table_verifier.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/error.h"
#include "base/text.h"
#include "run/own_rows.h"
#include "run/worker.h"

namespace planrun {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kRowsAPart = 250'000;
constexpr std::int64_t kMostParts = 16;
// Rows that differ are read again after these pauses, where somebody may be writing: a writer of both sides
// is done with the second one by then.
constexpr std::array kPauses = {std::chrono::milliseconds(200), std::chrono::milliseconds(400),
                                std::chrono::milliseconds(800)};
constexpr int kTries = 3;
// Rows that are gone from a table of others; more are not told.
constexpr std::size_t kMostGone = 10'000;

// What is compared on its own: a table of the plan's, or one load into a table of others.
struct Unit {
  const ResolvedTable* table = nullptr;
  std::vector<const ResolvedLoad*> loads;
  bool meets_rows = false;  // its rows are told apart by what they hold (OwnRows), in one piece
  std::int64_t rows_written = 0;
  std::atomic<std::int64_t> rows_read{0};
  std::mutex mutex;
  Digest expected;
  Digest found;
  std::map<std::string, std::int64_t> rejected;  // by load: rows that the run had not rejected
  std::string fault;
  double seconds = 0;
  int jobs_left = 0;
};

class Verifier {
 public:
  Verifier(const Reading& reading, const VerifyTables& tables) : reading_(reading), tables_(tables) {
    for (const auto& chunk : tables.chunks) rows_written_[chunk.chunk.load] += chunk.result.digest.rows;
    for (const auto& table : tables.plan.tables) {
      if (!table.schema.exists) {
        add_unit(table, pointers_to(table.loads));
        continue;
      }
      for (const auto& load : table.loads) add_unit(table, {&load});
    }
  }

  std::vector<TableVerification> run() {
    const std::string before = state();
    for (int attempt = 1;; ++attempt) {
      try {
        read_all();
        break;
      } catch (const Error& error) {
        // A file that is read without a lock may be torn by a writer that came meanwhile.
        if (error.code() != ErrorCode::source || state() == before || attempt == kTries) throw;
      }
    }
    std::vector<TableVerification> results;
    for (const auto& unit : units_) results.push_back(judge(*unit, before));
    find_gone_rows(results);
    return results;
  }

 private:
  using Job = std::function<void(SideReader&)>;

  static std::vector<const ResolvedLoad*> pointers_to(const std::vector<ResolvedLoad>& loads) {
    std::vector<const ResolvedLoad*> pointers;
    for (const auto& load : loads) pointers.push_back(&load);
    return pointers;
  }

  void add_unit(const ResolvedTable& table, std::vector<const ResolvedLoad*> loads) {
    Unit& unit = *units_.emplace_back(std::make_unique<Unit>());
    unit.table = &table;
    unit.loads = std::move(loads);
    for (const auto* load : unit.loads) {
      unit.meets_rows = unit.meets_rows || load->may_meet_rows || table.schema.exists;
      unit.rows_written += rows_written_[load->name];
    }
  }

  // Differs once a source or the target was written.
  std::string state() const {
    std::string state = reading_.target.state();
    if (state.empty()) state = "?" + std::to_string(Clock::now().time_since_epoch().count());
    for (const auto& [name, source] : reading_.sources) state += "\n" + source->state().text;
    return state;
  }

  void read_all() {
    jobs_.clear();
    SideReader first(reading_, 0);
    const std::string view = first.target().share_view();
    for (const auto& unit : units_) {
      unit->expected = unit->found = {};
      unit->rejected.clear();
      unit->fault.clear();
      unit->rows_read = 0;
      unit->seconds = 0;
      add_jobs(*unit, view, first);
    }
    work();
  }

  void add_jobs(Unit& unit, const std::string& view, SideReader& first) {
    const std::size_t before = jobs_.size();
    if (unit.meets_rows) {
      add(unit, [this, &unit, view](SideReader& reader) { read_meeting(unit, view, reader); });
    } else {
      for (const auto* load : unit.loads) {
        const auto ranges = tables_.jobs == 1 ? std::vector<Range>{Range{}}
                                              : ranges_of(first.source(load->source), *load, kRowsAPart);
        for (const Range& range : ranges) {
          add(unit,
              [this, &unit, load, range](SideReader& reader) { read_expected(unit, *load, range, reader); });
        }
      }
      const auto parts =
          tables_.jobs == 1 ? 1 : std::clamp<std::int64_t>(unit.rows_written / kRowsAPart, 1, kMostParts);
      for (int part = 0; part < static_cast<int>(parts); ++part) {
        add(unit, [this, &unit, view, part, parts](SideReader& reader) {
          read_found(unit, view, part, static_cast<int>(parts), reader);
        });
      }
    }
    unit.jobs_left = static_cast<int>(jobs_.size() - before);
  }

  void add(Unit& unit, const Job& job) {
    jobs_.push_back([&unit, job](SideReader& reader) {
      const auto start = Clock::now();
      try {
        job(reader);
      } catch (const Error& error) {
        // What cannot be read back is not what the run has written.
        if (error.code() != ErrorCode::target || error.retryable()) throw;
        const std::lock_guard lock(unit.mutex);
        unit.fault = error.what();
      }
      const std::lock_guard lock(unit.mutex);
      unit.seconds += std::chrono::duration<double>(Clock::now() - start).count();
      --unit.jobs_left;
    });
  }

  void read_expected(Unit& unit, const ResolvedLoad& load, const Range& range, SideReader& reader) const {
    RowHasher hasher = row_hasher(*unit.table, load);
    Digest digest;
    const auto rejected = reader.read_expected(
        *unit.table, load, range, [&](std::span<const Cell> row) { digest.add(hasher.hash(row)); });
    const std::lock_guard lock(unit.mutex);
    unit.expected += digest;
    unit.rejected[load.name] += rejected;
  }

  void read_found(Unit& unit, const std::string& view, int part, int parts, SideReader& reader) const {
    ReadBack request = reader.request(*unit.table, *unit.loads.front());
    request.view = view;
    request.part = part;
    request.parts = parts;
    RowHasher hasher = row_hasher(*unit.table, *unit.loads.front());
    Digest digest;
    reader.read_found(request, [&](std::span<const Cell> row) {
      digest.add(hasher.hash(row));
      if ((digest.rows & 0xfff) == 0) unit.rows_read += 0x1000;
    });
    unit.rows_read += digest.rows & 0xfff;
    const std::lock_guard lock(unit.mutex);
    unit.found += digest;
  }

  // Both sides of a unit whose rows meet rows, one after the other.
  void read_meeting(Unit& unit, const std::string& view, SideReader& reader) const {
    const ResolvedLoad& load = *unit.loads.front();
    RowHasher hasher = row_hasher(*unit.table, load);
    OwnRowsDigest own(*unit.table, load, unit.table->schema.exists, unit.rows_written);
    Digest found;
    each_found(unit, view, reader, [&](std::span<const Cell> row) {
      found.add(hasher.hash(row));
      own.found(row);
      ++unit.rows_read;
    });
    each_source_row(unit, reader, [&](std::span<const Cell> row) { own.expected(row); });
    const Digest expected = own.digest();
    const std::lock_guard lock(unit.mutex);
    unit.found = found;
    unit.expected = expected;
  }

  static void each_found(const Unit& unit, const std::string& view, SideReader& reader, const RowUse& use) {
    ReadBack request = reader.request(*unit.table, *unit.loads.front());
    request.view = view;
    reader.read_found(request, use);
  }

  static void each_source_row(const Unit& unit, SideReader& reader, const RowUse& use) {
    for (const auto* load : unit.loads) reader.read_expected(*unit.table, *load, {}, use);
  }

  static void each_expected(const Unit& unit, SideReader& reader, const RowUse& use) {
    if (!unit.meets_rows) return each_source_row(unit, reader, use);
    const bool exists = unit.table->schema.exists;
    const int parts = OwnRows::parts_of(unit.rows_written);
    for (int part = 0; part < parts; ++part) {
      OwnRows own(*unit.table, *unit.loads.front(), exists, part, parts);
      if (exists) each_found(unit, "", reader, [&](std::span<const Cell> row) { own.found(row); });
      each_source_row(unit, reader, [&](std::span<const Cell> row) {
        if (own.counts(row)) use(row);
      });
    }
  }

  void work() {
    next_job_ = 0;
    failure_ = nullptr;
    const int count = std::min<int>(tables_.jobs, static_cast<int>(jobs_.size()));
    workers_left_ = count;
    std::vector<std::thread> workers;
    for (int i = 1; i <= count; ++i) workers.emplace_back([this, i] { work_one(i); });
    {
      std::unique_lock lock(mutex_);
      while (!ended_.wait_for(lock, std::chrono::milliseconds(250), [&] { return workers_left_ <= 0; })) {
        lock.unlock();
        tell_progress();
        lock.lock();
      }
    }
    for (auto& worker : workers) worker.join();
    if (failure_) std::rethrow_exception(failure_);
  }

  void work_one(int number) {
    try {
      SideReader reader(reading_, number);
      for (;;) {
        const std::size_t job = next_job_++;
        if (job >= jobs_.size()) break;
        jobs_[job](reader);
      }
    } catch (...) {
      next_job_ = jobs_.size();
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    --workers_left_;
    ended_.notify_one();
  }

  void tell_progress() {
    std::vector<LoadProgress> all;
    for (const auto& unit : units_) {
      const std::lock_guard lock(unit->mutex);
      const std::int64_t rows = unit->rows_read;
      all.push_back(
          {unit->table->schema.name, rows, std::max(rows, unit->rows_written), 0, unit->jobs_left == 0});
    }
    tables_.progress(all);
  }

  TableVerification judge(Unit& unit, const std::string& before) {
    TableVerification result;
    result.table = unit.table->schema.name;
    if (unit.table->schema.exists) result.load = unit.loads.front()->name;
    result.rows_expected = unit.expected.rows;
    result.rows_found = unit.found.rows;
    result.fault = unit.fault;
    for (const auto& [load, rows] : unit.rejected) {
      if (rows > 0) {
        tables_.notice("load " + load + ": " + with_thousands(rows) +
                       " rows of the source do not fit any more, and are not expected in the target");
      }
    }
    const auto start = Clock::now();
    if (!result.fault.empty()) {
      result.verdict = Compared::different;
      result.keys_different = 1;
      result.has_more = true;
    } else if (unit.expected != unit.found) {
      find_differences(unit, before, result);
    }
    result.seconds = unit.seconds + std::chrono::duration<double>(Clock::now() - start).count();
    return result;
  }

  // Differing keys are read again while somebody writes: what counts stood still on both sides.
  void find_differences(const Unit& unit, const std::string& before, TableVerification& result) {
    SideReader reader(reading_, 0);
    Sides sides;
    sides.expected = [&](const RowUse& use) {
      reader.renew();
      each_expected(unit, reader, use);
    };
    sides.found = [&](const RowUse& use) { each_found(unit, "", reader, use); };
    RowComparison comparison(*unit.table, *unit.loads.front(), std::move(sides));
    try {
      comparison.narrow();
      for (const auto pause : kPauses) {
        if (state() == before) break;
        std::this_thread::sleep_for(pause);
        comparison.read_again();
        if (comparison.keys_different(false) == 0) break;
      }
    } catch (const Error& error) {
      if (error.code() != ErrorCode::target || error.retryable()) throw;
      result.fault = error.what();
      result.verdict = Compared::different;
      result.keys_different = 1;
      return;
    }
    const std::size_t steady = comparison.keys_different(true);
    result.keys_different = static_cast<std::int64_t>(steady);
    result.rows_changed =
        static_cast<std::int64_t>(comparison.keys_settled() + comparison.keys_different(false) - steady);
    result.has_more = !comparison.is_complete();
    result.differences = comparison.differences(tables_.limit, true);
    // Rows were different, and all of them are equal or on the move.
    result.verdict = steady > 0 ? Compared::different : Compared::changed;
    if (steady > 0 || !result.has_more) return;
    throw Error(ErrorCode::refused,
                "table " + result.table + ": more rows are written while it is read than can be compared",
                "verify again when less is written");
  }

  // Of a table of others the rows are read by the keys that the run has written: those that are gone do not
  // come. Nor do those that it found and let be, which only have to be there.
  void find_gone_rows(std::vector<TableVerification>& results) {
    for (const auto& table : tables_.plan.tables) {
      if (!table.schema.exists) continue;
      std::int64_t written = 0;
      std::int64_t found = 0;
      TableVerification* last = nullptr;
      for (std::size_t i = 0; i < units_.size(); ++i) {
        if (units_[i]->table != &table) continue;
        written += units_[i]->rows_written;
        found += results[i].rows_found;
        last = &results[i];
      }
      const bool leaves_rows = std::ranges::any_of(
          table.loads, [](const ResolvedLoad& load) { return load.write == WriteMode::insert_missing; });
      if (last == nullptr || (found >= written && !leaves_rows) || !last->fault.empty()) continue;
      const auto gone = gone_keys(table);
      if (gone.empty()) continue;
      std::this_thread::sleep_for(kPauses.front());
      for (const auto& key : gone_keys(table)) {
        if (!gone.contains(key)) continue;
        ++last->rows_expected;
        ++last->keys_different;
        last->verdict = Compared::different;
        if (last->differences.size() < tables_.limit)
          last->differences.push_back({key, "", "a row", "no such row"});
      }
    }
  }

  std::set<std::string> gone_keys(const ResolvedTable& table) {
    SideReader reader(reading_, 0);
    std::set<std::string> keys;
    for (const auto& row : reader.target().changed_rows(reading_.run, table.schema, kMostGone)) {
      if (row.gone) keys.insert(row.key);
    }
    return keys;
  }

  const Reading& reading_;
  const VerifyTables& tables_;
  std::map<std::string, std::int64_t> rows_written_;  // by load
  std::vector<std::unique_ptr<Unit>> units_;
  std::vector<Job> jobs_;
  std::atomic<std::size_t> next_job_{0};
  std::mutex mutex_;
  std::condition_variable ended_;
  std::exception_ptr failure_;
  int workers_left_ = 0;
};

}  // namespace

std::vector<TableVerification> verify_tables(const Reading& reading, const VerifyTables& tables) {
  return Verifier(reading, tables).run();
}

}  // namespace planrun
