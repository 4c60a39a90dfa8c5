# Writes the texts of report.css and report.js as C++: cmake -DFOLDER=... -DOUT=... -P embed.cmake
file(READ "${FOLDER}/report.css" css)
file(READ "${FOLDER}/report.js" js)
file(WRITE "${OUT}" "#include \"report/report_assets.h\"

namespace planrun {

const std::string_view kReportCss = R\"planrun(${css})planrun\";
const std::string_view kReportJs = R\"planrun(${js})planrun\";

}  // namespace planrun
")
