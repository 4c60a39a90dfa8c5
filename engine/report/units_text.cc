#include "report/units_text.h"

#include <charconv>

namespace planrun {

namespace {

constexpr std::int64_t kHour = 60;
constexpr std::int64_t kDay = 24 * kHour;

std::string environment_file(const UnitsOptions& o) {
  return "/etc/planrun/" + o.plan + ".env";
}

std::vector<std::string> command_of(const UnitsOptions& o) {
  std::vector<std::string> words = {o.program.string(), "verify", o.plan_file.string(), "--quiet"};
  if (!o.metrics.empty()) {
    words.emplace_back("--metrics");
    words.push_back(o.metrics.string());
  }
  return words;
}

// systemd.service(5), "Command lines": $ and % stand for themselves twice.
std::string systemd_word(const std::string& word) {
  std::string out = "\"";
  for (const char c : word) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '$' || c == '%') out += c;
    out += c;
  }
  return out + "\"";
}

// For the shell; crontab(5) takes an unescaped % for a line's end.
std::string cron_word(const std::string& word) {
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      if (c == '%') out += '\\';
      out += c;
    }
  }
  return out + "'";
}

std::string calendar_of(Rhythm rhythm) {
  if (rhythm.minutes == kDay) return "daily";
  if (rhythm.minutes == kHour) return "hourly";
  if (rhythm.minutes < kHour) return "*:0/" + std::to_string(rhythm.minutes);
  return "0/" + std::to_string(rhythm.minutes / kHour) + ":00:00";
}

std::string cron_time_of(Rhythm rhythm) {
  if (rhythm.minutes == kDay) return "0 0 * * *";
  if (rhythm.minutes == kHour) return "0 * * * *";
  if (rhythm.minutes < kHour) return "*/" + std::to_string(rhythm.minutes) + " * * * *";
  return "0 */" + std::to_string(rhythm.minutes / kHour) + " * * *";
}

template <typename Quote>
std::string joined(const std::vector<std::string>& words, Quote quote) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + quote(word);
  return text;
}

}  // namespace

std::optional<Rhythm> rhythm_from(const std::string& text) {
  if (text.empty()) return std::nullopt;
  std::int64_t count = 0;
  const char* const end = text.data() + text.size() - 1;
  const auto [stopped, failure] = std::from_chars(text.data(), end, count);
  if (failure != std::errc() || stopped != end || count <= 0 || count > kDay) return std::nullopt;
  const std::int64_t minutes = *end == 'm'   ? count
                               : *end == 'h' ? count * kHour
                               : *end == 'd' ? count * kDay
                                             : 0;
  const bool even =
      minutes > 0 && (minutes < kHour ? kHour % minutes == 0 : minutes % kHour == 0 && kDay % minutes == 0);
  if (!even) return std::nullopt;
  return Rhythm{minutes};
}

std::string systemd_text(const UnitsOptions& o) {
  const std::string name = "planrun-verify-" + o.plan;
  std::string text = "# /etc/systemd/system/" + name +
                     ".service\n[Unit]\nDescription=Verification of the migration " + o.plan +
                     "\nWants=network-online.target\nAfter=network-online.target\n\n[Service]\nType=oneshot\n"
                     "User=" +
                     o.user +
                     "\n# NAME=value lines, for the plan's ${NAME}: mode 0600, owned by root\n"
                     "EnvironmentFile=-" +
                     environment_file(o) + "\nExecStart=" + joined(command_of(o), systemd_word) +
                     "\nNice=10\nNoNewPrivileges=true\nPrivateTmp=true\nPrivateDevices=true\n"
                     "ProtectSystem=strict\nProtectHome=read-only\nProtectKernelTunables=true\n"
                     "ProtectKernelModules=true\nProtectControlGroups=true\nRestrictSUIDSGID=true\n"
                     "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6\nLockPersonality=true\n"
                     "SystemCallArchitectures=native\n";
  for (const auto& folder : o.writable) text += "ReadWritePaths=" + systemd_word(folder.string()) + "\n";
  text += "\n# /etc/systemd/system/" + name + ".timer\n[Unit]\nDescription=Verifies the migration " + o.plan +
          " again and again\n\n[Timer]\nOnCalendar=" + calendar_of(o.rhythm) +
          "\nAccuracySec=1s\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n";
  return text;
}

std::string cron_text(const UnitsOptions& o) {
  const std::string file = cron_word(environment_file(o));
  return "# crontab of " + o.user + "; NAME=value lines for the plan's ${NAME} stand in " +
         environment_file(o) + "\n" + cron_time_of(o.rhythm) + " set -a; [ -r " + file + " ] && . " + file +
         "; set +a; exec " + joined(command_of(o), cron_word) + "\n";
}

}  // namespace planrun
