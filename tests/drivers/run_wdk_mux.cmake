# SPDX-FileCopyrightText: 2026 The ChimneyLab authors
# SPDX-License-Identifier: MIT
#
# LinkMux as its user would take it: compiled by the documented line, run by the command line in the driver host. It has no
# chimney handlers, so the offload of the scenario is refused; nothing else may be wrong, and its periodic timer must not
# keep the run from ending.
find_program(compiler_path NAMES cc)
if(NOT compiler_path)
  message("SKIPPED: there is no cc (package gcc)")
  return()
endif()
execute_process(COMMAND ${CLI} --ddi-include OUTPUT_VARIABLE ddi OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "chimneylab-cli --ddi-include: ${result}")
endif()
file(GLOB sources ${SOURCES}/*.c)
execute_process(COMMAND ${compiler_path} -shared -fPIC -fshort-wchar -fms-extensions -I${ddi} ${sources} -o ${OUTPUT}.so
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT result EQUAL 0 OR NOT output STREQUAL "")
  message(FATAL_ERROR "cc (${result}):\n${output}")
endif()
execute_process(COMMAND ${CLI} run m1 --driver ${OUTPUT}.so --record ${OUTPUT}.chimney
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
foreach(expected "the adapter offers no such offload" "met     The machine has nothing to object to" "Broken rules\n  none")
  if(NOT output MATCHES "${expected}")
    message(FATAL_ERROR "not found: ${expected}\nexit ${result}\n${output}")
  endif()
endforeach()
if(NOT result EQUAL 1)  # the expectations of m1 are not met
  message(FATAL_ERROR "exit ${result}, expected 1:\n${output}")
endif()
execute_process(COMMAND ${CLI} verify ${OUTPUT}.chimney RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
file(REMOVE ${OUTPUT}.so ${OUTPUT}.chimney)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "verify: exit ${result}\n${output}")
endif()
