# SPDX-FileCopyrightText: 2026 The ChimneyLab authors
# SPDX-License-Identifier: MIT
#
# Compiles every source of one driver with one compiler. Any word from the compiler is a failure.
find_program(compiler_path NAMES ${COMPILER})
if(NOT compiler_path)
  message("SKIPPED: ${COMPILER} is not installed (package ${PACKAGE})")
  return()
endif()
separate_arguments(flags UNIX_COMMAND "${FLAGS} -fshort-wchar -fms-extensions")
file(GLOB sources ${SOURCES}/*.c)
if(NOT sources)
  message(FATAL_ERROR "no sources in ${SOURCES}")
endif()
if(NOT FLAGS MATCHES "-fsyntax-only")
  list(APPEND flags -o ${OUTPUT})
endif()
execute_process(COMMAND ${compiler_path} ${flags} -I${DDI} ${sources}
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT result EQUAL 0 OR NOT output STREQUAL "")
  message(FATAL_ERROR "${COMPILER} (${result}):\n${output}")
endif()
