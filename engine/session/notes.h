// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// What a person adds to a session: annotations, bookmarks, answers to a lesson's questions, the layout of the windows. It
// is kept in the session's file, beside the recording and outside its hash: changing a note is one small transaction,
// also while somebody else reads the file. Numbers of events are not checked; whoever shows them does.
// A session of an older format is upgraded by the first note, with a backup. Not thread safe; any number of Notes may be
// open for one file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/session/session.h"

namespace chimneylab::session {

struct Annotation {
    std::int64_t id = 0;  // given by add()
    trace::EventId event;
    trace::EventId last_event;  // of a span; none: one event
    std::string author;
    std::string text;
    std::string written;  // UTC, "2026-05-04 17:31:00"; filled in by add() when empty
    friend bool operator==(const Annotation&, const Annotation&) = default;
};

struct Bookmark {
    trace::EventId event;
    std::string name;
    friend bool operator==(const Bookmark&, const Bookmark&) = default;
};

struct Answer {
    std::string question;  // its key in the scenario or lesson
    std::string answer;
    std::optional<bool> correct;  // none: not judged
    std::string written;
    friend bool operator==(const Answer&, const Answer&) = default;
};

struct LayoutValue {
    std::string key;
    std::string value;  // any bytes
    friend bool operator==(const LayoutValue&, const LayoutValue&) = default;
};

// All of it, in order: by event, by question, by key.
struct NoteContents {
    std::vector<Annotation> annotations;
    std::vector<Bookmark> bookmarks;
    std::vector<Answer> answers;
    std::vector<LayoutValue> layout;
    [[nodiscard]] bool empty() const {
        return annotations.empty() && bookmarks.empty() && answers.empty() && layout.empty();
    }
    friend bool operator==(const NoteContents&, const NoteContents&) = default;
};

// Of any session, whatever its state and wherever it lies; a session of format 1 has none.
[[nodiscard]] std::variant<NoteContents, Problem> read_notes(const std::filesystem::path& file);

class Notes {
public:
    [[nodiscard]] static std::variant<Notes, Problem> open(const std::filesystem::path& file);
    Notes(Notes&&) noexcept;
    Notes& operator=(Notes&&) noexcept;
    ~Notes();

    // Each is on the disk when it returns without a problem.
    std::optional<Problem> add(Annotation& annotation);
    std::optional<Problem> change(const Annotation& annotation);  // by its id
    std::optional<Problem> remove_annotation(std::int64_t id);
    std::optional<Problem> set(const Bookmark& bookmark);  // the event's bookmark, new or renamed
    std::optional<Problem> remove_bookmark(trace::EventId event);
    std::optional<Problem> set(const Answer& answer);  // to the same question the last one counts
    std::optional<Problem> set(const LayoutValue& value);

private:
    struct Inside;
    explicit Notes(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

// save() of a finished trace together with notes, for "save as".
[[nodiscard]] std::optional<Problem> save(const trace::Trace& trace, const std::filesystem::path& file,
                                          const NoteContents& notes);

// Brings a session of an older format to the present one; the old file stays beside it as "name.format-1". Gives the
// backup's name, nothing when the session was of the present format already.
[[nodiscard]] std::variant<std::optional<std::filesystem::path>, Problem> upgrade(const std::filesystem::path& file);

}  // namespace chimneylab::session
