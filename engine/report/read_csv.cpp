// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <limits>

#include "engine/report/csv_table.h"
#include "engine/report/exchange.h"
#include "engine/report/rebuild.h"

namespace chimneylab::report {

namespace {

using trace::Trace;

struct Cell {
    std::string text;
    bool quoted = false;
    [[nodiscard]] bool there() const { return quoted || !text.empty(); }
};

// One row of RFC 4180, also with lines ended by a single LF; false at the end.
class Rows {
public:
    explicit Rows(std::istream& in) : in_(*in.rdbuf()) {}
    [[nodiscard]] std::string where() const { return "row " + std::to_string(row_); }

    bool next(std::vector<Cell>& cells) {
        cells.clear();
        int c = in_.sbumpc();
        if (c == eof) return false;
        ++row_;
        for (;;) {
            Cell cell;
            if (c == '"') {
                cell.quoted = true;
                for (c = in_.sbumpc();; c = in_.sbumpc()) {
                    if (c == eof) throw ImportError(where() + ": a quoted cell has no end");
                    if (c == '"') {
                        if (in_.sgetc() != '"') break;
                        in_.sbumpc();
                    }
                    cell.text += static_cast<char>(c);
                }
                c = in_.sbumpc();
                if (c != ',' && c != '\r' && c != '\n' && c != eof) throw ImportError(where() + ": text behind a quoted cell");
            } else {
                for (; c != ',' && c != '\r' && c != '\n' && c != eof; c = in_.sbumpc()) cell.text += static_cast<char>(c);
            }
            cells.push_back(std::move(cell));
            if (cells.size() > csv_columns.size()) throw ImportError(where() + ": too many cells");
            if (c == ',') {
                c = in_.sbumpc();
                continue;
            }
            if (c == '\r' && in_.sgetc() == '\n') in_.sbumpc();
            return true;
        }
    }

private:
    static constexpr int eof = std::char_traits<char>::eof();
    std::streambuf& in_;
    std::size_t row_ = 0;
};

class Row {
public:
    Row(const std::vector<Cell>& cells, std::string where) : cells_(cells), where_(std::move(where)) {}
    [[nodiscard]] const std::string& where() const { return where_; }
    [[nodiscard]] std::string place(CsvColumn column) const {
        return where_ + ", column " + std::string(csv_columns[static_cast<std::size_t>(column)]);
    }
    [[nodiscard]] const Cell& at(CsvColumn column) const { return cells_[static_cast<std::size_t>(column)]; }
    [[nodiscard]] const std::string& text(CsvColumn column) const { return at(column).text; }
    template <typename Number>
    [[nodiscard]] Number number(CsvColumn column, Number fallback) const {
        if (!at(column).there()) return fallback;
        const std::uint64_t value = number_from(text(column), place(column));
        if (value > std::numeric_limits<Number>::max()) throw ImportError(place(column) + ": the number is too large");
        return static_cast<Number>(value);
    }
    template <typename Id>
    [[nodiscard]] Id id(CsvColumn column) const { return Id(number<std::uint32_t>(column, Id::none_value)); }
    [[nodiscard]] trace::StringId name(CsvColumn column, Trace& trace) const {
        return at(column).there() ? trace.intern(text(column)) : trace::StringId();
    }
    [[nodiscard]] std::vector<std::byte> bytes(CsvColumn column) const { return bytes_from_hex(text(column), place(column)); }

private:
    const std::vector<Cell>& cells_;
    std::string where_;
};

class Reader {
public:
    void take(const Row& row) {
        using enum CsvColumn;
        const std::string& what = row.text(record);
        if (what == "change") {
            if (!pending_ || row.number<std::uint32_t>(number, 0) != trace_.size())
                throw ImportError(row.where() + ": a change does not stand behind its event");
            changes_.push_back({row.id<trace::RegionId>(region), row.number<std::uint32_t>(offset, 0),
                                row.number<trace::LayerIndex>(layer, trace::machine_layer), row.bytes(before), row.bytes(after)});
            return;
        }
        finish_event();
        if (what == "run") take_run(row);
        else if (what == "string") trace_.intern(row.text(name));
        else if (what == "layer")
            layers_.push_back({role_from(row.text(kind), row.place(kind)), row.name(name, trace_), row.name(driver, trace_)});
        else if (what == "region") take_region(row);
        else if (what == "event") take_event(row);
        else throw ImportError(row.where() + ": '" + what.substr(0, 40) + "' is no kind of row");
    }
    Trace finish() {
        finish_event();
        if (!known_) throw ImportError("it does not say which format it is");
        trace_.set_description(std::move(description_));
        trace_.set_layers(std::move(layers_));
        require_sound(trace_);
        return std::move(trace_);
    }

private:
    void take_run(const Row& row) {
        using enum CsvColumn;
        const std::string &key = row.text(kind), &value = row.text(name);
        if (key == "format") {
            if (value != csv_format) throw ImportError("it is of the format '" + value.substr(0, 40) + "', not " + std::string(csv_format));
            known_ = true;
        } else if (key == "scenario") description_.scenario = value;
        else if (key == "title") description_.title = value;
        else if (key == "variant") description_.variant = value;
        else if (key == "schedule") description_.schedule = value;
        else if (key == "mode") description_.mode = value;
        else if (key == "producer") description_.producer = value;
        else if (key == "clock_start") description_.clock_start = number_from(value, row.where());
        else throw ImportError(row.where() + ": '" + key.substr(0, 40) + "' is not known of a run");
    }
    void take_region(const Row& row) {
        using enum CsvColumn;
        trace::Region each;
        each.kind = region_kind_from(row.text(kind), row.place(kind));
        each.owner = row.number<trace::LayerIndex>(layer, trace::machine_layer);
        each.label = row.name(name, trace_);
        each.parent = row.id<trace::RegionId>(parent);
        each.address = row.number<std::uint64_t>(subject, 0);
        each.ordinal = row.number<std::uint16_t>(ordinal, 0);
        each.born = row.id<EventId>(born);
        each.died = row.id<EventId>(died);
        each.tag = row.number<std::uint32_t>(tag, 0);
        trace_.add_region(each, row.bytes(after));
    }
    void take_event(const Row& row) {
        using enum CsvColumn;
        if (row.number<std::uint32_t>(number, 0) != trace_.size()) throw ImportError(row.where() + ": events are out of order");
        event_ = {};
        event_.kind = event_kind_from(row.text(kind), row.place(kind));
        event_.virtual_time = row.number<std::uint64_t>(virtual_ns, 0);
        event_.measured_time = row.number<std::uint64_t>(measured_ns, 0);
        event_.layer = row.number<trace::LayerIndex>(layer, trace::machine_layer);
        event_.other_layer = row.number<trace::LayerIndex>(other_layer, trace::machine_layer);
        event_.name = row.name(name, trace_);
        event_.operation = row.id<trace::OperationId>(operation);
        if (row.at(operation_kind).there())
            event_.operation_kind = operation_kind_from(row.text(operation_kind), row.place(operation_kind));
        event_.partner = row.id<EventId>(partner);
        event_.parent = row.id<EventId>(parent);
        event_.region = row.id<trace::RegionId>(region);
        event_.subject = row.number<std::uint64_t>(subject, 0);
        event_.detail = row.number<std::uint64_t>(detail, 0);
        event_.status = static_cast<std::int32_t>(row.number<std::uint32_t>(status, 0));
        event_.has_status = row.number<std::uint8_t>(has_status, 0);
        event_.irql = row.number<std::uint8_t>(irql, 0);
        event_.depth = row.number<std::uint16_t>(depth, 0);
        event_.argument = row.number<std::uint32_t>(argument, 0);
        where_ = row.where();
        pending_ = true;
    }
    void finish_event() {
        if (!pending_) return;
        append_event(trace_, event_, changes_, where_);
        changes_.clear();
        pending_ = false;
    }

