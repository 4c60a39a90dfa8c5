#include "run/schedule.h"

#include "support/catch.h"

namespace schedule_test {

using namespace planrun;

namespace {

Step step(const std::string& id, StepKind kind, double path, std::vector<std::size_t> after = {}) {
  Step s;
  s.id = id;
  s.kind = kind;
  s.path = path;
  s.after = std::move(after);
  return s;
}

// 0 load a, 1 load b (heavier), 2 index a, 3 prove a
Graph small_graph() {
  return {{step("load a", StepKind::load, 10), step("load b", StepKind::load, 20),
           step("index a", StepKind::index, 5, {0}), step("prove a", StepKind::prove, 2, {2})}};
}

}  // namespace

TEST_CASE("the heaviest way goes first, and a load is shared when every load has its worker") {
  const Graph graph = small_graph();
  Schedule schedule(graph, 2);
  const auto first = schedule.take();
  const auto second = schedule.take();
  const auto third = schedule.take();
  CHECK(first->step == 1);
  CHECK(first->begins);
  CHECK(second->step == 0);
  CHECK(third->step == 1);
  CHECK_FALSE(third->begins);
  // A worker stays with its load while another is at the other one.
  schedule.piece_done(*second);
  CHECK(schedule.take()->step == 0);
}

TEST_CASE("a load is done only when its last worker found nothing") {
  const Graph graph = small_graph();
  Schedule schedule(graph, 2);
  const auto first = schedule.take();
  const auto other = schedule.take();
  CHECK(other->step == 0);
  const auto second = schedule.take();
  CHECK_FALSE(schedule.found_nothing(*first));  // The second is still loading a chunk.
  CHECK(schedule.take()->step == 0);            // Nobody is sent there meanwhile.
  schedule.piece_done(*second);                 // Its chunk may have been cut: there may be more.
  const auto third = schedule.take();
  CHECK(third->step == 1);
  CHECK(schedule.found_nothing(*third));
  schedule.step_done(*third);
}

TEST_CASE("small steps of one kind are taken together, a hundred at once") {
  Graph graph;
  for (int i = 0; i < 250; ++i) {
    const bool is_index = i % 2 == 0;
    graph.steps.push_back(
        step("s" + std::to_string(i), is_index ? StepKind::index : StepKind::analyze, is_index ? 20 : 10));
    graph.steps.back().is_small = i != 4;
  }
  Schedule schedule(graph, 2);
  const auto first = schedule.take();
  REQUIRE(first->step == 0);
  const auto more = schedule.take_alike(*first);
  REQUIRE(more.size() == 99);
  CHECK(more[0].step == 2);
  CHECK(more[1].step == 6);
  CHECK(more.back().step == 200);
  for (const Job& job : more) CHECK(job.begins);
  const auto large = schedule.take();
  CHECK(large->step == 4);
  CHECK(schedule.take_alike(*large).empty());
  const auto rest = schedule.take();
  CHECK(rest->step == 202);
  CHECK(schedule.take_alike(*rest).size() == 23);
  CHECK(schedule.take()->step == 1);
}

TEST_CASE("steps wait for what is before them, and a proof for all of its parts") {
  const Graph graph = small_graph();
  Schedule schedule(graph, 2);
  schedule.set_parts(3, 2);
  schedule.already_done(1);
  const auto load = schedule.take();
  CHECK(load->step == 0);
  CHECK(schedule.found_nothing(*load));
  schedule.step_done(*load);
  const auto index = schedule.take();
  CHECK(index->step == 2);
  schedule.step_done(*index);
  const auto one = schedule.take();
  const auto two = schedule.take();
  CHECK(one->step == 3);
  CHECK(one->part == 0);
  CHECK(two->part == 1);
  schedule.step_done(*one);
  schedule.step_done(*two);
  CHECK_FALSE(schedule.take());  // All is done.
}

TEST_CASE("of a target with one writer the others prove, and a table is finished before the next is loaded") {
  const Graph graph = small_graph();
  Schedule schedule(graph, 2, 1);
  const auto load_b = schedule.take(1);
  CHECK(load_b->step == 1);
  CHECK(schedule.found_nothing(*load_b));
  schedule.step_done(*load_b);
  const auto load_a = schedule.take(1);
  CHECK(load_a->step == 0);
  CHECK(schedule.found_nothing(*load_a));
  schedule.step_done(*load_a);
  const auto index = schedule.take(1);
  CHECK(index->step == 2);
  schedule.step_done(*index);
  CHECK(schedule.take(2)->step == 3);
}

TEST_CASE("the writer finishes a table first, and proves only when nothing is to be written") {
  // 0 load a, 1 index a, 2 prove a, 3 load b, the heaviest after a, 4 prove b
  const Graph graph{{step("load a", StepKind::load, 30), step("index a", StepKind::index, 5, {0}),
                     step("prove a", StepKind::prove, 2, {1}), step("load b", StepKind::load, 20),
                     step("prove b", StepKind::prove, 2, {3})}};
  Schedule schedule(graph, 2, 1);
  schedule.set_parts(4, 2);
  const auto load_a = schedule.take(1);
  CHECK(load_a->step == 0);
  CHECK(schedule.found_nothing(*load_a));
  schedule.step_done(*load_a);
  const auto index = schedule.take(1);
  CHECK(index->step == 1);
  schedule.step_done(*index);
  const auto load_b = schedule.take(1);
  CHECK(load_b->step == 3);
  const auto prove_a = schedule.take(2);
  CHECK(prove_a->step == 2);
  CHECK(schedule.found_nothing(*load_b));
  schedule.step_done(*load_b);
  CHECK(schedule.take(1)->step == 4);
  schedule.step_done(*prove_a);
  CHECK(schedule.take(2)->step == 4);
}

TEST_CASE("an index has those as helpers who would have nothing else to do") {
  // 0 index a and 1 index b, half of it, before 2 analyze; 3 a load of another table
  const auto helpers = [](int workers, double load) {
    Graph graph{{step("index a", StepKind::index, 42), step("index b", StepKind::index, 22),
                 step("analyze", StepKind::analyze, 2, {0, 1}), step("load c", StepKind::load, 1)}};
    graph.steps[0].weight = 40;
    graph.steps[1].weight = 20;
    graph.steps[2].weight = 2;
    graph.steps[3].weight = load;
    Schedule schedule(graph, workers);
    const auto job = schedule.take();
    CHECK(job->step == 0);
    return job->helpers;
  };
  CHECK(helpers(1, 0) == 0);
  CHECK(helpers(2, 0) == 1);
  CHECK(helpers(8, 0) == 6);   // 80 of 100: 6.4 workers, the index's own among them
  CHECK(helpers(2, 59) == 1);  // 80 of 159
  CHECK(helpers(2, 61) == 0);
  CHECK(helpers(8, 10'000) == 0);
}

TEST_CASE("after a stop nothing is given") {
  const Graph graph = small_graph();
  Schedule schedule(graph, 2);
  schedule.stop();
  CHECK_FALSE(schedule.take());
}

}  // namespace schedule_test
