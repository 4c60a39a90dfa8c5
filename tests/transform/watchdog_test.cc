// A call that lasts too long ends the process, and says what hangs.
#include "transform/watchdog.h"

#include <sys/wait.h>
#include <unistd.h>

#include "support/catch.h"

namespace watchdog_test {

using namespace planrun;

namespace {

struct Ended {
  int status = 0;
  std::string err;
};

/// A child that calls `work` under a watchdog of one second.
Ended watched(void (*work)(Watchdog&)) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    Watchdog dog(std::chrono::seconds(1), [] { return std::string("row 7 hangs"); });
    work(dog);
    _exit(0);
  }
  close(ends[1]);
  Ended ended;
  char bytes[200];
  for (ssize_t size = 0; (size = read(ends[0], bytes, sizeof bytes)) > 0;)
    ended.err.append(bytes, static_cast<std::size_t>(size));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ended;
}

}  // namespace

TEST_CASE("watchdog: a call without an end", "[slow]") {
  const Ended ended = watched([](Watchdog& dog) {
    dog.enter();
    std::this_thread::sleep_for(std::chrono::seconds(30));
  });
  CHECK(ended.status == 1);
  CHECK(ended.err == "error: row 7 hangs\n");
}

TEST_CASE("watchdog: many calls that end", "[slow]") {
  const Ended ended = watched([](Watchdog& dog) {
    for (int i = 0; i < 8; ++i) {
      dog.enter();
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      dog.leave();
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
  });
  CHECK(ended.status == 0);
  CHECK(ended.err == "");
}

}  // namespace watchdog_test
