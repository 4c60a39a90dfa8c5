// Where the cells of a table's column stand.
#pragma once

namespace planrun {

enum class Align { left, right };

}  // namespace planrun
