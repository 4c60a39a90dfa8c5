#include "run/scripts.h"

#include "base/hash.h"
#include "base/json.h"

namespace planrun {

std::string scripts_text(const Plan& plan, const ResolvedPlan& resolved) {
  Json scripts = Json::object();
  const auto add = [&](const std::string& file, const std::string& text) {
    scripts[file] = {{"sha256", sha256_hex(text)}, {"text", text}};
  };
  for (const auto& table : resolved.tables) {
    for (const auto& load : table.loads) {
      if (!load.transform) continue;
      for (const auto& file : load.transform->files) add("transforms/" + file.file, file.text);
    }
  }
  for (const auto& check : plan.checks) {
    const auto file = plan.check_files.find(check.use);
    if (file != plan.check_files.end()) add("checks/" + file->first + ".toml", file->second);
  }
  return scripts.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace planrun
