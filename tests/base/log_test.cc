#include "base/log.h"

#include <fcntl.h>
#include <unistd.h>

#include "support/support.h"

namespace log_test {

using namespace planrun;

namespace {

/// What `write` leaves on stderr.
template <typename Write>
std::string stderr_of(Write write) {
  const test::TempFolder folder;
  const auto file = folder / "stderr";
  const int kept = dup(STDERR_FILENO);
  const int to = open(file.c_str(), O_WRONLY | O_CREAT, 0600);
  dup2(to, STDERR_FILENO);
  write();
  dup2(kept, STDERR_FILENO);
  close(to);
  close(kept);
  return test::read_file(file);
}

}  // namespace

TEST_CASE("log lines are plain, and those below the least level are left out") {
  const std::string lines = stderr_of([] {
    Log log(LogLevel::info, false);
    log.debug("hidden");
    log.info("100% {read}");
    log.warning("slow");
    log.error("gone");
  });
  CHECK(lines == "100% {read}\nwarning: slow\nerror: gone\n");
}

TEST_CASE("colour only when asked") {
  const std::string lines = stderr_of([] { Log(LogLevel::warning, true).error("gone"); });
  CHECK(lines == "\x1b[31merror:\x1b[0m gone\n");
}

}  // namespace log_test
