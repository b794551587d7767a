# SPDX-FileCopyrightText: 2026 The ChimneyLab authors
# SPDX-License-Identifier: MIT
#
# `chimneylab-host --debug` stops in the driver's DriverEntry: gdb follows into the process that runs the driver and finds the
# symbols of the private copy from which it was loaded.
find_program(gdb NAMES gdb)
if(NOT gdb)
  message("SKIPPED: gdb is not installed; apt-get install gdb brings it")
  return()
endif()
file(WRITE ${WORK}.commands "bt 1\nkill\nquit\n")
execute_process(COMMAND ${HOST} --driver ${DRIVER} --scenario m1 --debug
  INPUT_FILE ${WORK}.commands TIMEOUT 90 RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
file(REMOVE ${WORK}.commands)
if(output MATCHES "(ptrace: Operation not permitted|Could not trace the inferior|Cannot execute)")
  message("SKIPPED: this system lets nobody trace a process (${CMAKE_MATCH_1})")
  return()
endif()
if(NOT output MATCHES "hit Breakpoint 1" OR NOT output MATCHES "#0[^\n]*DriverEntry")
  message(FATAL_ERROR "gdb did not stop in DriverEntry (${result}):\n${output}")
endif()
