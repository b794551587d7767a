// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/notes/notes_view.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>
#include <utility>

#include "app/desktop/models/event_text.h"
#include "app/desktop/theme/keep_keys.h"

namespace chimneylab::desktop {

NotesView::NotesView(PlaybackModel& playback, NoteBook& book, const Theme& theme, QWidget* parent)
    : QWidget(parent), playback_(playback), book_(book), theme_(theme), model_(playback, book) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 0, 6, 8);
    column->setSpacing(4);
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    const auto tool = [&](const QString& text, const QString& name, const QString& tip) {
        auto* made = new QToolButton(this);
        made->setText(text);
        made->setAccessibleName(name);
        made->setToolTip(tip);
        made->setFocusPolicy(Qt::TabFocus);
        row->addWidget(made);
        return made;
    };
    on_event_ = tool(tr("+ event"), tr("Add a note on the event"), tr("A note on the present event (A)"));
    on_operation_ = tool(tr("+ operation"), tr("Add a note on the operation"), tr("A note on the whole operation in focus (Shift+A)"));
    row->addStretch(1);
    delete_ = tool(tr("Delete"), tr("Delete the note"), tr("Take the chosen note away (Del in the list)"));
    column->addLayout(row);
    list_ = new QListView(this);
    list_->setModel(&model_);
    list_->setAccessibleName(tr("Notes"));
    list_->setFrameShape(QFrame::NoFrame);
    list_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setTextElideMode(Qt::ElideRight);
    keep_arrow_keys(list_);
    list_->installEventFilter(this);
    column->addWidget(list_, 3);
    empty_ = new QLabel(tr("What you find out can be written down here, on an event or an operation: A opens a note at the present event. Notes are kept in the session's file."), this);
    empty_->setWordWrap(true);
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Expanding);
    column->addWidget(empty_, 3);
    editor_ = new QPlainTextEdit(this);
    editor_->setAccessibleName(tr("Text of the note"));
    editor_->setPlaceholderText(tr("Write here. It is kept as you type; Esc ends."));
    editor_->setTabChangesFocus(true);
    editor_->setMinimumHeight(44);
    editor_->installEventFilter(this);
    column->addWidget(editor_, 2);
    state_ = new QLabel(this);
    state_->setWordWrap(true);
    state_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Minimum);
    column->addWidget(state_);
    connect(on_event_, &QToolButton::clicked, this, &NotesView::add_on_event);
    connect(on_operation_, &QToolButton::clicked, this, &NotesView::add_on_operation);
    connect(delete_, &QToolButton::clicked, this, &NotesView::remove_current);
    connect(list_, &QListView::clicked, this, &NotesView::open_row);
    connect(list_, &QListView::activated, this, [this](const QModelIndex& index) {
        open_row(index);
        editor_->setFocus(Qt::OtherFocusReason);
    });
    connect(editor_, &QPlainTextEdit::textChanged, this, [this] {
        if (!filling_ && open_ != 0) book_.write(open_, editor_->toPlainText());
    });
    connect(&book, &NoteBook::reset, this, [this] {
        open_ = 0;
        refresh();
    });
    connect(&book, &NoteBook::changed, this, &NotesView::refresh);
    playback.tell(this, &NotesView::refresh);
    connect(&theme, &Theme::changed, this, &NotesView::apply_theme);
    apply_theme();
    refresh();
}

void NotesView::add_on_event() {
    if (!playback_.position().valid()) return;
    for (const session::Annotation* note : book_.at(playback_.position())) {
        if (!note->last_event.valid()) return edit(note->id);
    }
    begin(playback_.position(), {});
}

void NotesView::add_on_operation() {
    const trace::Operation* operation = playback_.operation();
    if (operation == nullptr || !operation->started.valid()) return;
    for (const session::Annotation* note : book_.at(operation->started)) {
        if (note->last_event.valid()) return edit(note->id);
    }
    const trace::EventId last = operation->finished.valid() ? operation->finished : trace::EventId(playback_.event_count() - 1);
    begin(operation->started, last);
}

void NotesView::begin(trace::EventId event, trace::EventId last) {
    leave_empty_note();
    edit(book_.add(event, last));
}

