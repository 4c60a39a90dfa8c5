#include "base/whole_file.h"

#include <fstream>

#include <unistd.h>

#include "base/error.h"

namespace planrun {

void write_whole_file(const std::filesystem::path& file, const std::string& text) {
  const std::filesystem::path beside = file.string() + "." + std::to_string(getpid()) + ".partial";
  std::ofstream stream(beside, std::ios::binary);
  stream << text;
  stream.close();
  const bool written = !stream.fail();
  std::error_code fault;
  if (written) std::filesystem::rename(beside, file, fault);
  if (written && !fault) return;
  std::error_code ignored;
  std::filesystem::remove(beside, ignored);
  throw Error(ErrorCode::system, "cannot write " + file.string() + (fault ? ": " + fault.message() : ""),
              "is its folder there, with room and the right to write?");
}

}  // namespace planrun
