// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/question_model.h"

#include <QDateTime>
#include <algorithm>
#include <utility>

namespace chimneylab::desktop {

using trace::EventId;

namespace {

constexpr std::uint32_t events_in_one_go = 10'000;  // of a growing session; a few milliseconds

}  // namespace

QuestionModel::QuestionModel(PlaybackModel& playback, NoteBook& book, std::function<std::unique_ptr<QuestionSpotter>(const SessionPointer&)> spot,
                             QObject* parent)
    : QAbstractListModel(parent), playback_(playback), book_(book), spot_(std::move(spot)) {
    more_.setSingleShot(true);
    connect(&more_, &QTimer::timeout, this, &QuestionModel::look_on);
    connect(&playback, &PlaybackModel::session_changed, this, &QuestionModel::open_session);
    playback.tell_growth(this, &QuestionModel::look_on);
    playback.tell(this, [this] {
        if (rowCount() > 0) Q_EMIT dataChanged(index(0), index(rowCount() - 1), {here_role});
    });
    connect(&book, &NoteBook::reset, this, [this] {
        asked_again_.clear();
        changed_answers();
    });
    connect(&book, &NoteBook::changed, this, &QuestionModel::changed_answers);
    open_session();
}

void QuestionModel::open_session() {
    session_ = playback_.session();
    spotter_.reset();
    more_.stop();
    if (session_ && !session_->questions && spot_) spotter_ = spot_(session_);
    take(session_ && session_->questions ? session_->questions() : std::vector<Question>());
    look_on();
}

// What has come since it was looked at last, a piece at a time.
void QuestionModel::look_on() {
    if (!spotter_ || session_ != playback_.session()) return;
    const bool more = spotter_->look_on(events_in_one_go);
    std::vector<Question> now = spotter_->questions();
    const auto found = [](const std::vector<Question>& all) {
        std::ptrdiff_t events = 0;
        for (const Question& each : all) events += each.at.valid() ? 1 + each.proof.valid() : 0;
        return events;
    };
    if (found(now) != found(questions_) || static_cast<int>(now.size()) != rowCount() + missing_) take(std::move(now));
    if (more) more_.start(0);
}

void QuestionModel::take(std::vector<Question> questions) {
    beginResetModel();
    const auto all = questions.size();
    std::erase_if(questions, [](const Question& each) { return !each.at.valid(); });
    missing_ = static_cast<int>(all - questions.size());
    std::ranges::stable_sort(questions, {}, &Question::at);
    questions_ = std::move(questions);
    endResetModel();
    Q_EMIT changed();
}

void QuestionModel::tell_again() {
    if (!session_) return;
    if (spotter_) take(spotter_->questions());
    else if (session_->questions) take(session_->questions());
}

void QuestionModel::changed_answers() {
    if (rowCount() == 0) return;
    Q_EMIT dataChanged(index(0), index(rowCount() - 1));
    Q_EMIT changed();
}

const Question* QuestionModel::question(int row) const {
    return row < 0 || row >= rowCount() ? nullptr : &questions_[static_cast<std::size_t>(row)];
}

int QuestionModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(questions_.size()); }

int QuestionModel::answer(int row) const {
    const Question* asked = question(row);
    if (asked == nullptr || asked_again_.contains(asked->key)) return -1;
    const session::Answer* given = book_.answer(asked->key);
    return given == nullptr ? -1 : static_cast<int>(asked->kept_choices.indexOf(to_qstring(given->answer)));
}

QuestionModel::State QuestionModel::state(int row) const {
    const int given = answer(row);
    if (given < 0) return State::open;  // also when the file says something that is no choice
    if (hidden_) return State::kept;
    return given == question(row)->right ? State::right : State::again;
}

EventId QuestionModel::moment(int row) const {
    const Question* asked = question(row);
    if (asked == nullptr) return {};
    std::uint32_t before = asked->at.value;
    while (before > 0 && !playback_.shows(EventId(--before))) {
    }
    return EventId(before);
}

QuestionModel::Progress QuestionModel::progress() const {
    Progress now;
    now.all = rowCount();
    for (int row = 0; row < now.all; ++row) {
        const State its = state(row);
        now.answered += its != State::open ? 1 : 0;
        now.right += its == State::right ? 1 : 0;
        now.again += its == State::again ? 1 : 0;
    }
    return now;
}

int QuestionModel::row_here() const {
    const EventId here = playback_.position();
    int answered = -1;
    for (int row = 0; row < rowCount(); ++row) {
        if (question(row)->at != here && moment(row) != here) continue;
        // An event may be the answer to one question and the moment of the next.
        if (state(row) == State::open) return row;
        if (answered < 0) answered = row;
    }
    return answered;
}

int QuestionModel::next_row(int row, int direction) const {
    const int count = rowCount();
    for (const auto wanted : {State::open, State::again}) {
        for (int step = 1; step <= count; ++step) {
            const int candidate = ((row + direction * step) % count + count) % count;
            if (state(candidate) == wanted) return candidate;
        }
    }
    return count == 0 ? -1 : ((row + direction) % count + count) % count;
}

void QuestionModel::give_answer(int row, int choice) {
    const Question* asked = question(row);
    if (asked == nullptr || choice < 0 || choice >= asked->kept_choices.size()) return;
    asked_again_.erase(asked->key);
    session::Answer given;
    given.question = asked->key.toStdString();
    given.answer = asked->kept_choices[choice].toStdString();
    given.correct = choice == asked->right;
    given.written = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")).toStdString();
    book_.set_answer(given);
}

void QuestionModel::ask_again(int row) {
    const Question* asked = question(row);
    if (asked == nullptr) return;
    asked_again_.insert(asked->key);
    changed_answers();
}

void QuestionModel::hide_answers(bool hide) {
    if (hide == hidden_) return;
    hidden_ = hide;
    changed_answers();
}

QVariant QuestionModel::data(const QModelIndex& index, int role) const {
    const Question* asked = question(index.row());
    if (asked == nullptr) return {};
    const auto word = [&] {
        switch (state(index.row())) {
            case State::open: return tr("to be answered");
            case State::kept: return tr("answered");
            case State::right: return tr("right");
            case State::again: return tr("to look at again");
        }
        return QString();
    };
    switch (role) {
        case Qt::DisplayRole: return asked->ask.simplified();
        case Qt::ToolTipRole: return tr("%1\nBefore event %2; %3.").arg(asked->ask.simplified()).arg(asked->at.value).arg(word());
        case Qt::AccessibleTextRole: return tr("Question %1 of %2, before event %3, %4: %5").arg(index.row() + 1).arg(rowCount()).arg(asked->at.value).arg(word(), asked->ask.simplified());
        case event_role: return asked->at.value;
        case moment_role: return moment(index.row()).value;
        case state_role: return QVariant::fromValue(state(index.row()));
        case here_role: return index.row() == row_here();
        default: return {};
    }
}

}  // namespace chimneylab::desktop

#include "moc_question_model.cpp"
