// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/program/engine_notes.h"

namespace chimneylab::desktop {

namespace {

class EngineNotes : public NoteStore {
public:
    explicit EngineNotes(QString path) : path_(std::move(path)) {}

    QString apply(NoteChange& change) override {
        if (!notes_) {
            auto opened = session::Notes::open(path_.toStdString());
            if (const auto* problem = std::get_if<session::Problem>(&opened)) return QString::fromStdString(problem->to_text());
            notes_.emplace(std::move(std::get<session::Notes>(opened)));
        }
        const std::optional<session::Problem> problem = std::visit([this](auto& each) { return carry_out(each); }, change);
        return problem ? QString::fromStdString(problem->to_text()) : QString();
    }

private:
    std::optional<session::Problem> carry_out(session::Annotation& note) {
        if (note.id >= 0) return notes_->change(note);
        note.id = 0;
        return notes_->add(note);
    }
    std::optional<session::Problem> carry_out(const NoteRemoval& removal) { return notes_->remove_annotation(removal.id); }
    std::optional<session::Problem> carry_out(const session::Bookmark& bookmark) { return notes_->set(bookmark); }
    std::optional<session::Problem> carry_out(const BookmarkRemoval& removal) { return notes_->remove_bookmark(removal.event); }
    std::optional<session::Problem> carry_out(const session::Answer& answer) { return notes_->set(answer); }
    std::optional<session::Problem> carry_out(const session::LayoutValue& value) { return notes_->set(value); }

    QString path_;
    std::optional<session::Notes> notes_;
};

}  // namespace

std::unique_ptr<NoteStore> open_engine_notes(const QString& path) { return std::make_unique<EngineNotes>(path); }

}  // namespace chimneylab::desktop
