#include "postgres/pause_ledger.h"

namespace planrun {
namespace {

class PostgresPauseLedger : public PauseLedger {
 public:
  PostgresPauseLedger(std::shared_ptr<PostgresContext> context, bool create)
      : context_(std::move(context)),
        connection_(std::make_unique<PostgresConnection>(context_->settings("planrun pause", true))) {
    there_ = is_there();
    if (there_ || !create) return;
    // Only where it is absent: CREATE INDEX IF NOT EXISTS waits for every writer of its table, and a run's
    // chunks would wait behind it.
    create_ledger(*connection_, context_->ledger);
    there_ = true;
  }

  std::optional<PauseRecord> find(const std::string& run) override {
    if (!there_) return std::nullopt;
    const Result r = live().exec(
        "SELECT asked_by, asked_at, seen_at FROM " + context_->ledger.pause + " WHERE run = $1", {run});
    if (r.rows() == 0) return std::nullopt;
    return PauseRecord{run, r.text(0, 0), r.integer(0, 1), r.integer(0, 2)};
  }

  void write(const PauseRecord& pause) override {
    live().exec("INSERT INTO " + context_->ledger.pause +
                    " VALUES ($1, $2, $3, $4) ON CONFLICT (run) DO UPDATE SET (asked_by, asked_at, seen_at) ="
                    " (excluded.asked_by, excluded.asked_at, excluded.seen_at)",
                {pause.run, pause.asked_by, std::to_string(pause.asked_at), std::to_string(pause.seen_at)});
  }

  void mark_seen(const std::string& run, std::int64_t at) override {
    live().exec("UPDATE " + context_->ledger.pause + " SET seen_at = $2 WHERE run = $1",
                {run, std::to_string(at)});
  }

  bool remove(const std::string& run) override {
    if (!there_) return false;
    return live().exec("DELETE FROM " + context_->ledger.pause + " WHERE run = $1", {run}).affected() > 0;
  }

 private:
  bool is_there() {
    return connection_->exec("SELECT to_regclass($1) IS NOT NULL", {context_->ledger.pause}).truth(0, 0);
  }

  PostgresConnection& live() {
    if (connection_->broken()) connection_ = reconnect(connection_->settings(), connection_->pid());
    return *connection_;
  }

  std::shared_ptr<PostgresContext> context_;
  std::unique_ptr<PostgresConnection> connection_;
  bool there_ = false;
};

}  // namespace

std::unique_ptr<PauseLedger> open_postgres_pause_ledger(std::shared_ptr<PostgresContext> context,
                                                        bool create) {
  return std::make_unique<PostgresPauseLedger>(std::move(context), create);
}

}  // namespace planrun
