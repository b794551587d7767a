// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/note_book.h"

#include <QDateTime>
#include <QDir>
#include <algorithm>
#include <atomic>
#include <utility>

namespace chimneylab::desktop {

using session::Annotation;
using session::Bookmark;
using session::NoteContents;
using trace::EventId;

namespace {

QString author() {
    const QString user = qEnvironmentVariable("USER");
    return user.isEmpty() ? qEnvironmentVariable("USERNAME") : user;
}

bool by_event(const Annotation& a, const Annotation& b) { return a.event != b.event ? a.event < b.event : a.id < b.id; }

}  // namespace

// Lives on the disk's thread, which has one job at a time.
struct NoteBook::Writer {
    std::unique_ptr<NoteStore> store;
    std::map<std::int64_t, std::int64_t> ids;  // of the book → of the file, where they differ
    std::atomic<bool> refused{false};

    QString apply(const OpenNoteStore& open, const QString& path, NoteChange change) {
        if (!store) store = open(path);
        if (!store) return tr("%1 cannot be written.").arg(path);
        const auto known = [this](std::int64_t id) {
            const auto found = ids.find(id);
            return found == ids.end() ? id : found->second;
        };
        if (auto* note = std::get_if<Annotation>(&change)) {
            const std::int64_t id = note->id;
            note->id = known(id);
            QString wrong = store->apply(change);
            if (wrong.isEmpty()) ids[id] = note->id;
            return wrong;
        }
        if (auto* removal = std::get_if<NoteRemoval>(&change)) {
            removal->id = known(removal->id);
            if (removal->id < 0) return {};  // never got there
        }
        return store->apply(change);
    }
};

NoteBook::NoteBook(PlaybackModel& playback, OpenNoteStore open, Save save, QObject* parent)
    : QObject(parent), playback_(playback), open_(std::move(open)), save_(std::move(save)) {
    disk_.setMaxThreadCount(1);  // one after another, in order
    disk_.setExpiryTimeout(-1);
    pause_.setSingleShot(true);
    pause_.setInterval(400);
    connect(&pause_, &QTimer::timeout, this, &NoteBook::flush);
    connect(&playback, &PlaybackModel::session_changed, this, &NoteBook::open_session);
    open_session();
}

NoteBook::~NoteBook() {
    flush();
    disk_.waitForDone();
    // What was refused just now cannot be told any more.
    if (writer_ && writer_->refused) refused_ = true;
    if (in_no_file()) keep_aside(session_, contents_);
    disk_.waitForDone();
}

void NoteBook::wait_for_disk() {
    flush();
    disk_.waitForDone();
}

void NoteBook::open_session() {
    if (playback_.session() == session_) return;
    flush();
    if (session_) {
        std::erase_if(contents_.annotations, [](const Annotation& each) { return each.text.empty(); });
        if (in_no_file() && !keep_folder_.isEmpty()) {
            keep_aside(session_, contents_);
            unkept_ = 0;
        }
        if (!contents_.empty() || unkept_ > 0) of_others_[session_.get()] = {session_, contents_, path_, writer_, unkept_, refused_};
    }
    std::erase_if(of_others_, [](const auto& each) { return each.second.on_stage.expired(); });
    session_ = playback_.session();
    contents_ = {};
    path_.clear();
    unkept_ = 0;
    refused_ = false;
    saving_ = false;
    writer_ = std::make_shared<Writer>();
    if (session_) {
        path_ = session_->path;
        if (const auto known = of_others_.find(session_.get()); known != of_others_.end()) {
            contents_ = std::move(known->second.contents);
            path_ = known->second.path;
            writer_ = known->second.writer;
            unkept_ = known->second.unkept;
            refused_ = known->second.refused;
            of_others_.erase(known);
        } else {
            contents_ = session_->notes;
        }
        // Numbers of events in a file are anybody's.
        const auto beyond = [count = session_->trace->size()](EventId event) { return !event.valid() || event.value >= count; };
        std::erase_if(contents_.annotations, [&](const Annotation& each) { return beyond(each.event); });
        std::erase_if(contents_.bookmarks, [&](const Bookmark& each) { return beyond(each.event); });
        std::ranges::sort(contents_.annotations, by_event);
        std::ranges::sort(contents_.bookmarks, {}, &Bookmark::event);
    }
    Q_EMIT reset();
    Q_EMIT changed();
}

// A session with notes that no file has is saved as a whole, so that nothing is lost without a question being asked.
void NoteBook::keep_aside(const SessionPointer& session, NoteContents notes) {
    if (!session || keep_folder_.isEmpty() || !save_) return;
    std::erase_if(notes.annotations, [](const Annotation& each) { return each.text.empty(); });
    if (notes.annotations.empty() && notes.bookmarks.empty() && notes.answers.empty()) return;
    for (std::size_t i = 0; i < notes.annotations.size(); ++i) notes.annotations[i].id = static_cast<std::int64_t>(i) + 1;
    QString name = session->id.isEmpty() ? session->title : session->id;
    if (!session->variant.isEmpty()) name += QLatin1Char('-') + session->variant;
    for (QChar& letter : name) {
        if (!letter.isLetterOrNumber()) letter = QLatin1Char('-');
    }
    const QString file = QDir(keep_folder_).filePath(name.left(60) + QDateTime::currentDateTime().toString(QStringLiteral("-yyyy-MM-dd-hhmmss-zzz")) + QStringLiteral(".chimney"));
    disk_.start([this, session, notes = std::move(notes), file, folder = keep_folder_, save = save_] {
        const QString wrong = QDir().mkpath(folder) ? save(*session, file, notes) : tr("The folder %1 cannot be made.").arg(folder);
        QMetaObject::invokeMethod(this, [this, file, wrong] {
            if (wrong.isEmpty()) Q_EMIT kept_aside(file);
            else Q_EMIT problem(tr("The notes could not be kept. %1").arg(wrong));
        }, Qt::QueuedConnection);
    });
}

const Annotation* NoteBook::annotation(std::int64_t id) const {
    const auto found = std::ranges::find(contents_.annotations, id, &Annotation::id);
    return found == contents_.annotations.end() ? nullptr : &*found;
}

Annotation* NoteBook::find(std::int64_t id) { return const_cast<Annotation*>(annotation(id)); }

std::vector<const Annotation*> NoteBook::at(EventId event) const {
    std::vector<const Annotation*> found;
    auto each = std::ranges::lower_bound(contents_.annotations, event, {}, &Annotation::event);
    for (; each != contents_.annotations.end() && each->event == event; ++each) found.push_back(&*each);
    return found;
}

std::vector<const Annotation*> NoteBook::around(EventId event) const {
    std::vector<const Annotation*> found = at(event);
    const trace::Operation* focus = playback_.operation();
    for (const Annotation& each : contents_.annotations) {
        if (each.event >= event) break;
        if (!each.last_event.valid() || each.last_event < event) continue;
        // A note on an operation is read with that operation, not with others that overlap it.
        const trace::History* history = playback_.history();
        const trace::OperationId its = history != nullptr ? history->trace().event(each.event).operation : trace::OperationId();
        if (!its.valid() || (focus != nullptr && focus->id == its)) found.push_back(&each);
    }
    return found;
}

bool NoteBook::any_at(EventId event) const {
    const auto each = std::ranges::lower_bound(contents_.annotations, event, {}, &Annotation::event);
    return each != contents_.annotations.end() && each->event == event && !(each->text.empty() && (std::next(each) == contents_.annotations.end() || std::next(each)->event != event));
}

std::int64_t NoteBook::add(EventId event, EventId last) {
    if (!session_ || !event.valid() || event.value >= session_->trace->size()) return 0;
    Annotation made;
    made.id = next_new_--;
    made.event = event;
    made.last_event = last;
    made.author = author().toStdString();
    made.written = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")).toStdString();
    contents_.annotations.insert(std::ranges::upper_bound(contents_.annotations, made, by_event), made);
    Q_EMIT changed();
    return made.id;
}

void NoteBook::write(std::int64_t id, const QString& text) {
    Annotation* note = find(id);
    if (note == nullptr || note->text == text.toStdString()) return;
    note->text = text.toStdString();
    dirty_.insert(id);
    pause_.start();
    Q_EMIT changed();
}

void NoteBook::flush() {
    pause_.stop();
    for (const std::int64_t id : std::exchange(dirty_, {})) {
        if (const Annotation* note = annotation(id)) {
            if (!note->text.empty()) put(*note);
            else if (id > 0) put(NoteRemoval{id});  // emptied is removed
        }
    }
}

void NoteBook::remove(std::int64_t id) {
    const bool known = std::erase_if(contents_.annotations, [id](const Annotation& each) { return each.id == id; }) > 0;
    if (!known) return;
    dirty_.erase(id);
    put(NoteRemoval{id});
    Q_EMIT changed();
}

void NoteBook::set_bookmark(const Bookmark& bookmark) {
    auto at = std::ranges::lower_bound(contents_.bookmarks, bookmark.event, {}, &Bookmark::event);
    if (at != contents_.bookmarks.end() && at->event == bookmark.event) *at = bookmark;
    else contents_.bookmarks.insert(at, bookmark);
    put(bookmark);
    Q_EMIT changed();
}

void NoteBook::remove_bookmark(EventId event) {
    if (std::erase_if(contents_.bookmarks, [event](const Bookmark& each) { return each.event == event; }) == 0) return;
    put(BookmarkRemoval{event});
    Q_EMIT changed();
}

void NoteBook::set_answer(const session::Answer& answer) {
    const auto same = std::ranges::find(contents_.answers, answer.question, &session::Answer::question);
    if (same != contents_.answers.end()) *same = answer;
    else contents_.answers.push_back(answer);
    put(answer);
    Q_EMIT changed();
}

const session::Answer* NoteBook::answer(const QString& question) const {
    const auto found = std::ranges::find(contents_.answers, question.toStdString(), &session::Answer::question);
    return found == contents_.answers.end() ? nullptr : &*found;
}

void NoteBook::set_layout(const QString& key, const QByteArray& value) {
    session::LayoutValue made{key.toStdString(), value.toStdString()};
    const auto same = std::ranges::find(contents_.layout, made.key, &session::LayoutValue::key);
    if (same != contents_.layout.end()) *same = made;
    else contents_.layout.push_back(made);
    put(std::move(made));
    Q_EMIT changed();
}

QByteArray NoteBook::layout(const QString& key) const {
    const auto found = std::ranges::find(contents_.layout, key.toStdString(), &session::LayoutValue::key);
    return found == contents_.layout.end() ? QByteArray() : QByteArray::fromStdString(found->value);
}

void NoteBook::put(NoteChange change) {
    ++unkept_;
    if (saving_) since_snapshot_.push_back(change);
    put_on_disk(std::move(change));
}

void NoteBook::put_on_disk(NoteChange change) {
    if (path_.isEmpty() || refused_ || !open_) return;
    disk_.start([this, writer = writer_, path = path_, open = open_, change = std::move(change)]() mutable {
        if (writer->refused) return;  // told already
        const QString wrong = writer->apply(open, path, std::move(change));
        if (!wrong.isEmpty()) writer->refused = true;
        QMetaObject::invokeMethod(this, [this, path, wrong] { taken(path, wrong); }, Qt::QueuedConnection);
    });
}

void NoteBook::taken(const QString& path, const QString& wrong) {
    const QString words = tr("Notes cannot be kept in this session. %1 Nothing is lost: they stay here, and “Save session” (Ctrl+S) under another name keeps them.").arg(wrong);
    if (path != path_) {
        // Of a session that has left the stage meanwhile.
        for (auto& [key, held] : of_others_) {
            if (held.path != path) continue;
            if (wrong.isEmpty()) {
                held.unkept -= held.unkept > 0 ? 1 : 0;
            } else if (!held.refused) {
                held.refused = true;
                keep_aside(held.on_stage.lock(), held.contents);
                Q_EMIT problem(words);
            }
        }
        return;
    }
    if (wrong.isEmpty()) {
        if (unkept_ > 0) --unkept_;
        if (unkept_ == 0) Q_EMIT changed();
    } else if (!refused_) {
        refused_ = true;
        Q_EMIT problem(words);
        Q_EMIT changed();
    }
}

NoteBook::Snapshot NoteBook::snapshot() {
    flush();
    Snapshot made{session_, contents_, {}};
    std::erase_if(made.contents.annotations, [](const Annotation& each) { return each.text.empty(); });
    for (std::size_t i = 0; i < made.contents.annotations.size(); ++i) {
        std::int64_t& id = made.contents.annotations[i].id;
        made.ids[id] = static_cast<std::int64_t>(i) + 1;
        id = static_cast<std::int64_t>(i) + 1;
    }
    saving_ = true;
    since_snapshot_.clear();
    return made;
}

void NoteBook::saved_as(const QString& path, const Snapshot& snapshot) {
    if (snapshot.on_stage != session_) return;
    flush();
    saving_ = false;
    path_ = path;
    writer_ = std::make_shared<Writer>();
    writer_->ids = snapshot.ids;
    refused_ = false;
    auto since = std::exchange(since_snapshot_, {});
    unkept_ = since.size();
    for (NoteChange& each : since) put_on_disk(std::move(each));
    Q_EMIT changed();
}

}  // namespace chimneylab::desktop

#include "moc_note_book.cpp"
