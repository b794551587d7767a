// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/writer.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "engine/session/checkpointer.h"
#include "engine/session/files.h"
#include "engine/session/store.h"

namespace chimneylab::session {
namespace {

using Clock = std::chrono::steady_clock;

std::size_t weight(const Part& part) {
    return part.events.size() * sizeof(trace::Event) + part.changes.size() * sizeof(trace::Change) +
           part.regions.size() * sizeof(trace::Region) + part.bytes.size();
}

}  // namespace

struct Writer::Inside {
    std::filesystem::path file;    // as the caller named it
    std::filesystem::path target;  // where it is
    WriterOptions options;

    // Shared between the two threads.
    mutable std::mutex mutex;
    std::condition_variable wake_writer, wake_producer;
    Part filling;             // the producer appends to it; the writer may copy it
    std::deque<Part> closed;  // waits to be written
    std::vector<Part> spare;  // written parts, to be filled again
    std::size_t pending = 0;  // bytes in `closed`
    trace::RunDescription description;
    std::vector<trace::Layer> layers;
    bool described_anew = false;
    bool stop = false, seal = false;
    std::optional<std::uint64_t> fingerprint;
    std::string lacking;
    std::optional<Problem> problem;
    std::uint64_t on_disk = 0;

    // The producer's own.
    std::uint32_t next_event = 0, next_region = 0;
    std::size_t next_name = 0;
    bool described = false;

    std::thread thread;

    void close_filling() {
        pending += weight(filling);
        Part next;
        if (!spare.empty()) {
            next = std::move(spare.back());
            spare.pop_back();
            next.clear();
        }
        next.first_event = filling.first_event + static_cast<std::uint32_t>(filling.events.size());
        next.first_region = filling.first_region + static_cast<std::uint32_t>(filling.regions.size());
        next.first_change = filling.first_change + filling.changes.size();
        next.first_byte = filling.first_byte + filling.bytes.size();
        closed.push_back(std::move(filling));
        filling = std::move(next);
        wake_writer.notify_one();
    }
    void wait_for_room(std::unique_lock<std::mutex>& lock) {
        wake_producer.wait(lock, [this] { return pending <= options.most_pending_bytes || problem; });
    }
    void copy_event(const trace::Trace& trace, trace::EventId id) {
        for (; next_name < trace.string_count(); ++next_name)
            filling.names.emplace_back(trace.text(trace::StringId(static_cast<std::uint32_t>(next_name))));
        while (next_region < trace.region_count() && trace.region(trace::RegionId(next_region)).born <= id)
            filling.copy_region(trace, trace::RegionId(next_region++));
        filling.copy_event(trace, id);
    }

    // What no event told: regions that were announced last, names, the description as it is in the end.
    void copy_rest(const trace::Trace& trace) {
        while (next_event < trace.size()) copy_event(trace, trace::EventId(next_event++));
        while (next_region < trace.region_count()) filling.copy_region(trace, trace::RegionId(next_region++));
        for (; next_name < trace.string_count(); ++next_name)
            filling.names.emplace_back(trace.text(trace::StringId(static_cast<std::uint32_t>(next_name))));
        description = trace.description();
        layers.assign(trace.layers().begin(), trace.layers().end());
        described_anew = true;
    }

