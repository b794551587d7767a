// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// The sequence diagram as SVG, in pages of A4: a lane for each layer, NDIS between two of them, one row for each call of a
// state-manipulation operation, of I/O or an indication, each conversion, each call entry taken and given back, each
// finding. Meaning is carried by shape and text; colour repeats it. Reads the trace only. Thread rule: that of History.
#pragma once

#include <string>
#include <vector>

#include "engine/trace/history.h"

namespace chimneylab::report {

struct SequenceOptions {
    trace::EventId from, to;       // none: the first, the last
    std::size_t most_rows = 2000;  // what is beyond is counted on the last page
};

// The size of a page in the units of the drawing; four to a millimetre.
inline constexpr int page_width = 840, page_height = 1188;

// One <svg> element a page, without XML declaration: good inside HTML as it is.
[[nodiscard]] std::vector<std::string> sequence_pages(const trace::History& history, const SequenceOptions& options = {});

[[nodiscard]] std::string xml_escaped(std::string_view text);

}  // namespace chimneylab::report
