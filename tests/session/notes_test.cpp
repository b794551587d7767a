// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "engine/session/notes.h"

#include <gmock/gmock.h>

#include "tests/session/session_folder.h"
#include "tests/trace/synthetic_trace.h"

namespace chimneylab::session {
namespace {

using testing::HasSubstr;
namespace synthetic = trace::synthetic;

using NotesTest = SessionFolder;

NoteContents notes_of(const std::filesystem::path& file) {
    auto read = read_notes(file);
    EXPECT_TRUE(std::holds_alternative<NoteContents>(read)) << std::get<Problem>(read).to_text();
    return std::holds_alternative<NoteContents>(read) ? std::get<NoteContents>(read) : NoteContents{};
}

Notes notes_in(const std::filesystem::path& file) {
    auto notes = Notes::open(file);
    EXPECT_TRUE(std::holds_alternative<Notes>(notes)) << std::get<Problem>(notes).to_text();
    return std::move(std::get<Notes>(notes));
}

TEST_F(NotesTest, are_kept_beside_a_recording_that_stays_as_it_was) {
    const trace::Trace run = synthetic::five_operations(2);
    ASSERT_FALSE(save(run, file()));
    EXPECT_TRUE(notes_of(file()).empty());
    Annotation first{0, trace::EventId(30), {}, "Ada", "here SourceHandle is replaced", ""};
    Annotation second{0, trace::EventId(7), trace::EventId(12), "", "the way down; \0 \xFF '\"", ""};
    {
        Notes notes = notes_in(file());
        EXPECT_FALSE(notes.add(first));
        EXPECT_FALSE(notes.add(second));
        EXPECT_NE(first.id, second.id);
        EXPECT_EQ(first.written.size(), 19u);
        EXPECT_FALSE(notes.set(Bookmark{trace::EventId(5), "start"}));
        EXPECT_FALSE(notes.set(Bookmark{trace::EventId(5), "begin"}));
        EXPECT_FALSE(notes.set(Bookmark{trace::EventId(6), "gone"}));
        EXPECT_FALSE(notes.remove_bookmark(trace::EventId(6)));
        EXPECT_FALSE(notes.set(Answer{"m1/3", "NULL", false, "2026-01-01 00:00:00"}));
        EXPECT_FALSE(notes.set(Answer{"m1/3", "the IM's handle", true, "2026-01-01 00:01:00"}));
        EXPECT_FALSE(notes.set(LayoutValue{"docks", std::string("\0\1\2", 3)}));
        first.text = "changed";
        EXPECT_FALSE(notes.change(first));
    }
    NoteContents expected;
    expected.annotations = {second, first};
    expected.bookmarks = {{trace::EventId(5), "begin"}};
    expected.answers = {{"m1/3", "the IM's handle", true, "2026-01-01 00:01:00"}};
    expected.layout = {{"docks", std::string("\0\1\2", 3)}};
    EXPECT_EQ(notes_of(file()), expected);
    EXPECT_FALSE(notes_in(file()).remove_annotation(second.id));
    EXPECT_EQ(notes_of(file()).annotations, std::vector{first});
    const auto loaded = load(file());
    ASSERT_TRUE(std::holds_alternative<trace::Trace>(loaded)) << std::get<Problem>(loaded).to_text();
    EXPECT_TRUE(std::get<trace::Trace>(loaded) == run);
    EXPECT_EQ(files_in_folder(), 1u) << "no journal is left";

    // "Save as" takes them along.
    ASSERT_FALSE(save(run, file("b.chimney"), notes_of(file())));
    EXPECT_EQ(notes_of(file("b.chimney")), notes_of(file()));
}

TEST_F(NotesTest, a_session_of_format_1_gets_a_backup_before_its_first_note) {
    std::filesystem::copy_file(CHIMNEYLAB_FORMAT_1_SESSION, file());
    const std::string old = read(file());
    const auto before = load(file());
    ASSERT_TRUE(std::holds_alternative<trace::Trace>(before));
    EXPECT_TRUE(notes_of(file()).empty());
    EXPECT_EQ(read(file()), old) << "reading changes nothing";
    EXPECT_FALSE(notes_in(file()).set(Bookmark{trace::EventId(1), "x"}));
    EXPECT_EQ(read(file("a.chimney.format-1")), old);
    const auto after = open(file());
    ASSERT_TRUE(std::holds_alternative<Opened>(after));
    EXPECT_TRUE(std::get<Opened>(after).trace == std::get<trace::Trace>(before));
    EXPECT_EQ(std::get<Opened>(after).format, 2);
    EXPECT_EQ(notes_of(file()).bookmarks.size(), 1u);
    // The next upgrade finds nothing to do, and another old file gets a backup of its own.
    EXPECT_EQ(std::get<0>(upgrade(file())), std::nullopt);
    std::filesystem::copy_file(CHIMNEYLAB_FORMAT_1_SESSION, file(), std::filesystem::copy_options::overwrite_existing);
    EXPECT_EQ(std::get<0>(upgrade(file())), file("a.chimney.format-1-2"));
}

TEST_F(NotesTest, where_nothing_can_be_written_there_is_a_problem) {
    ASSERT_FALSE(save(synthetic::one_completion_travels_up(), file()));
    EXPECT_THAT(std::get<Problem>(Notes::open(file("missing"))).to_text(), HasSubstr("does not exist"));
    write(file("text"), std::string(4096, 'x'));
    EXPECT_THAT(std::get<Problem>(Notes::open(file("text"))).to_text(), HasSubstr("not a ChimneyLab session"));
    EXPECT_EQ(read(file("text")), std::string(4096, 'x'));
    const std::string before = read(file());
    EXPECT_THAT(told_without_rights([&]() -> std::string {
                    const auto notes = Notes::open(file());
                    const auto* problem = std::get_if<Problem>(&notes);
                    return problem != nullptr ? problem->to_text() : "could be opened for writing";
                }),
                HasSubstr("cannot be written"));
    EXPECT_EQ(read(file()), before);
}

}  // namespace
}  // namespace chimneylab::session
