// What `planrun lint` warns of beyond mistakes.
#include "plan/risks.h"

#include "plan/amount_name.h"
#include "plan/lint.h"
#include "support/catch.h"

namespace risks_test {

using namespace planrun;
using namespace planrun::test;

using Lines = std::vector<std::string>;

namespace {

Lines risks(const std::string& text) {
  auto result = read(text + kRest);
  INFO(to_text(result.diagnostics));
  REQUIRE(result.diagnostics.list.empty());
  find_risks(result.plan, nullptr, result.diagnostics);
  Lines lines;
  for (const Diagnostic* d : to_tell(result.diagnostics))
    lines.push_back(std::to_string(d->position.line) + ":" + std::to_string(d->position.column) + " " +
                    to_string(d->code));
  return lines;
}

}  // namespace

TEST_CASE("risks: a name that says an amount") {
  for (const char* name : {"amount", "unit_price", "Total_Cost", "estimated_value", "tax", "fee_eur",
                           "annual_salary", "balance_2024", "revenue"}) {
    INFO(name);
    CHECK(is_amount_name(name));
  }
  for (const char* name : {"amounts_per", "taxonomy", "coffee", "valued", "price_rate", "value_multiplier",
                           "total_days", "p_value", "cost_id", "", "_"}) {
    INFO(name);
    CHECK(is_amount_name(name) == (std::string(name) == "amounts_per"));
  }
}

TEST_CASE("risks: an amount as a floating-point number") {
  CHECK(risks("[table.a]\nfrom = \"s.a\"\n[table.a.columns]\nid = \"int primary key\"\nprice = \"real\"\n"
              "cost = { type = \"double precision\", from = \"x\" }\nfee = \"numeric(8,2)\"\n"
              "price_rate = \"real\"\nwidth = \"real\"\n") == Lines{"5:1 P046", "6:1 P046"});
}

TEST_CASE("risks: a foreign key without an index that begins with its columns") {
  const std::string parent =
      "[table.p.columns]\na = \"int\"\nb = \"int\"\n[table.p]\n"
      "constraints = [\"primary key (a, b)\"]\n";
  const auto child = [&](const std::string& more) {
    return "[table.c]\nconstraints = [\"foreign key (x, y) references p (a, b)\"" + more +
           "\n[table.c.columns]\nx = \"int\"\ny = \"int\"\nz = \"int\"\n" + parent;
  };
  const auto index = [&](const std::string& definition) {
    return risks(child("]\nindex.i = \"" + definition + "\""));
  };
  const Lines found = {"2:16 P049"};
  CHECK(risks(child("]")) == found);
  CHECK(risks(child(", \"unique (y, x, z)\"]")).empty());
  CHECK(risks(child(", \"unique (z, x, y)\"]")) == found);
  CHECK(index("(x, y)").empty());
  CHECK(index("(y desc, x nulls first, z)").empty());
  CHECK(index("(x, y) where x is not null").empty());
  CHECK(index("(x)") == found);
  CHECK(index("(x, z, y)") == found);
  CHECK(index("(x, abs(y))") == found);
  CHECK(index("(x, y) where z > 0") == found);
  CHECK(index("using brin (x, y)") == found);
  // A primary key may still come from the source.
  CHECK(risks("[table.p.columns]\na = \"int primary key\"\n[table.c]\nfrom = \"s.c\"\n[table.c.columns]\n"
              "x = \"int references p (a)\"\n\"*\" = \"inherit\"\n")
            .empty());
}

TEST_CASE("risks: a critical table that no check looks at") {
  const std::string tables =
      "[table.a]\nfrom = \"s.a\"\n[table.a.columns]\nprice = \"numeric(8,2)\"\n"
      "[table.b]\nfrom = \"s.b\"\n[table.b.columns]\nprice = \"numeric(8,2)\"\n"
      "[table.c]\nfrom = \"s.c\"\n[table.c.columns]\nname = \"text\"\n";
  const auto check = [](const std::string& sql) { return "[check.x]\nexpect = 1\nsql = \"" + sql + "\"\n"; };
  CHECK(risks(tables).empty());
  CHECK(risks(tables + check("select sum(price) from a")) == Lines{"5:8 P050"});
  CHECK(risks(tables + check("select 'b' from a")) == Lines{"5:8 P050"});
  CHECK(risks(tables + check("select count(*) from a, b")).empty());
  CHECK(risks(tables + check("select count(*) from v") +
              "[view.v]\nsql = \"select 1 from a join w on true\"\n[view.w]\nsql = \"select 1 from b\"\n")
            .empty());
  CHECK(risks(tables + "[guard.g]\nsql = \"select sum(price) from b\"\n") == Lines{"1:8 P050"});

  const auto load = [&](const std::string& keys) {
    return risks("[table.a]\nfrom = \"s.a\"\n" + keys + "[table.a.columns]\nid = \"int primary key\"\n" +
                 check("select count(*) from b"));
  };
  CHECK(load("").empty());
  CHECK(load("where = \"id > 3\"\n") == Lines{"1:8 P050"});
}

}  // namespace risks_test
