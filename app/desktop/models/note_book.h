// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a person adds to the session on stage: notes on events and operations, bookmarks, answers, an arrangement of the
// panes. Every change is in the session's file a moment later, written by a thread of its own, in order; a run that lies
// in no file keeps its notes in memory until it is saved. When the file cannot be written that is told once, and nothing is
// lost: what was not kept goes along when the session is saved elsewhere, or into the folder for such notes when another
// session comes on stage. GUI thread only; the destructor waits for what is still being written.
#pragma once

#include <QObject>
#include <QThreadPool>
#include <QTimer>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "app/desktop/models/note_store.h"
#include "app/desktop/models/playback_model.h"

namespace chimneylab::desktop {

class NoteBook : public QObject {
    Q_OBJECT
public:
    using Save = std::function<QString(const Session& session, const QString& path, const session::NoteContents& notes)>;

    NoteBook(PlaybackModel& playback, OpenNoteStore open, Save save, QObject* parent = nullptr);
    ~NoteBook() override;

    // Where sessions with notes go that are in no file when another one comes on stage; empty: nowhere.
    void set_keep_folder(const QString& folder) { keep_folder_ = folder; }

    [[nodiscard]] const session::NoteContents& contents() const { return contents_; }
    [[nodiscard]] const std::vector<session::Annotation>& annotations() const { return contents_.annotations; }  // by event
    [[nodiscard]] const session::Annotation* annotation(std::int64_t id) const;
    // Written on this event, or on the operation that begins with it.
    [[nodiscard]] std::vector<const session::Annotation*> at(trace::EventId event) const;
    // What is to be read at an event: at(), and notes on the operation in focus and on spans around it.
    [[nodiscard]] std::vector<const session::Annotation*> around(trace::EventId event) const;
    [[nodiscard]] bool any_at(trace::EventId event) const;

    // A new, empty note; an empty one is not kept. `last` none: on one event.
    std::int64_t add(trace::EventId event, trace::EventId last = {});
    void write(std::int64_t id, const QString& text);  // as it is typed; kept when the typing pauses
    void remove(std::int64_t id);
    void set_bookmark(const session::Bookmark& bookmark);
    void remove_bookmark(trace::EventId event);
    void set_answer(const session::Answer& answer);
    [[nodiscard]] const session::Answer* answer(const QString& question) const;
    void set_layout(const QString& key, const QByteArray& value);
    [[nodiscard]] QByteArray layout(const QString& key) const;  // empty: none

    // Saving the session elsewhere: what goes into the new file, and, when that is done, where notes go from now on. What
    // is changed in between goes there too.
    struct Snapshot {
        SessionPointer on_stage;
        session::NoteContents contents;
        std::map<std::int64_t, std::int64_t> ids;  // of this book → of the file
    };
    [[nodiscard]] Snapshot snapshot();
    void saved_as(const QString& path, const Snapshot& snapshot);
    [[nodiscard]] const QString& path() const { return path_; }
    [[nodiscard]] bool all_kept() const { return unkept_ == 0 && dirty_.empty(); }
    [[nodiscard]] bool refused() const { return refused_; }  // by the file
    void flush();             // what is being typed goes to the disk now
    void wait_for_disk();     // for tests, and for the end of the program

Q_SIGNALS:
    void reset();                                 // another session's notes
    void changed();                               // anything
    void problem(const QString& words);           // the file refuses; told once for each
    void kept_aside(const QString& path);         // in the folder for such notes

private:
    struct Writer;
    struct Held {
        std::weak_ptr<const Session> on_stage;
        session::NoteContents contents;
        QString path;
        std::shared_ptr<Writer> writer;
        std::size_t unkept = 0;
        bool refused = false;
    };
    void open_session();
    void keep_aside(const SessionPointer& session, session::NoteContents notes);
    [[nodiscard]] bool in_no_file() const { return unkept_ > 0 && (path_.isEmpty() || refused_); }
    void put(NoteChange change);
    void put_on_disk(NoteChange change);
    void taken(const QString& path, const QString& problem);
    session::Annotation* find(std::int64_t id);

    PlaybackModel& playback_;
    OpenNoteStore open_;
    Save save_;
    QString keep_folder_;
    SessionPointer session_;
    session::NoteContents contents_;
    QString path_;
    std::shared_ptr<Writer> writer_;
    std::map<const Session*, Held> of_others_;
    std::set<std::int64_t> dirty_;  // typed, not yet on its way
    std::vector<NoteChange> since_snapshot_;
    bool saving_ = false;
    std::int64_t next_new_ = -1;
    std::size_t unkept_ = 0;  // changes that no file has (yet)
    bool refused_ = false;
    QTimer pause_;
    QThreadPool disk_;
};

}  // namespace chimneylab::desktop
