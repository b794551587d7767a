// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/store.h"

#include "engine/session/checksum.h"
#include "engine/session/schema.h"
#include "engine/trace/fingerprint.h"
#include "engine/trace/text.h"

namespace chimneylab::session {
namespace {

std::int64_t bits(std::uint64_t value) { return static_cast<std::int64_t>(value); }

template <typename Tag>
void bind_id(Statement& statement, trace::Identifier<Tag> id) {
    if (id.valid())
        statement.bind(id.value);
    else
        statement.bind_null();
}

// The words that the views show; numbers as in the events.
void write_words(Database& database) {
    const auto fill = [&](std::string_view table, int last, auto word_of) {
        Statement statement(database, "INSERT INTO " + std::string(table) + " VALUES(?, ?)");
        for (int i = 0; i <= last; ++i) statement.bind(i).bind_text(word_of(i)).execute();
    };
    fill("event_kind", static_cast<int>(trace::last_event_kind),
         [](int i) { return trace::to_text(static_cast<trace::EventKind>(i)); });
    fill("operation_kind", static_cast<int>(trace::OperationKind::terminate),
         [](int i) { return trace::to_text(static_cast<trace::OperationKind>(i)); });
    fill("conversion_kind", static_cast<int>(trace::ConversionKind::protocol_to_miniport_by_driver),
         [](int i) { return trace::to_text(static_cast<trace::ConversionKind>(i)); });
    fill("finding_kind", static_cast<int>(trace::FindingKind::driver_hung),
         [](int i) { return trace::to_text(static_cast<trace::FindingKind>(i)); });
    fill("region_kind", static_cast<int>(trace::last_region_kind),
         [](int i) { return trace::to_text(static_cast<trace::RegionKind>(i)); });
}

}  // namespace

void create_tables(Database& database) {
    database.run("PRAGMA application_id = " + std::to_string(application_id));
    database.run("PRAGMA user_version = " + std::to_string(format_version));
    for (const auto definitions : {base_tables(), summary_tables(), word_tables(), notes_tables(), views()})
        for (const Definition& each : definitions) database.run(each.sql);
    write_words(database);
    Statement state(database, "INSERT INTO run VALUES('state', 'recording')");
    state.execute();
}

Store::Store(Database& database)
    : database_(database),
      summary_(database),
      fact_(database, "INSERT OR REPLACE INTO run VALUES(?, ?)"),
      name_(database, "INSERT OR REPLACE INTO name VALUES(?, ?)"),
      layer_(database, "INSERT OR REPLACE INTO layer VALUES(?, ?, ?, ?)"),
      layer_word_(database, "INSERT OR REPLACE INTO layer_word VALUES(?, ?)"),
      chunk_(database, "INSERT OR REPLACE INTO chunk VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      data_(database, "INSERT OR REPLACE INTO chunk_data VALUES(?, ?, ?)") {}

void Store::put_fact(std::string_view key, std::string_view value) { fact_.bind_text(key).bind_text(value).execute(); }

void Store::describe(const trace::RunDescription& description, std::span<const trace::Layer> layers) {
    description_ = description;
    put_fact("scenario", description.scenario);
    put_fact("title", description.title);
    put_fact("variant", description.variant);
    put_fact("schedule", description.schedule);
    put_fact("mode", description.mode);
    put_fact("producer", description.producer);
    put_fact("clock_start", std::to_string(description.clock_start));
    layers_.assign(layers.begin(), layers.end());
    for (std::size_t i = 0; i < layers.size(); ++i) {
        layer_.bind(static_cast<std::int64_t>(i)).bind(static_cast<std::int64_t>(layers[i].role));
        bind_id(layer_, layers[i].name);
        bind_id(layer_, layers[i].driver);
        layer_.execute();
        const std::string_view word =
            layers[i].name.value < names_.size() ? std::string_view(names_[layers[i].name.value]) : std::string_view{};
        layer_word_.bind(static_cast<std::int64_t>(i)).bind_text(word).execute();
    }
    layer_word_.bind(trace::ndis_layer).bind_text("NDIS").execute();
    layer_word_.bind(trace::machine_layer).bind_text("machine").execute();
}

void Store::put(const Part& part, bool closed, const PackedChunk& packed) {
    for (std::size_t i = counted_names_; i < part.names.size(); ++i) {
        name_.bind(static_cast<std::int64_t>(names_.size())).bind_text(part.names[i]).execute();
        names_.push_back(part.names[i]);
    }
    put_chunk(packed);
    summary_.write(packed.rows);
    counted_names_ = closed ? 0 : part.names.size();
    events_ = static_cast<std::uint32_t>(part.first_event + part.events.size());
    regions_ = part.first_region + part.regions.size();
    changes_ = part.first_change + part.changes.size();
    if (closed) ++chunk_id_;
}

void Store::put_chunk(const PackedChunk& packed) {
    checksums_.resize(chunk_id_);
    checksums_.push_back(packed.checksum);
    chunk_.bind(chunk_id_);
    for (const std::uint64_t each : packed.numbers) chunk_.bind(bits(each));
    chunk_.bind_bytes(packed.checksum).bind_bytes(packed.births).execute();
    data_.bind(chunk_id_).bind_bytes(packed.events).bind_bytes(packed.contents).execute();
}

void Store::seal(std::optional<std::uint64_t> fingerprint, const std::string& lacking) {
    if (fingerprint) put_fact("fingerprint", trace::fingerprint_text(*fingerprint));
    if (!lacking.empty()) put_fact("lacking", lacking);
    put_fact("events", std::to_string(events_));
    put_fact("regions", std::to_string(regions_));
    put_fact("changes", std::to_string(changes_));
    put_fact("names", std::to_string(names_.size()));
    put_fact("layers", std::to_string(layers_.size()));
    put_fact("content", content_checksum(description_, layers_, names_, checksums_));
    put_fact("state", "complete");
    Statement forget(database_, "DELETE FROM run WHERE key = 'recorder'");
    forget.execute();
}

}  // namespace chimneylab::session