    void work();
    void write_until_stopped(Database& database);
};

std::variant<std::unique_ptr<Writer>, Problem> Writer::create(const std::filesystem::path& file,
                                                              const WriterOptions& options) {
    if (file.empty() || !file.has_filename())
        return Problem{file, "is not a file name", "Name a file, such as run.chimney."};
    auto inside = std::make_unique<Inside>();
    inside->file = file;
    inside->target = target_of(file);
    inside->options = options;
    if (auto problem = in_the_way(inside->target)) return *problem;
    std::filesystem::path made;
    if (const int failed = create_beside(inside->target, made)) return cannot_write(file, failed);
    std::optional<Problem> problem;
    try {
        {
            Database database(made, Database::Use::write);
            database.run("PRAGMA journal_mode = OFF; PRAGMA locking_mode = EXCLUSIVE");
            // Larger pages than usual: fewer calls of the system for every chunk. In one transaction: each of its own would be
            // brought to the disk alone.
            database.run("PRAGMA page_size = 16384; BEGIN");
            create_tables(database);
            Store(database).describe({}, {});
            {
                Statement recorder(database, "INSERT INTO run VALUES('recorder', ?)");
                const std::string process = this_process();
                recorder.bind_text(process).execute();
            }
            database.run("COMMIT");
        }
        if (const int failed = take_the_place(made, inside->target)) problem = cannot_write(file, failed);
    } catch (const SqlFailure& failure) {
        problem = cannot_write(file, failure, made);
    }
    if (problem) {
        std::error_code error;
        std::filesystem::remove(made, error);
        return *problem;
    }
    inside->thread = std::thread([raw = inside.get()] { raw->work(); });
    return std::unique_ptr<Writer>(new Writer(std::move(inside)));
}

Writer::Writer(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

Writer::~Writer() {
    if (!inside_->thread.joinable()) return;
    {
        const std::lock_guard lock(inside_->mutex);
        inside_->stop = true;
        inside_->wake_writer.notify_one();
    }
    inside_->thread.join();
}

void Writer::appended(const trace::Trace& trace, trace::EventId event) {
    Inside& in = *inside_;
    std::unique_lock lock(in.mutex);
    if (in.problem) return;
    // A machine that is followed from its birth gets its layers and its description a little later.
    if (!in.described || in.layers.size() != trace.layers().size() ||
        (trace.event(event).kind == trace::EventKind::step_started && in.description != trace.description())) {
        in.described = in.described_anew = true;
        in.description = trace.description();
        in.layers.assign(trace.layers().begin(), trace.layers().end());
    }
    for (; in.next_event <= event.value; ++in.next_event) {
        in.copy_event(trace, trace::EventId(in.next_event));
        if (!in.filling.full()) continue;
        in.close_filling();
        if (in.pending > in.options.most_pending_bytes) in.wait_for_room(lock);
    }
}

void Writer::amended(const trace::Trace& trace, trace::RegionId region) {
    Inside& in = *inside_;
    const std::lock_guard lock(in.mutex);
    if (region.value >= in.next_region || in.problem) return;  // its birth will be copied with what is known now
    for (; in.next_name < trace.string_count(); ++in.next_name)
        in.filling.names.emplace_back(trace.text(trace::StringId(static_cast<std::uint32_t>(in.next_name))));
    const trace::Region& now = trace.region(region);
    in.filling.amendments.push_back({region, now.died, now.label});
}

void Writer::append(const Part& part) {
    Inside& in = *inside_;
    std::unique_lock lock(in.mutex);
    if (in.problem) return;
    in.next_event = static_cast<std::uint32_t>(part.first_event + part.events.size());
    in.pending += weight(part);
    Part copy;
    if (!in.spare.empty()) {
        copy = std::move(in.spare.back());
        in.spare.pop_back();
    }
    // Into memory that has been used before: fresh pages cost ten times what the copy does.
    lock.unlock();
    copy = part;
    lock.lock();
    in.closed.push_back(std::move(copy));
    const Part& last = in.closed.back();
    in.filling.first_event = in.next_event;
    in.filling.first_region = last.first_region + static_cast<std::uint32_t>(last.regions.size());
    in.filling.first_change = last.first_change + last.changes.size();
    in.filling.first_byte = last.first_byte + last.bytes.size();
    in.wake_writer.notify_one();
    in.wait_for_room(lock);
}

void Writer::extend(const Part& part) {
    Inside& in = *inside_;
    std::unique_lock lock(in.mutex);
    if (in.problem) return;
    in.filling.join(part);
    in.next_event = static_cast<std::uint32_t>(part.first_event + part.events.size());
    if (!in.filling.full()) return;
    in.close_filling();
    if (in.pending > in.options.most_pending_bytes) in.wait_for_room(lock);
}

void Writer::describe(const trace::RunDescription& description, std::span<const trace::Layer> layers) {
    const std::lock_guard lock(inside_->mutex);
    inside_->description = description;
    inside_->layers.assign(layers.begin(), layers.end());
    inside_->described = inside_->described_anew = true;
}

void Writer::lacks(std::string what) {
    const std::lock_guard lock(inside_->mutex);
    inside_->lacking = std::move(what);
}

std::optional<Problem> Writer::finish(const trace::Trace* trace, std::optional<std::uint64_t> fingerprint) {
    if (!inside_->thread.joinable()) return problem();
    {
        const std::lock_guard lock(inside_->mutex);
        if (trace != nullptr && !inside_->problem) inside_->copy_rest(*trace);
        inside_->fingerprint = fingerprint;
        inside_->seal = inside_->stop = true;
        inside_->wake_writer.notify_one();
    }
    inside_->thread.join();
    return problem();
}

std::optional<Problem> Writer::problem() const {
    const std::lock_guard lock(inside_->mutex);
    return inside_->problem;
}

Writer::Progress Writer::progress() const {
    const std::lock_guard lock(inside_->mutex);
    return {inside_->next_event, inside_->on_disk};
}

trace::Sink* RunRecording::begin() {
    if (file_.empty()) return nullptr;
    auto created = Writer::create(file_);
    if (auto* problem = std::get_if<Problem>(&created)) {
        problem_ = std::move(*problem);
        return nullptr;
    }
    writer_ = std::move(std::get<std::unique_ptr<Writer>>(created));
    return writer_.get();
}

std::optional<Problem> RunRecording::finish(const trace::Trace& trace, std::optional<std::uint64_t> fingerprint) {
    if (writer_) return writer_->finish(&trace, fingerprint);
    return problem_ || file_.empty() ? problem_ : save(trace, file_);
}

void Writer::Inside::work() {
    std::optional<Problem> failed;
    try {
        Database database(target, Database::Use::write);
        try {
            write_until_stopped(database);
        } catch (const SqlFailure& failure) {
            failed = cannot_write(file, failure, target);  // while its files still are as they were
        }
    } catch (const SqlFailure& failure) {
        failed = cannot_write(file, failure, target);
    } catch (const std::bad_alloc&) {
        failed = Problem{file, "cannot be written, there is not enough memory", "Close other programs and try again."};
    }
    if (!failed) return;
    const std::lock_guard lock(mutex);
    failed->what += "; recording ended after event " + std::to_string(on_disk);
    problem = failed;
    closed.clear();
    pending = 0;
    wake_producer.notify_all();
}

void Writer::Inside::write_until_stopped(Database& database) {
    // Readers are never in the writer's way with a write-ahead log, and a commit is one append to it. FULL: on the disk at
    // the commit, not at some later time. A log is used again from its beginning once all of it is in the file, and the
    // checkpointer never quite catches up with a fast producer: at 64 MB the writer brings over the rest itself.
    database.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4096");
    database.run("PRAGMA cache_size = -4096");
    Store store(database);
    std::optional<Checkpointer> checkpointer(std::in_place, target);
    std::size_t uncommitted = 0;  // bytes, about
    Part growing;
    std::deque<Part> packed_soon;  // submitted, in order; they outlive the thread that packs them
    PackingThread packing;
    const auto put = [&](const Part& part, bool is_closed) {
        PackedChunk packed = packing.take();
        store.put(part, is_closed, packed);
        uncommitted += packed.events.size() + packed.contents.size() + packed.births.size();
        packing.give_back(std::move(packed));
    };
    Clock::time_point due = Clock::now() + options.commit_every;
    bool open = false;  // a transaction
    const auto begin = [&] {
        if (!open) database.run("BEGIN IMMEDIATE");
        open = true;
    };
    // The thread that packs shall have work while this one waits for the disk, so it gets what there is at once.
    const auto submit_closed = [&] {  // with the lock held
        const bool behind = pending > options.most_pending_bytes / 4;
        for (Part& each : closed) {
            packed_soon.push_back(std::move(each));
            packing.submit(packed_soon.back(), true, behind);
        }
        closed.clear();
    };
    for (;;) {
        std::optional<trace::RunDescription> anew;
        std::vector<trace::Layer> layers_now;
        bool last = false, tail = false, committing = false;
        {
            std::unique_lock lock(mutex);
            if (packed_soon.empty()) wake_writer.wait_until(lock, due, [this] { return stop || !closed.empty(); });
            submit_closed();
            if (described_anew) {
                anew = description;
                layers_now = layers;
                described_anew = false;
            }
            last = stop && packed_soon.empty();
            committing = last || Clock::now() >= due;
            // The growing part comes behind all the others. Only if it has grown is it worth writing again.
            if (committing && packed_soon.empty()) {
                tail = filling.first_event != growing.first_event || filling.events.size() != growing.events.size() ||
                       filling.amendments.size() != growing.amendments.size() ||
                       filling.regions.size() != growing.regions.size() || filling.names.size() != growing.names.size();
                if (tail) growing = filling;
            }
        }
        if (!packed_soon.empty()) {
            begin();
            put(packed_soon.front(), true);
            const std::lock_guard lock(mutex);
            pending -= weight(packed_soon.front());
            if (spare.size() < 64) spare.push_back(std::move(packed_soon.front()));
            packed_soon.pop_front();
            wake_producer.notify_one();
        }
        if (tail) {
            packing.submit(growing, false);
            begin();
            put(growing, false);
        }
        if (anew) {
            begin();
            store.describe(*anew, layers_now);
        }
        if (!committing) continue;
        if (last && seal) {
            begin();
            SummaryRows rest;
            packing.flush(rest);
            store.put(rest);
            store.seal(fingerprint, lacking);
        }
        if (open) {
            database.run("COMMIT");
            open = false;
            checkpointer->committed(std::exchange(uncommitted, 0));
            const std::lock_guard lock(mutex);
            on_disk = store.events();
        }
        due = Clock::now() + options.commit_every;
        if (last) break;
    }
    checkpointer.reset();
    if (!seal) return;
    // One file without companions. If a reader is in the way, whoever opens the file last does it.
    try {
        database.run("PRAGMA wal_checkpoint(TRUNCATE)");
        database.run("PRAGMA journal_mode = DELETE");
    } catch (const SqlFailure&) {
    }
}

}  // namespace chimneylab::session
