// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The notes of the session: a list, and the chosen one to be written in. A click or Enter goes to where the note stands, Del
// takes it away; what is typed is kept without being asked for. GUI thread only.
#pragma once

#include <QLabel>
#include <QListView>
#include <QPlainTextEdit>
#include <QToolButton>
#include <QWidget>

#include "app/desktop/models/note_model.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class NotesView : public QWidget {
    Q_OBJECT
public:
    NotesView(PlaybackModel& playback, NoteBook& book, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QListView* list() const { return list_; }
    [[nodiscard]] QPlainTextEdit* editor() const { return editor_; }
    [[nodiscard]] QToolButton* event_button() const { return on_event_; }
    [[nodiscard]] QToolButton* operation_button() const { return on_operation_; }
    [[nodiscard]] QToolButton* delete_button() const { return delete_; }
    [[nodiscard]] NoteModel& model() { return model_; }
    [[nodiscard]] QString state_words() const { return state_->text(); }

public Q_SLOTS:
    void add_on_event();      // at the present event; one that is there already is opened
    void add_on_operation();  // on the operation in focus
    void edit(qint64 id);

Q_SIGNALS:
    void summary_changed(const QString& summary);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void open_row(const QModelIndex& index);
    void begin(trace::EventId event, trace::EventId last);
    void leave_empty_note();
    void remove_current();
    void refresh();
    void apply_theme();

    PlaybackModel& playback_;
    NoteBook& book_;
    const Theme& theme_;
    NoteModel model_;
    QListView* list_ = nullptr;
    QPlainTextEdit* editor_ = nullptr;
    QLabel* empty_ = nullptr;
    QLabel* state_ = nullptr;
    QToolButton* on_event_ = nullptr;
    QToolButton* on_operation_ = nullptr;
    QToolButton* delete_ = nullptr;
    std::int64_t open_ = 0;  // the note in the editor
    bool filling_ = false;
};

}  // namespace chimneylab::desktop
