// The program's log: lines on stderr. Built once in cli/ and passed down.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace planrun {

enum class LogLevel { debug, info, warning, error };

/// May be called from several threads.
class Log {
 public:
  explicit Log(LogLevel least, bool color);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  void write(LogLevel level, std::string_view message);
  void debug(std::string_view m) { write(LogLevel::debug, m); }
  void info(std::string_view m) { write(LogLevel::info, m); }
  void warning(std::string_view m) { write(LogLevel::warning, m); }
  void error(std::string_view m) { write(LogLevel::error, m); }

 private:
  struct Sink;
  std::unique_ptr<Sink> sink_;
};

}  // namespace planrun
