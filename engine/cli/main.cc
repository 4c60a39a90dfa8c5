#include "cli/app.h"

int main(int argc, char** argv) {
  return planrun::run_app(argc, argv);
}
