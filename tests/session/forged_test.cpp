// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Session files whose checksums are right and whose content is not: somebody made them so. A byte changed at random is
// caught by a checksum; here the packed columns and the numbers of a chunk's row are changed and sealed again, so that
// everything behind the checksums has to stand on its own.
#include <gmock/gmock.h>
#include <zstd.h>

#include <random>

#include "engine/session/session_index.h"
#include "tests/fuzz/exercise_session.h"
#include "tests/session/session_folder.h"
#include "tests/trace/random_trace.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::session {
namespace {

using Forged = SessionFolder;
using Bytes = std::vector<std::byte>;

Bytes unpacked(std::span<const std::byte> blob) {
    Bytes raw(ZSTD_getFrameContentSize(blob.data(), blob.size()));
    raw.resize(ZSTD_decompress(raw.data(), raw.size(), blob.data(), blob.size()));
    return raw;
}

Bytes packed(const Bytes& raw) {
    Bytes blob(ZSTD_compressBound(raw.size()));
    blob.resize(ZSTD_compress(blob.data(), blob.size(), raw.data(), raw.size(), 1));
    return blob;
}

// A few places of the columns: another number, a much longer one, one column's piece in another's place, an end too early.
void change(Bytes& raw, std::mt19937& random) {
    for (unsigned i = 0, count = 1 + random() % 3; i < count && !raw.empty(); ++i) {
        const std::size_t at = random() % raw.size();
        switch (random() % 5) {
            case 0:
                raw[at] = static_cast<std::byte>(random());
                break;
            case 1:
                raw[at] ^= std::byte{1};
                break;
            case 2:
                std::fill_n(raw.begin() + static_cast<std::ptrdiff_t>(at), std::min<std::size_t>(1 + random() % 12, raw.size() - at), std::byte{0xFF});
                break;
            case 3: {
                const std::size_t from = random() % raw.size(), length = std::min({std::size_t{1} + random() % 60, raw.size() - at, raw.size() - from});
                const Bytes piece(raw.begin() + static_cast<std::ptrdiff_t>(from), raw.begin() + static_cast<std::ptrdiff_t>(from + length));
                std::ranges::copy(piece, raw.begin() + static_cast<std::ptrdiff_t>(at));
                break;
            }
            default:
                if (random() % 4 == 0) raw.resize(at);
                break;
        }
    }
}

// One chunk of the file, changed and sealed again.
void forge(const std::filesystem::path& file, std::mt19937& random) {
    Database database(file, Database::Use::write);
    database.run("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY");
    SessionIndex index = read_index(database);
    ASSERT_EQ(index.damage, "");
    const std::size_t number = random() % index.chunks.size();
    Chunk& chunk = index.chunks[number];
    std::array<Bytes, 3> blobs;  // births, events, contents
    {
        Statement row(database, "SELECT c.births, d.events, d.contents FROM chunk c JOIN chunk_data d ON d.id = c.id WHERE c.id = ?");
        row.bind(static_cast<std::int64_t>(number));
        ASSERT_TRUE(row.next());
        for (int i = 0; i < 3; ++i) blobs[static_cast<std::size_t>(i)].assign(row.bytes(i).begin(), row.bytes(i).end());
    }
    const std::size_t which = random() % 10;
    if (which == 9) {
        std::uint64_t& changed = chunk.numbers[random() % chunk.numbers.size()];
        changed = random() % 3 == 0 ? random() : changed + random() % 5 - 2;
        changed &= 0x7FFFFFFFFFFFFFFF;
    } else {
        Bytes raw = unpacked(blobs[which % 3]);
        change(raw, random);
        blobs[which % 3] = packed(raw);
    }
    chunk.checksum = chunk_checksum(chunk.numbers, blobs[0], blobs[1], blobs[2]);
    Statement update(database,
                     "UPDATE chunk SET first_event = ?, events = ?, first_region = ?, regions = ?, first_change = ?, changes = ?, "
                     "first_byte = ?, bytes = ?, virtual_start = ?, virtual_end = ?, measured_start = ?, measured_end = ?, "
                     "checksum = ?, births = ? WHERE id = ?");
    for (const std::uint64_t each : chunk.numbers) update.bind(static_cast<std::int64_t>(each));
    update.bind_bytes(chunk.checksum).bind_bytes(blobs[0]).bind(static_cast<std::int64_t>(number)).execute();
    Statement data(database, "UPDATE chunk_data SET events = ?, contents = ? WHERE id = ?");
    data.bind_bytes(blobs[1]).bind_bytes(blobs[2]).bind(static_cast<std::int64_t>(number)).execute();
    std::vector<Checksum> checksums;
    for (const Chunk& each : index.chunks) checksums.push_back(each.checksum);
    const std::string content = content_checksum(index.description, index.layers, index.names, checksums);
    Statement seal(database, "UPDATE run SET value = ? WHERE key = 'content'");
    seal.bind_text(content).execute();
}

TEST_F(Forged, content_is_refused_or_sound) {
    trace::synthetic::Options options;
    options.intermediate_drivers = 2;
    options.operations = {trace::OperationKind::initiate, trace::OperationKind::query, trace::OperationKind::terminate};
    options.repeat = 40;
    ASSERT_FALSE(save(trace::synthetic::make_trace(options), file("long")));
    ASSERT_FALSE(save(trace::synthetic::random_trace(29, 900).trace, file("short")));
    EXPECT_EQ(fuzz::exercise_session(file("long")), "");
    std::mt19937 random(20070);
    const char* const rounds = std::getenv("CHIMNEYLAB_FORGED_SESSIONS");
    const int count = rounds != nullptr ? std::atoi(rounds) : 250;
    for (int i = 0; i < count; ++i) {
        std::filesystem::copy_file(file(i % 8 == 0 ? "long" : "short"), file("forged"), std::filesystem::copy_options::overwrite_existing);
        ASSERT_NO_FATAL_FAILURE(forge(file("forged"), random));
        ASSERT_EQ(fuzz::exercise_session(file("forged")), "") << "forgery " << i;
    }
}

}  // namespace
}  // namespace chimneylab::session
