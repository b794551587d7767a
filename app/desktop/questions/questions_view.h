// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The scenario's questions: a list with what became of each, and beside it (or below, where it is narrow) the question one
// stands before. It is answered before the answer, its explanation and the event that shows it are told. While the pane is in
// front, playing stops before the event of a question that is open. GUI thread only.
#pragma once

#include <QBoxLayout>
#include <QButtonGroup>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QScrollArea>
#include <QSettings>
#include <QWidget>

#include "app/desktop/models/question_model.h"
#include "app/desktop/questions/choice_button.h"
#include "app/desktop/theme/check_box.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class QuestionsView : public QWidget {
    Q_OBJECT
public:
    QuestionsView(PlaybackModel& playback, QuestionModel& model, const Theme& theme, QWidget* parent = nullptr);

    void set_in_front(bool in_front);  // only then playing stops at questions
    void recall(const QSettings& settings);
    void remember(QSettings& settings) const;

    [[nodiscard]] QListView* list() const { return list_; }
    [[nodiscard]] const std::vector<ChoiceButton*>& choices() const { return choices_; }
    [[nodiscard]] QPushButton* answer_button() const { return answer_; }
    [[nodiscard]] QPushButton* event_button() const { return to_event_; }
    [[nodiscard]] QPushButton* again_button() const { return again_; }
    [[nodiscard]] QPushButton* next_button() const { return next_; }
    [[nodiscard]] CheckBox* stop_box() const { return stop_; }
    [[nodiscard]] CheckBox* exam_box() const { return exam_; }
    [[nodiscard]] int row() const { return row_; }
    [[nodiscard]] QString question_text() const { return ask_->text(); }
    // Verdict and explanation; empty while they are not told.
    [[nodiscard]] QString told() const;
    [[nodiscard]] QString progress_text() const { return progress_; }

public Q_SLOTS:
    void show_question(int row);   // without going anywhere
    void ask(int row);             // goes to its moment and takes the keyboard
    void ask_next(int direction);  // from the present question

Q_SIGNALS:
    void summary_changed(const QString& summary);

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* make_list();
    QWidget* make_card();
    void make_choices();
    void give_answer();
    void go_to_event();
    void follow();
    void refresh();
    void set_halts();
    void tell(QuestionModel::State state);
    void focus_choice();
    void apply_theme();

    PlaybackModel& playback_;
    QuestionModel& model_;
    const Theme& theme_;
    QBoxLayout* halves_ = nullptr;
    QWidget* side_ = nullptr;
    QListView* list_ = nullptr;
    QString progress_;
    CheckBox* stop_ = nullptr;
    CheckBox* exam_ = nullptr;
    QScrollArea* scroll_ = nullptr;
    QLabel* empty_ = nullptr;
    QLabel* place_ = nullptr;
    QLabel* ask_ = nullptr;
    QVBoxLayout* choice_column_ = nullptr;
    QButtonGroup* group_ = nullptr;
    std::vector<ChoiceButton*> choices_;
    QLabel* verdict_ = nullptr;
    QLabel* because_ = nullptr;
    QPushButton* answer_ = nullptr;
    QPushButton* to_event_ = nullptr;
    QPushButton* again_ = nullptr;
    QPushButton* next_ = nullptr;
    int row_ = -1;
    QString key_;    // of that question
    QString shown_;  // what the choices were made for
    bool in_front_ = false;
};

}  // namespace chimneylab::desktop
