// A source that is not there any more, for what needs only the copy that a run has made of it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "database/source.h"

namespace planrun {

/// Says why it could not be opened when it is read itself, and not before.
class UnopenedSource : public SourceDatabase {
 public:
  using OpenSnapshot = std::function<std::unique_ptr<SourceDatabase>(const std::filesystem::path& file)>;

  UnopenedSource(Error error, std::string shown_url, bool has_many_files, OpenSnapshot open_snapshot)
      : error_(std::move(error)),
        shown_url_(std::move(shown_url)),
        has_many_files_(has_many_files),
        open_snapshot_(std::move(open_snapshot)) {}

  std::unique_ptr<Source> connect() override { throw Error(error_); }
  SourceState state() override { throw Error(error_); }
  Snapshot snapshot(const std::filesystem::path& /*file*/, const CopyGrowth& /*growth*/) override {
    throw Error(error_);
  }
  Snapshot subset(const std::filesystem::path& /*file*/, const std::vector<TableRows>& /*rows*/) override {
    throw Error(error_);
  }
  std::unique_ptr<SourceDatabase> while_written() override { throw Error(error_); }
  std::unique_ptr<SourceDatabase> as_begun(const SourceState& /*begun*/) override { throw Error(error_); }
  std::unique_ptr<SourceDatabase> at_snapshot(const std::filesystem::path& file) override {
    return open_snapshot_(file);
  }
  bool has_many_files() const override { return has_many_files_; }
  std::string shown_url() const override { return shown_url_; }
  std::vector<std::string> notices() const override { return {}; }

 private:
  Error error_;
  std::string shown_url_;
  bool has_many_files_;
  OpenSnapshot open_snapshot_;
};

}  // namespace planrun
