// Nothing but a place for the precompiled standard headers (engine/CMakeLists.txt).
