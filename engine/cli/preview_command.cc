#include <fstream>
#include <iostream>
#include <thread>

#include "base/error.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "report/preview_text.h"
#include "run/preview.h"

namespace planrun {

int preview_command(const CommandOptions& options, Console& console) {
  const Plan plan = read_right_plan(options.plans.front(), options, console);
  const Databases databases = open_databases(plan);
  PreviewOptions preview_options;
  preview_options.jobs =
      options.jobs > 0 ? options.jobs : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  Diagnostics wrong;
  wrong.file = plan.file.string();
  try {
    const Preview preview = preview_plan(plan, databases.source_pointers(), *databases.target,
                                         preview_options, stop_flag(), wrong);
    const std::string text =
        options.json ? to_json(preview).dump(2) + "\n" : preview_text(preview, console.out);
    if (!options.save_to.empty()) {
      std::ofstream file(options.save_to, std::ios::binary);
      file << to_json(preview).dump(2) << "\n";
      if (!file.flush()) throw Error(ErrorCode::system, "cannot write the preview to " + options.save_to);
    }
    std::cout << text;
    return preview.would_pass() ? 0 : 1;
  } catch (const Error&) {
    if (!wrong.list.empty()) std::cerr << to_text(wrong);
    throw;
  }
}

}  // namespace planrun
