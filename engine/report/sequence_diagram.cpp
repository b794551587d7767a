// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/report/sequence_diagram.h"

#include <algorithm>
#include <optional>
#include <ostream>

#include "engine/report/exchange.h"
#include "engine/trace/text.h"
#include "engine/trace/value_text.h"

namespace chimneylab::report {

namespace {

using trace::Event;
using trace::EventId;
using trace::EventKind;
using trace::Function;

constexpr int margin = 32, head = 92, row_height = 25, gutter = 152;  // gutter: event numbers and times, left
constexpr int rows_on_page = (page_height - head - margin - 24) / row_height;
constexpr const char *ink = "#1c2430", *faint = "#8a94a3", *down_color = "#1f5fbf", *up_color = "#0a7d6c", *conversion_color = "#a05a00",
                     *entry_color = "#7a3fb0", *bad_color = "#b3261e";

// Attributes of a text that stands back.
std::string faintly(std::string attributes = {}) {
    if (!attributes.empty()) attributes += ' ';
    attributes += "fill=\"";
    attributes += faint;
    attributes += '"';
    return attributes;
}

enum class RowKind : std::uint8_t { arrow, conversion, entry_taken, entry_returned, operation, finding };

struct Row {
    EventId event;
    RowKind kind = RowKind::arrow;
    int from = 0, to = 0;  // columns: 2 × layer, NDIS's between them odd
    bool up = false, completion = false;
    std::string text;
};

int column_of(trace::LayerIndex layer, std::size_t layers) {
    return layer < layers ? 2 * layer : 0;
}

std::optional<Row> row_of(const trace::History& history, EventId id) {
    const trace::Trace& trace = history.trace();
    const Event& event = trace.event(id);
    const std::size_t layers = trace.layers().size();
    Row row;
    row.event = id;
    switch (event.kind) {
        case EventKind::enter: {
            const Function* function = trace::find_function(trace.text(event.name));
            if (!function || (function->group != trace::FunctionGroup::state_manipulation &&
                              function->group != trace::FunctionGroup::offloaded_io && function->group != trace::FunctionGroup::indication))
                return {};
            const bool calls_ndis = function->side == trace::Side::driver_calls_ndis;
            const trace::LayerIndex driver = calls_ndis ? event.other_layer : event.layer;
            if (driver >= layers) return {};
            const int own = column_of(driver, layers);
            const int ndis = std::clamp(function->edge == trace::Edge::miniport ? own - 1 : own + 1, 0, static_cast<int>(2 * layers - 2));
            row.from = calls_ndis ? own : ndis;
            row.to = calls_ndis ? ndis : own;
            row.up = function->direction == trace::Direction::up;
            row.completion = function->completion;
            row.text = function->name;
            return row;
        }
        case EventKind::conversion: {
            const trace::Conversion* conversion = history.conversion_at(id);
            if (!conversion) return {};
            row.kind = RowKind::conversion;
            const bool by_ndis = conversion->converter == trace::ndis_layer;
            row.from = column_of(conversion->lane, layers) + (by_ndis && conversion->lane + 1u < layers ? 1 : 0);
            row.text = "conversion " + std::to_string(conversion->number) + ": " + trace::conversion_title(conversion->kind);
            return row;
        }
        case EventKind::call_entry_recognised:
        case EventKind::call_entry_released: {
            row.kind = event.kind == EventKind::call_entry_recognised ? RowKind::entry_taken : RowKind::entry_returned;
            row.from = column_of(event.layer, layers);
            std::string name = event.region.valid() ? trace::region_text(history, event.region) : "call entry";
            row.text = name + (row.kind == RowKind::entry_taken ? " taken" : " given back");
            return row;
        }
        case EventKind::operation_started:
        case EventKind::operation_finished: {
            row.kind = RowKind::operation;
            const trace::Operation* operation = history.operation(event.operation);
            row.text = trace::operation_title(event.operation_kind);
            if (operation && operation->root.valid()) row.text += " of the tree under " + trace::object_name(history, operation->root);
            row.text += event.kind == EventKind::operation_started ? " begins" : " is complete";
            if (event.kind == EventKind::operation_finished && event.has_status) row.text += ", " + trace::short_status_text(event.status);
            return row;
        }
        case EventKind::finding:
            row.kind = RowKind::finding;
            row.from = column_of(event.layer, layers);
            row.text = trace::finding_title(static_cast<trace::FindingKind>(event.detail)) + ": " + std::string(trace.text(event.name));
            return row;
        default:
            return {};
    }
}

class Page {
public:
    Page(const trace::History& history, std::size_t number, std::size_t pages) : history_(history), layers_(history.trace().layers().size()) {
        svg_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" height=\"297mm\" viewBox=\"0 0 " + std::to_string(page_width) + " " +
               std::to_string(page_height) + "\" font-family=\"'DejaVu Sans', 'Segoe UI', Helvetica, Arial, sans-serif\" font-size=\"10.5\" fill=\"" +
               ink + "\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";
        const trace::RunDescription& run = history.trace().description();
        std::string title = run.scenario + (run.title.empty() ? "" : "  " + run.title);
        if (!run.variant.empty()) title += ", variant " + run.variant;
        text(margin, margin + 4, cut(title, 90), "font-size=\"14\" font-weight=\"bold\"");
        text(page_width - margin, margin + 4, "page " + std::to_string(number) + " of " + std::to_string(pages),
             faintly("text-anchor=\"end\""));
    }

