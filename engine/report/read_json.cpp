// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/report/exchange.h"
#include "engine/report/json_document.h"
#include "engine/report/rebuild.h"

namespace chimneylab::report {

namespace {

using nlohmann::json;
using trace::Trace;

// One object of the document, and where it stands, for messages.
class Object {
public:
    Object(const json& value, std::string where) : value_(value), where_(std::move(where)) {
        if (!value_.is_object()) throw ImportError(where_ + " is no object");
    }
    [[nodiscard]] const std::string& where() const { return where_; }
    [[nodiscard]] std::string place(const char* key) const { return where_ + "." + key; }
    [[nodiscard]] const json* find(const char* key) const {
        const auto found = value_.find(key);
        return found == value_.end() ? nullptr : &*found;
    }
    [[nodiscard]] const json& need(const char* key) const {
        if (const json* found = find(key)) return *found;
        throw ImportError(where_ + " has no '" + key + "'");
    }
    [[nodiscard]] const std::string& text(const char* key) const {
        const json& value = need(key);
        if (!value.is_string()) throw ImportError(place(key) + " is no text");
        return value.get_ref<const std::string&>();
    }
    // Not there: `fallback`.
    template <typename Number>
    [[nodiscard]] Number number(const char* key, Number fallback) const {
        const json* value = find(key);
        if (!value) return fallback;
        if constexpr (std::is_signed_v<Number>) {
            if (!value->is_number_integer()) throw ImportError(place(key) + " is no whole number");
            if (value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<Number>::max()))
                throw ImportError(place(key) + " is too large");
            const auto given = value->get<std::int64_t>();
            if (given < std::numeric_limits<Number>::min() || given > std::numeric_limits<Number>::max())
                throw ImportError(place(key) + " is out of range");
            return static_cast<Number>(given);
        } else {
            if (!value->is_number_unsigned()) throw ImportError(place(key) + " is no whole number from 0");
            if (value->get<std::uint64_t>() > std::numeric_limits<Number>::max()) throw ImportError(place(key) + " is too large");
            return static_cast<Number>(value->get<std::uint64_t>());
        }
    }
    [[nodiscard]] std::uint64_t hexadecimal(const char* key) const { return find(key) ? number_from(text(key), place(key)) : 0; }
    template <typename Id>
    [[nodiscard]] Id id(const char* key) const { return Id(number<std::uint32_t>(key, Id::none_value)); }
    [[nodiscard]] trace::StringId name(const char* key, Trace& trace) const {
        return find(key) ? trace.intern(text(key)) : trace::StringId();
    }
    template <typename Take>  // Take(Object)
    void each(const char* key, Take take) const {
        const json& list = need(key);
        if (!list.is_array()) throw ImportError(place(key) + " is no list");
        for (std::size_t i = 0; i < list.size(); ++i) take(list[i], place(key) + "[" + std::to_string(i) + "]");
    }

private:
    const json& value_;
    std::string where_;
};

Trace read_document(const Object& document) {
    if (document.text("format") != document_format) throw ImportError("'format' is not " + std::string(document_format));
    if (const auto version = document.number<unsigned>("version", 0); version != document_version)
        throw ImportError("it is of version " + std::to_string(version) + ", and this program reads version " +
                          std::to_string(document_version));
    Trace trace;
    const Object run(document.need("description"), "description");
    trace::RunDescription description;
    description.scenario = run.text("scenario");
    description.title = run.text("title");
    description.variant = run.text("variant");
    description.schedule = run.text("schedule");
    description.mode = run.text("mode");
    description.producer = run.text("producer");
    description.clock_start = run.number<std::uint64_t>("clock_start", 0);
    trace.set_description(std::move(description));
    document.each("strings", [&](const json& value, const std::string& where) {
        if (!value.is_string()) throw ImportError(where + " is no text");
        trace.intern(value.get_ref<const std::string&>());
    });
    std::vector<trace::Layer> layers;
    document.each("layers", [&](const json& value, const std::string& where) {
        const Object layer(value, where);
        layers.push_back({role_from(layer.text("role"), layer.place("role")), layer.name("name", trace), layer.name("driver", trace)});
    });
    trace.set_layers(std::move(layers));
    document.each("regions", [&](const json& value, const std::string& where) {
        const Object object(value, where);
        trace::Region region;
        region.kind = region_kind_from(object.text("kind"), object.place("kind"));
        region.owner = object.number<trace::LayerIndex>("owner", trace::machine_layer);
        region.ordinal = object.number<std::uint16_t>("ordinal", 0);
        region.address = object.hexadecimal("address");
        region.label = object.name("label", trace);
        region.parent = object.id<trace::RegionId>("parent");
        region.born = object.id<EventId>("born");
        region.died = object.id<EventId>("died");
        region.tag = object.number<std::uint32_t>("tag", 0);
        trace.add_region(region, bytes_from_hex(object.text("bytes"), object.place("bytes")));
    });
    document.each("events", [&](const json& value, const std::string& where) {
        const Object object(value, where);
        if (object.number<std::uint32_t>("event", 0) != trace.size()) throw ImportError(where + " is out of order");
        trace::Event event;
        event.kind = event_kind_from(object.text("kind"), object.place("kind"));
        event.virtual_time = object.number<std::uint64_t>("virtual_ns", 0);
        event.measured_time = object.number<std::uint64_t>("measured_ns", 0);
        event.name = object.name("name", trace);
        event.layer = object.number<trace::LayerIndex>("layer", trace::machine_layer);
        event.other_layer = object.number<trace::LayerIndex>("other_layer", trace::machine_layer);
        event.operation = object.id<trace::OperationId>("operation");
        if (object.find("operation_kind"))
            event.operation_kind = operation_kind_from(object.text("operation_kind"), object.place("operation_kind"));
        event.partner = object.id<EventId>("partner");
        event.parent = object.id<EventId>("parent");
        event.region = object.id<trace::RegionId>("region");
        event.subject = object.hexadecimal("subject");
        event.detail = object.hexadecimal("detail");
        event.status = object.number<std::int32_t>("status", 0);
        event.has_status = object.number<std::uint8_t>("has_status", 0);
        event.irql = object.number<std::uint8_t>("irql", 0);
        event.depth = object.number<std::uint16_t>("depth", 0);
        event.argument = object.number<std::uint32_t>(object.find("reserved") ? "reserved" : "argument", 0);
        std::vector<ReadChange> changes;
        if (object.find("changes")) {
            object.each("changes", [&](const json& item, const std::string& place) {
                const Object change(item, place);
                changes.push_back({change.id<trace::RegionId>("region"), change.number<std::uint32_t>("offset", 0),
                                   change.number<trace::LayerIndex>("writer", trace::machine_layer),
                                   bytes_from_hex(change.text("before"), change.place("before")),
                                   bytes_from_hex(change.text("after"), change.place("after"))});
            });
        }
        append_event(trace, event, changes, where);
    });
    require_sound(trace);
    return trace;
}

}  // namespace

std::variant<Trace, ExchangeProblem> read_json(std::istream& in) {
    try {
        const json document = json::parse(in);
        if (!document.is_object()) throw ImportError("it holds no object");
        const auto inside = document.find(document_key);
        if (inside == document.end() && !document.contains("format"))
            throw ImportError("it has neither '" + std::string(document_key) + "' nor 'format': it was not written by ChimneyLab");
        return read_document(Object(inside == document.end() ? document : *inside, "the document"));
    } catch (const ImportError& error) {
        return ExchangeProblem{std::string("is no exported session: ") + error.what(),
                               "Import a file that 'chimneylab-cli export' wrote as json, perfetto or csv."};
    } catch (const json::exception& error) {
        std::string what = error.what();
        if (const auto end = what.find("] "); what.starts_with("[json.") && end != std::string::npos) what.erase(0, end + 2);
        return ExchangeProblem{"is no sound JSON: " + what, "Export the session again; the file may have been cut short."};
    }
}

}  // namespace chimneylab::report
