# SPDX-FileCopyrightText: 2026 The ChimneyLab authors
# SPDX-License-Identifier: MIT
#
# The standard library, Qt and Google Test are read once each instead of once a file: most of what a file costs to compile
# is reading them. No header of the project is in these sets, so a file that builds with them may still lack an #include:
# -DCHIMNEYLAB_PRECOMPILED_HEADERS=OFF finds it.
option(CHIMNEYLAB_PRECOMPILED_HEADERS "Read the libraries' headers once for all files" ON)

set(CHIMNEYLAB_STANDARD_HEADERS
  <algorithm> <array> <atomic> <charconv> <chrono> <cstddef> <cstdint> <cstdio> <cstdlib> <cstring> <deque> <filesystem>
  <fstream> <functional> <limits> <map> <memory> <optional> <set> <span> <sstream> <stdexcept> <string> <string_view> <tuple>
  <unordered_map> <unordered_set> <utility> <variant> <vector>)
set(CHIMNEYLAB_QT_CORE_HEADERS ${CHIMNEYLAB_STANDARD_HEADERS}
  <QAbstractListModel> <QAbstractTableModel> <QObject> <QString> <QStringList> <QTimer>)
set(CHIMNEYLAB_QT_HEADERS ${CHIMNEYLAB_STANDARD_HEADERS}
  <QAbstractItemModel> <QAbstractScrollArea> <QAccessible> <QAction> <QApplication> <QComboBox> <QHBoxLayout> <QHeaderView> <QKeyEvent>
  <QLabel> <QLineEdit> <QListView> <QMainWindow> <QMenu> <QPainter> <QPainterPath> <QPushButton> <QScrollBar> <QSettings>
  <QStyledItemDelegate> <QTableView> <QTimer> <QToolButton> <QTreeView> <QVBoxLayout>)
set(CHIMNEYLAB_TEST_HEADERS <gmock/gmock.h> <gtest/gtest.h> <random>)

# chimneylab_precompiled_set(NAME HEADERS <h>… [LIBRARIES x…] [OPTIONS o…]): what chimneylab_settings takes by the name in
# CHIMNEYLAB_PRECOMPILED_SET of its directory, and chimneylab_test by CHIMNEYLAB_PRECOMPILED_TEST_SET.
function(chimneylab_precompiled_set name)
  if(NOT CHIMNEYLAB_PRECOMPILED_HEADERS)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 SET "" "" "HEADERS;LIBRARIES;OPTIONS")
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/precompiled/${name}.cpp CONTENT "// Holds nothing: the headers are all there is.\n")
  add_library(${name} OBJECT ${PROJECT_BINARY_DIR}/precompiled/${name}.cpp)
  target_precompile_headers(${name} PRIVATE ${SET_HEADERS})
  # Has to agree with chimneylab_settings: -Wpedantic changes what is predefined.
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wpedantic ${SET_OPTIONS})
  target_link_libraries(${name} PRIVATE ${SET_LIBRARIES})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Lets ccache see through them.
    target_compile_options(${name} PRIVATE -fpch-preprocess)
  endif()
endfunction()

# Targets in C alone have nothing to gain.
function(chimneylab_use_precompiled target name)
  get_target_property(sources ${target} SOURCES)
  if(TARGET "${name}" AND sources MATCHES "[.]cpp")
    target_precompile_headers(${target} REUSE_FROM ${name})
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "EXECUTABLE" AND NOT name STREQUAL "${CHIMNEYLAB_PRECOMPILED_TEST_SET}")
      target_compile_options(${target} PRIVATE -fPIC)  # as the set: with -fPIE it could not be used
    endif()
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
    endif()
  endif()
endfunction()