    void lanes(std::size_t rows) {
        const int bottom = head + static_cast<int>(rows) * row_height + 6;
        for (int column = 0; column + 1 < static_cast<int>(2 * layers_); ++column) {
            const bool ndis = column % 2 == 1;
            const int x = x_of(column);
            line(x, head - 6, x, bottom, ndis ? faint : ink, ndis ? "stroke-width=\"0.8\" stroke-dasharray=\"2 4\"" : "stroke-width=\"1\"");
            if (ndis) {
                text(x, head - 12, "NDIS", faintly("text-anchor=\"middle\" font-size=\"9\""));
                continue;
            }
            const std::string name = history_.layer_name(static_cast<trace::LayerIndex>(column / 2));
            // Crowded stacks: the heads of neighbours stand on two heights.
            const int y = layers_ > 6 && column % 4 == 2 ? head - 40 : head - 26;
            text(x, y, cut(name, 16), "text-anchor=\"middle\" font-weight=\"bold\"");
        }
    }

    void row(const Row& row, std::size_t index) {
        const int y = head + static_cast<int>(index) * row_height + row_height - 6;
        const Event& event = history_.trace().event(row.event);
        text(margin + 40, y, std::to_string(row.event.value), faintly("text-anchor=\"end\" font-size=\"9\""));
        text(gutter - 12, y, trace::duration_text(event.virtual_time), faintly("text-anchor=\"end\" font-size=\"9\""));
        const int x = x_of(row.from);
        switch (row.kind) {
            case RowKind::arrow:
                arrow(row, y);
                break;
            case RowKind::conversion:
                shape("<path d=\"M" + std::to_string(x - 6) + " " + std::to_string(y - 4) + " l6 -6 l6 6 l-6 6 z\" fill=\"" + conversion_color + "\"/>");
                label(x, y, row.text, conversion_color);
                break;
            case RowKind::entry_taken:
            case RowKind::entry_returned:
                shape("<circle cx=\"" + std::to_string(x) + "\" cy=\"" + std::to_string(y - 4) + "\" r=\"4.5\" stroke=\"" + entry_color +
                      "\" stroke-width=\"1.5\" fill=\"" + (row.kind == RowKind::entry_taken ? entry_color : "#ffffff") + "\"/>");
                label(x, y, row.text, entry_color);
                break;
            case RowKind::operation:
                shape("<rect x=\"" + std::to_string(gutter) + "\" y=\"" + std::to_string(y - 14) + "\" width=\"" +
                      std::to_string(page_width - margin - gutter) + "\" height=\"19\" fill=\"#eef1f5\"/>");
                text(gutter + 8, y, cut(row.text, 95), "font-weight=\"bold\"");
                break;
            case RowKind::finding:
                shape("<path d=\"M" + std::to_string(x - 5) + " " + std::to_string(y - 9) + " l10 10 m0 -10 l-10 10\" stroke=\"" + bad_color +
                      "\" stroke-width=\"2.5\"/>");
                label(x, y, row.text, bad_color);
                break;
        }
    }

    void note(const std::string& what, std::size_t index) {
        text(gutter, head + static_cast<int>(index) * row_height + row_height, what, faintly());
    }

