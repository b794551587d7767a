# SPDX-FileCopyrightText: 2026 The ChimneyLab authors
# SPDX-License-Identifier: MIT
#
# What every target of the project shares: language levels, warnings, sanitizers.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 99)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
# Nobody replaces a function of ours by one of the same name in another library, so calls within a file may be inlined though
# the code is position independent.
add_compile_options(-fno-semantic-interposition)

if(CHIMNEYLAB_SANITIZE)
  add_compile_options(-fsanitize=${CHIMNEYLAB_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CHIMNEYLAB_SANITIZE})
endif()

include(PrecompiledHeaders)
chimneylab_precompiled_set(chimneylab_standard_headers HEADERS ${CHIMNEYLAB_STANDARD_HEADERS})
set(CHIMNEYLAB_PRECOMPILED_SET chimneylab_standard_headers)

# Compiles several files of a target as one: most of what a file costs is what it includes. For whoever builds once (./lab,
# CI); while working on the code, leave it off, or each change compiles its neighbours too. Files in C stay alone (drivers name
# their static functions alike), and so do those that a target names, because they have a name of their own that another has too.
option(CHIMNEYLAB_UNITY "Compile several C++ files as one" OFF)
function(chimneylab_use_unity target)
  if(NOT CHIMNEYLAB_UNITY)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "[.]c$")
  set_source_files_properties(${sources} ${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
endfunction()

# Every library and program of the project calls this once: chimneylab_settings(TARGET [SEPARATE_FILES [a.cpp …]]), where
# SEPARATE_FILES says which files are always compiled alone; without a name, all.
function(chimneylab_settings target)
  cmake_parse_arguments(PARSE_ARGV 1 SETTINGS "" "" "SEPARATE_FILES")
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic
    $<$<COMPILE_LANGUAGE:CXX>:-Wshadow -Wnon-virtual-dtor -Woverloaded-virtual>)
  if(CHIMNEYLAB_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  chimneylab_use_precompiled(${target} "${CHIMNEYLAB_PRECOMPILED_SET}")
  if(SETTINGS_SEPARATE_FILES OR NOT "SEPARATE_FILES" IN_LIST ARGN)
    chimneylab_use_unity(${target} ${SETTINGS_SEPARATE_FILES})
  endif()
endfunction()

# The tests' own code need not be fast, but it is half of what a first ./lab test compiles.
set(CHIMNEYLAB_TEST_OPTIONS $<$<CONFIG:Release>:-O0>)

# chimneylab_test(NAME SOURCES a.cpp … LIBRARIES x …): one Google Test program, its cases registered with ctest. Under ctest the
# property tests always try the same cases; the program alone (bin/NAME) tries others each time, and with
# RC_PARAMS=max_success=10000 in its environment many of them.
function(chimneylab_test name)
  cmake_parse_arguments(PARSE_ARGV 1 TEST "" "" "SOURCES;LIBRARIES")
  add_executable(${name} ${TEST_SOURCES})
  set(CHIMNEYLAB_PRECOMPILED_SET ${CHIMNEYLAB_PRECOMPILED_TEST_SET})
  chimneylab_settings(${name})
  # An EXPECT behind an if is a complete statement; Google Test sees to it that no else gets lost.
  target_compile_options(${name} PRIVATE ${CHIMNEYLAB_TEST_OPTIONS} -Wno-dangling-else)
  target_link_libraries(${name} PRIVATE ${TEST_LIBRARIES} GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300 ENVIRONMENT RC_PARAMS=seed=20061108)
endfunction()

# Tests that take long are started before all others: one that begins last leaves the other processors idle until it ends.
set(CHIMNEYLAB_LONG_TEST 1000)  # their COST
# chimneylab_long_tests(SUITE.NAME…): cases of this directory's test programs, after these.
function(chimneylab_long_tests)
  list(JOIN ARGN " " tests)
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/long_tests.cmake
    CONTENT "set_tests_properties(@tests@ PROPERTIES COST @CHIMNEYLAB_LONG_TEST@)\n" @ONLY)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${CMAKE_CURRENT_BINARY_DIR}/long_tests.cmake)
endfunction()