void NotesView::edit(qint64 id) {
    if (id != open_) leave_empty_note();
    const session::Annotation* note = book_.annotation(id);
    open_ = note != nullptr ? id : 0;
    if (note != nullptr) {
        list_->setCurrentIndex(model_.index(model_.row_of(id)));
        filling_ = true;
        editor_->setPlainText(to_qstring(note->text));
        editor_->moveCursor(QTextCursor::End);
        filling_ = false;
    }
    refresh();
    if (open_ != 0) editor_->setFocus(Qt::OtherFocusReason);
}

// A note nobody wrote anything in is none.
void NotesView::leave_empty_note() {
    const session::Annotation* note = book_.annotation(open_);
    if (note != nullptr && note->text.empty()) {
        const std::int64_t id = std::exchange(open_, 0);
        book_.remove(id);
    }
}

void NotesView::open_row(const QModelIndex& index) {
    const std::int64_t id = model_.id_at(index.row());
    if (id == 0) return;
    if (id != open_) leave_empty_note();
    if (const session::Annotation* note = book_.annotation(id)) {
        open_ = id;
        filling_ = true;
        editor_->setPlainText(to_qstring(note->text));
        filling_ = false;
        playback_.pause();
        playback_.seek(note->event);
        const trace::History* history = playback_.history();
        if (note->last_event.valid() && history != nullptr) {
            if (const trace::OperationId its = history->trace().event(note->event).operation; its.valid()) playback_.choose_operation(its);
        }
    }
    refresh();
}

void NotesView::remove_current() {
    const std::int64_t id = list_->currentIndex().isValid() ? model_.id_at(list_->currentIndex().row()) : open_;
    if (id == 0) return;
    if (id == open_) open_ = 0;
    book_.remove(id);
}

bool NotesView::eventFilter(QObject* watched, QEvent* event) {
    if (watched == list_ && event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Delete) {
        remove_current();
        return true;
    }
    if (watched == editor_) {
        const auto* key = event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride ? static_cast<QKeyEvent*>(event) : nullptr;
        const bool ends = key != nullptr && (key->key() == Qt::Key_Escape || ((key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) && (key->modifiers() & Qt::ControlModifier) != 0));
        if (ends && event->type() == QEvent::ShortcutOverride) {
            event->accept();
            return true;
        }
        if (ends) {
            leave_empty_note();
            book_.flush();
            list_->setFocus(Qt::OtherFocusReason);
            refresh();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void NotesView::refresh() {
    const int count = model_.rowCount();
    if (book_.annotation(open_) == nullptr) open_ = 0;
    const bool any = playback_.position().valid();
    on_event_->setEnabled(any);
    on_operation_->setEnabled(any && playback_.operation() != nullptr);
    list_->setVisible(count > 0);
    empty_->setVisible(count == 0);
    editor_->setVisible(open_ != 0);
    if (open_ == 0) {
        filling_ = true;
        editor_->clear();
        filling_ = false;
    }
    delete_->setEnabled(count > 0 && (open_ != 0 || list_->currentIndex().isValid()));
    QString state;
    if (book_.refused()) state = tr("✖ Not kept in %1: it cannot be written. Save the session under another name.").arg(QFileInfo(book_.path()).fileName());
    else if (count > 0 && book_.path().isEmpty()) state = tr("In no file yet: Ctrl+S saves the session with its notes.");
    else if (count > 0) state = book_.all_kept() ? tr("Kept in %1.").arg(QFileInfo(book_.path()).fileName()) : tr("Writing…");
    state_->setText(state);
    state_->setVisible(!state.isEmpty());
    Q_EMIT summary_changed(count == 0 ? QString() : QString::number(count));
}

void NotesView::apply_theme() {
    const Tokens& t = theme_.tokens();
    empty_->setStyleSheet(QStringLiteral("color: %1").arg(t.quiet_text.name()));
    state_->setStyleSheet(QStringLiteral("color: %1; font-size: 11px").arg(t.quiet_text.name()));
    editor_->setStyleSheet(QStringLiteral("QPlainTextEdit { background: %1; color: %2; border: 1px solid %3; border-radius: 5px; padding: 2px 4px } QPlainTextEdit:focus { border: 1px solid %4 }")
                               .arg(t.raised.name(), t.text.name(), t.line.name(), t.accent.name()));
    list_->setStyleSheet(QStringLiteral("QListView::item { padding: 3px 4px; border-radius: 4px; color: %1 } QListView::item:selected { background: %2; color: %1 } QListView::item:hover { background: %3 }")
                             .arg(t.text.name(), t.selection.name(), t.hover.name()));
}

}  // namespace chimneylab::desktop

#include "moc_notes_view.cpp"