    std::string finish() {
        const int y = page_height - margin + 4;
        text(margin, y,
             "▼ solid: a call down   ▲ dashed: a completion or indication up   ◆ conversion   ● call entry taken   ○ given back   virtual times",
             faintly("font-size=\"9\""));
        return std::move(svg_ += "</svg>\n");
    }

private:
    [[nodiscard]] int x_of(int column) const {
        const int columns = std::max(static_cast<int>(2 * layers_) - 2, 1);
        const int left = gutter + 46, right = page_width - margin - 46;
        return left + (right - left) * column / columns;
    }
    static std::string cut(const std::string& value, std::size_t most) {
        std::size_t characters = 0, at = 0;
        for (; at < value.size(); ++at) {
            if ((static_cast<unsigned char>(value[at]) & 0xC0) == 0x80) continue;
            if (++characters > most) return value.substr(0, at) + "…";
        }
        return value;
    }
    void shape(const std::string& element) { svg_ += element + "\n"; }
    void text(int x, int y, const std::string& value, const std::string& attributes) {
        shape("<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" " + attributes + ">" + xml_escaped(value) + "</text>");
    }
    void line(int x1, int y1, int x2, int y2, const std::string& color, const std::string& attributes) {
        shape("<line x1=\"" + std::to_string(x1) + "\" y1=\"" + std::to_string(y1) + "\" x2=\"" + std::to_string(x2) + "\" y2=\"" +
              std::to_string(y2) + "\" stroke=\"" + color + "\" " + attributes + "/>");
    }
    // On a ground of its own, so that no lane strikes it through. Not every reader of SVG knows a halo.
    void lettered(int x, int y, const std::string& value, bool ends_at_x, const std::string& color) {
        const auto characters = std::count_if(value.begin(), value.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
        const int width = static_cast<int>(characters) * 6 + 2;
        shape("<rect x=\"" + std::to_string(ends_at_x ? x - width : x - 1) + "\" y=\"" + std::to_string(y - 10) + "\" width=\"" +
              std::to_string(width) + "\" height=\"13\" fill=\"#ffffff\"/>");
        text(x, y, value, std::string(ends_at_x ? "text-anchor=\"end\" " : "") + "fill=\"" + color + "\"");
    }
    // Beside a mark at x, on the side where there is more room; lanes that it crosses do not strike it through.
    void label(int x, int y, const std::string& value, const std::string& color) {
        const bool left = x - gutter > page_width - margin - x;
        const int room = left ? x - 12 - gutter : page_width - margin - x - 12;
        lettered(left ? x - 12 : x + 12, y, cut(value, static_cast<std::size_t>(std::max(room, 40)) * 10 / 56), left, color);
    }
    void arrow(const Row& row, int y) {
        const int from = x_of(row.from), to = x_of(row.to), tip = to + (from < to ? -1 : 1), back = from < to ? -8 : 8;
        const std::string color = row.up ? up_color : down_color;
        const int left = std::min(from, to), right = std::max(from, to);
        const bool at_end = left > (gutter + page_width) / 2 + 60;
        lettered(at_end ? right - 4 : left + 4, y - 5, row.text, at_end, color);  // first: its ground must not cover the arrow
        line(from, y, tip, y, color, std::string("stroke-width=\"1.6\"") + (row.up ? " stroke-dasharray=\"6 3\"" : ""));
        const std::string point = "M" + std::to_string(tip + back) + " " + std::to_string(y - 4) + " L" + std::to_string(tip) + " " +
                                  std::to_string(y) + " L" + std::to_string(tip + back) + " " + std::to_string(y + 4);
        shape("<path d=\"" + point + (row.up ? "" : " Z") + "\" fill=\"" + (row.up ? "none" : color) + "\" stroke=\"" + color + "\" stroke-width=\"1.4\"/>");
    }

    const trace::History& history_;
    std::size_t layers_;
    std::string svg_;
};

}  // namespace

std::string xml_escaped(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '&':
                escaped += "&amp;";
                break;
            case '"':
                escaped += "&quot;";
                break;
            default:
                escaped += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? '?' : c;
        }
    }
    return escaped;
}

std::vector<std::string> sequence_pages(const trace::History& history, const SequenceOptions& options) {
    std::vector<Row> rows;
    std::size_t left_out = 0;
    const std::uint32_t first = options.from.valid() ? options.from.value : 0;
    for (std::uint32_t i = first; i < history.trace().size() && (!options.to.valid() || i <= options.to.value); ++i) {
        std::optional<Row> row = row_of(history, EventId(i));
        if (!row) continue;
        if (rows.size() < options.most_rows)
            rows.push_back(std::move(*row));
        else
            ++left_out;
    }
    const std::size_t lines = rows.size() + (left_out > 0 || rows.empty() ? 1 : 0);
    const std::size_t pages = (lines + rows_on_page - 1) / rows_on_page;
    std::vector<std::string> result;
    for (std::size_t page = 0; page < pages; ++page) {
        const std::size_t begin = page * rows_on_page, end = std::min(rows.size(), begin + rows_on_page);
        Page drawing(history, page + 1, pages);
        drawing.lanes(end > begin ? end - begin : 0);
        for (std::size_t i = begin; i < end; ++i) drawing.row(rows[i], i - begin);
        if (page + 1 == pages && rows.empty()) drawing.note("No call of an operation, of I/O or of an indication lies between these events.", 0);
        if (page + 1 == pages && left_out > 0)
            drawing.note(std::to_string(left_out) + " further rows are not drawn; choose a part with the first and the last event.", end - begin);
        result.push_back(drawing.finish());
    }
    return result;
}

void write_svg(const trace::History& history, std::ostream& out, const ExportOptions& options) {
    const std::vector<std::string> pages = sequence_pages(history, {.from = options.from, .to = options.to});
    out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    if (pages.size() == 1) {
        out << pages.front();
        return;
    }
    const std::size_t height = pages.size() * page_height;
    out << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" height=\"" << pages.size() * 297 << "mm\" viewBox=\"0 0 " << page_width << " "
        << height << "\">\n";
    for (std::size_t i = 0; i < pages.size(); ++i) {
        std::string page = pages[i];
        // The same page as an inner drawing: at its place, in the units of the outer one.
        const std::string size = "width=\"210mm\" height=\"297mm\"";
        page.replace(page.find(size), size.size(),
                     "y=\"" + std::to_string(i * page_height) + "\" width=\"" + std::to_string(page_width) + "\" height=\"" +
                         std::to_string(page_height) + "\"");
        out << page;
    }
    out << "</svg>\n";
}

}  // namespace chimneylab::report
