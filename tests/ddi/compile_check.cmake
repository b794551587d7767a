# SPDX-FileCopyrightText: 2026 The ChimneyLab authors
# SPDX-License-Identifier: MIT
#
# Compiles one source with one compiler and demands silence. Run as a test:
#   cmake -DCOMPILER=… -DPACKAGE=… -DFLAGS="…" -DSOURCE=… -DOUTPUT=… -P compile_check.cmake
# A compiler that is not installed skips the test and says what would bring it.
find_program(FOUND_COMPILER NAMES ${COMPILER} NO_CACHE)
if(NOT FOUND_COMPILER)
  message("SKIPPED: ${COMPILER} is not installed; apt-get install ${PACKAGE} brings it")
  return()
endif()

separate_arguments(arguments UNIX_COMMAND "${FLAGS}")
execute_process(
  COMMAND ${FOUND_COMPILER} ${arguments} -o ${OUTPUT} ${SOURCE}
  RESULT_VARIABLE result
  OUTPUT_VARIABLE output
  ERROR_VARIABLE output)
if(NOT result EQUAL 0 OR NOT output STREQUAL "")
  message(FATAL_ERROR "${COMPILER} ${FLAGS} ${SOURCE}\nresult ${result}\n${output}")
endif()
file(REMOVE ${OUTPUT})
