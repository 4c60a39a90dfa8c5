#include "report/html.h"

#include "support/catch.h"

namespace html_test {

using namespace planrun;

TEST_CASE("any bytes are text in a page") {
  CHECK(html_text("a < b & c > d") == "a &lt; b &amp; c &gt; d");
  CHECK(html_text("</script><script>\"'") == "&lt;/script&gt;&lt;script&gt;&quot;&#39;");
  CHECK(html_text("\xc3\xbc\n\t") == "\xc3\xbc\n\t");
  CHECK(html_text("a\xff"
                  "b") ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(html_text(std::string("a\0\x1b", 3)) == "a\xef\xbf\xbd\xef\xbf\xbd");
}

TEST_CASE("a table names its columns in each cell and says what a cell is sorted by") {
  HtmlTable table("of <tables>", {{"Name"}, {"Rows \"read\"", Align::right}});
  CHECK(table.empty());
  table.add({HtmlCell::text("<b>"), HtmlCell::count(1234567)});
  const std::string html = table.html();
  CHECK_THAT(html, ContainsSubstring("<caption>of &lt;tables&gt;</caption>"));
  CHECK_THAT(html, ContainsSubstring("<th scope=\"row\">&lt;b&gt;</th>"));
  CHECK_THAT(html,
             ContainsSubstring("<td class=\"n\" data-sort=\"1234567\" data-label=\"Rows &quot;read&quot;\">"
                               "1,234,567</td>"));
}

TEST_CASE("short times are told in milliseconds") {
  CHECK(short_seconds(0.0004) == "0.4 ms");
  CHECK(short_seconds(0.0124) == "12 ms");
  CHECK(short_seconds(0) == "0.00 s");
  CHECK(short_seconds(1.25) == "1.25 s");
}

}  // namespace html_test
