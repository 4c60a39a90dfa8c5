// `planrun test`: examples of transforms, those of the library among them.
#include "support/support.h"

namespace examples_test {

using namespace planrun::test;

namespace fs = std::filesystem;

namespace {

struct Folder {
  TempFolder folder;
  ProcessResult test(const std::string& examples, const std::vector<std::string>& options = {}) {
    fs::create_directories(folder / "transforms");
    write_file(folder / "transforms/twice.lua",
               "return { f = function(row)\n  if not row.n then return nil end\n  return { { n = row.n }, { "
               "n = row.n * 2, "
               "bytes = row.bytes } }\nend }\n");
    write_file(folder / "plan.toml", "[plan]\nname = \"p\"\n" + examples);
    std::vector<std::string> arguments = {"test", (folder / "plan.toml").string()};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return run_planrun(arguments, folder / "state");
  }
};

}  // namespace

TEST_CASE("examples: every module of the library does what its examples say") {
  std::vector<std::string> arguments = {"test"};
  for (const auto& entry : fs::directory_iterator(PLANRUN_SOURCE_DIR "/transforms")) {
    if (entry.path().extension() != ".lua") continue;
    const fs::path examples = fs::path(entry.path()).replace_extension(".toml");
    INFO(examples.string());
    CHECK(fs::exists(examples));
    arguments.push_back(examples.string());
  }
  REQUIRE(arguments.size() > 5);
  TempFolder state;
  const ProcessResult r = run_planrun(arguments, state.path());
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK_THAT(r.out, ContainsSubstring(" 0 failed"));
}

TEST_CASE("examples: what passes, passes") {
  Folder f;
  const ProcessResult r = f.test(
      "[[example]]\ntransform = \"twice.f\"\nrow = { n = 3, bytes = { blob = \"00ff\" } }\n"
      "gives = [{ n = 3 }, { n = 6, bytes = { blob = \"00ff\" } }]\n"
      "[[example]]\ntransform = \"twice.f\"\nrow = {}\ngives = []\n"
      "[[example]]\ntransform = \"twice.f\"\nrow = { n = \"x\" }\nfails = \"attempt to mul a 'string'\"\n");
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK_THAT(r.out, ContainsSubstring("3 examples, 0 failed"));
}

TEST_CASE("examples: a difference is told by row and field") {
  Folder f;
  const std::string examples =
      "[[example]]\nname = \"doubles\"\ntransform = \"twice.f\"\nrow = { n = 3 }\ngives = [{ n = 3.0 }, { m "
      "= 7 }, {}]\n";
  const ProcessResult r = f.test(examples);
  INFO(r.out << r.err);
  CHECK(r.status == 1);
  for (const char* line : {"FAILED", "plan.toml:3  twice.f: doubles", "expected 3 rows, given 2 rows",
                           "row 1, field n: expected real 3, given integer 3",
                           "row 2, field m: expected integer 7, given nothing",
                           "row 2, field n: expected nothing, given integer 6", "1 example, 1 failed"}) {
    CHECK_THAT(r.out, ContainsSubstring(line));
  }
  const ProcessResult json = f.test(examples, {"--format", "json"});
  CHECK(json.status == 1);
  CHECK_THAT(json.out, ContainsSubstring("\"passed\": false"));
}

TEST_CASE("examples: a wrong file and a plan without examples are told") {
  Folder f;
  const ProcessResult missing = f.test("[[example]]\ntransform = \"absent.f\"\nrow = {}\ngives = []\n");
  CHECK(missing.status == 1);
  CHECK_THAT(missing.out, ContainsSubstring("there is no such file"));
  const ProcessResult wrong = f.test("[[example]]\ntransform = \"twice\"\nrow = { a = [1] }\ngivs = []\n");
  CHECK(wrong.status == 2);
  CHECK_THAT(wrong.err, ContainsSubstring(":4:13: error[P005]: `transform` takes FILE.FUNCTION"));
  CHECK_THAT(wrong.err, ContainsSubstring(":5:13: error[P003]: `a` of an example"));
  CHECK_THAT(wrong.err, ContainsSubstring(":6:1: error[P002]: unknown key `givs`"));
  const ProcessResult run = run_planrun({(f.folder / "plan.toml").string()}, f.folder / "state");
  CHECK(run.status == 2);
}

}  // namespace examples_test
