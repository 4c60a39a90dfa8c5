// The command line.
#pragma once

namespace planrun {

/// Does what the command line says; the exit status of design, "Exit status".
int run_app(int argc, char** argv);

}  // namespace planrun
