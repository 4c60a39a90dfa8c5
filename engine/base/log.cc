#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace planrun {

namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      break;
  }
  return spdlog::level::err;
}

struct Prefix {
  std::string_view word;   // an information is its own text
  std::string_view color;  // of the word
};

Prefix prefix_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return {"debug:", "\x1b[2m"};
    case LogLevel::info:
      break;
    case LogLevel::warning:
      return {"warning:", "\x1b[33m"};
    case LogLevel::error:
      return {"error:", "\x1b[31m"};
  }
  return {};
}

}  // namespace

struct Log::Sink {
  spdlog::logger logger{"planrun", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
  bool color = false;
};

Log::Log(LogLevel least, bool color) : sink_(std::make_unique<Sink>()) {
  sink_->color = color;
  sink_->logger.set_pattern("%v");
  sink_->logger.set_level(to_spdlog(least));
  sink_->logger.flush_on(spdlog::level::debug);
}

Log::~Log() = default;

void Log::write(LogLevel level, std::string_view message) {
  const Prefix prefix = prefix_of(level);
  if (prefix.word.empty()) {
    sink_->logger.log(to_spdlog(level), "{}", message);
  } else if (sink_->color) {
    sink_->logger.log(to_spdlog(level), "{}{}\x1b[0m {}", prefix.color, prefix.word, message);
  } else {
    sink_->logger.log(to_spdlog(level), "{} {}", prefix.word, message);
  }
}

}  // namespace planrun
