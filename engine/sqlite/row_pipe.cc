#include "sqlite/row_pipe.h"

namespace planrun {

RowPipe::~RowPipe() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void RowPipe::begin(RowWriter& writer) {
  rest();
  writer_ = &writer;
  failures_.clear();
  ordinal_ = 0;
  has_handed_over_ = false;
}

void RowPipe::rest() {
  std::unique_lock lock(mutex_);
  for (Filled* batch : std::exchange(full_, {})) free_.push_back(batch);
  changed_.wait(lock, [this] { return !is_writing_; });
  error_ = nullptr;
  filling_->rows.clear();
}

void RowPipe::write(std::span<const Cell> row) {
  if (!filling_->rows.add(row)) {
    if (filling_->rows.size() > 0) hand_over();
    if (!filling_->rows.add(row)) {  // larger than a batch
      wait_until_idle();
      RowFailure failure{ordinal_++, {}, {}};
      if (!writer_->write(row, failure)) failures_.push_back(std::move(failure));
      return;
    }
  }
  if (filling_->rows.size() == 1) filling_->first = ordinal_;
  ++ordinal_;
}

void RowPipe::drain() {
  if (has_handed_over_) {
    if (filling_->rows.size() > 0) hand_over();
    wait_until_idle();
  } else {
    write_here();
  }
}

void RowPipe::hand_over() {
  has_handed_over_ = true;
  if (!thread_.joinable()) thread_ = std::thread([this] { serve(); });
  std::unique_lock lock(mutex_);
  full_.push_back(filling_);
  changed_.notify_all();
  changed_.wait(lock, [this] { return !free_.empty(); });
  filling_ = free_.front();
  free_.pop_front();
  filling_->rows.clear();
  if (error_) std::rethrow_exception(error_);
}

void RowPipe::wait_until_idle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return full_.empty() && !is_writing_; });
  if (error_) std::rethrow_exception(error_);
}

void RowPipe::write_here() {
  RowBatch& rows = filling_->rows;
  for (std::size_t n = 0; n < rows.size(); ++n) {
    RowFailure failure{filling_->first + static_cast<std::int64_t>(n), {}, {}};
    if (!writer_->write(rows.row(n), failure)) failures_.push_back(std::move(failure));
  }
  rows.clear();
}

// After an error batches are passed on unwritten, until begin(): the transaction has failed.
void RowPipe::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ends_ || !full_.empty(); });
    if (ends_) return;
    Filled* batch = full_.front();
    full_.pop_front();
    if (!error_) {
      is_writing_ = true;
      lock.unlock();
      std::exception_ptr error;
      try {
        writer_->write(batch->rows, batch->first, failures_);
      } catch (...) {
        error = std::current_exception();
      }
      lock.lock();
      is_writing_ = false;
      error_ = error;
    }
    free_.push_back(batch);
    changed_.notify_all();
  }
}

}  // namespace planrun