    Trace trace_;
    trace::RunDescription description_;
    std::vector<trace::Layer> layers_;
    trace::Event event_;
    std::vector<ReadChange> changes_;
    std::string where_;
    bool pending_ = false, known_ = false;
};

}  // namespace

std::variant<Trace, ExchangeProblem> read_csv(std::istream& in) {
    try {
        Rows rows(in);
        std::vector<Cell> cells;
        if (!rows.next(cells)) throw ImportError("it is empty");
        bool header = cells.size() == csv_columns.size();
        constexpr auto argument = static_cast<std::size_t>(CsvColumn::argument);  // once called reserved
        for (std::size_t i = 0; header && i < cells.size(); ++i)
            header = cells[i].text == csv_columns[i] || (i == argument && cells[i].text == "reserved");
        if (!header) throw ImportError("the first row does not name the columns of one");
        Reader reader;
        while (rows.next(cells)) {
            if (cells.size() == 1 && !cells[0].there()) continue;
            if (cells.size() != csv_columns.size())
                throw ImportError(rows.where() + " has " + std::to_string(cells.size()) + " cells, not " + std::to_string(csv_columns.size()));
            reader.take(Row(cells, rows.where()));
        }
        return reader.finish();
    } catch (const ImportError& error) {
        return ExchangeProblem{std::string("is no exported session: ") + error.what(),
                               "Import a file that 'chimneylab-cli export' wrote as json, perfetto or csv."};
    }
}

}  // namespace chimneylab::report
