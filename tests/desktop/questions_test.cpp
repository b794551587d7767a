// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The questions of a scenario: asked before their event, answered by keys and mouse, kept in the session's file, and told
// only when they were answered.
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

#include "app/desktop/main_window/main_window.h"
#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/program/engine_questions.h"
#include "app/desktop/program/engine_source.h"
#include "app/desktop/questions/questions_view.h"
#include "app/desktop/stage/stage_view.h"
#include "engine/scenario/library.h"
#include "engine/session/notes.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

using State = QuestionModel::State;
using trace::EventId;

struct QuestionLab {
    QTemporaryDir folder;
    std::unique_ptr<MainWindow> window;
    QuestionLab() {
        window = std::make_unique<MainWindow>(engine_source(), nullptr);
        window->choose_theme(Theme::Choice::light);
        window->set_reduced_motion(true);
        window->resize(1366, 768);
        window->show();
        (void)QTest::qWaitForWindowActive(window.get());
        EXPECT_TRUE(QTest::qWaitFor([&] { return window->library_model().rowCount() > 0; }, 20'000));
        window->tell_scenarios_in(QStringLiteral("en"));
    }
    void wait_for(const std::function<void()>& begin) {
        QSignalSpy shown(window.get(), &MainWindow::session_shown);
        begin();
        ASSERT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0; }, 20'000));
    }
    void open(const char* scenario, const char* variant = "") {
        wait_for([&] { window->open_scenario(QString::fromLatin1(scenario), QString::fromLatin1(variant)); });
    }
    void front(const char* pane = "questions") {
        window->pane(pane)->raise();
        ASSERT_TRUE(QTest::qWaitFor([&] { return window->pane(pane)->in_front(); }));
    }
    QString save(const char* name = "a.chimney") {
        const QString path = folder.filePath(QString::fromLatin1(name));
        const QString wrong = engine_source().save(*playback().session(), path, book().contents());
        EXPECT_TRUE(wrong.isEmpty()) << wrong.toStdString();
        return path;
    }
    void open_file(const QString& path) {
        wait_for([&] { window->open_file(path); });
    }
    QuestionModel& model() { return window->question_model(); }
    QuestionsView& view() { return *window->questions_view(); }
    PlaybackModel& playback() { return window->playback(); }
    NoteBook& book() { return window->note_book(); }
    // To whoever has the keyboard.
    void key(int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        QWidget* target = window->focusWidget() != nullptr ? window->focusWidget() : window.get();
        QTest::keyClick(target, static_cast<Qt::Key>(key), modifiers);
    }
};

TEST(Questions, StandBeforeTheirEventsInOrder) {
    QuestionLab lab;
    const QAbstractItemModelTester tester(&lab.model(), QAbstractItemModelTester::FailureReportingMode::Fatal);
    lab.open("m3");
    ASSERT_EQ(lab.model().rowCount(), 2);
    EXPECT_EQ(lab.model().missing(), 0);
    const Question& first = *lab.model().question(0);
    EXPECT_TRUE(first.ask.startsWith(QLatin1String("How many call entries"))) << first.ask.toStdString();
    EXPECT_EQ(first.choices.size(), 3);
    EXPECT_EQ(first.right, 1);
    EXPECT_EQ(lab.playback().trace()->event(first.at).kind, trace::EventKind::step_started);
    EXPECT_LT(first.at, lab.model().question(1)->at);
    EXPECT_LT(lab.model().moment(0), first.at);
    EXPECT_TRUE(lab.playback().shows(lab.model().moment(0)));
    for (std::uint32_t between = lab.model().moment(0).value + 1; between < first.at.value; ++between) EXPECT_FALSE(lab.playback().shows(EventId(between)));
    EXPECT_EQ(lab.view().told(), QString()) << "nothing is told before it was answered";
}

// Q asks, a number chooses, Enter answers, Enter goes to the event, Enter goes on.
TEST(Questions, AreAnsweredByKeys) {
    QuestionLab lab;
    lab.open("m3");
    lab.window->stage_view()->setFocus();
    const double speed = lab.playback().speed();
    lab.key(Qt::Key_Q);
    ASSERT_TRUE(lab.window->pane("questions")->in_front());
    EXPECT_EQ(lab.view().row(), 0);
    EXPECT_EQ(lab.playback().position(), lab.model().moment(0));
    ASSERT_TRUE(lab.view().choices().at(0)->hasFocus());
    EXPECT_FALSE(lab.view().answer_button()->isEnabled()) << "there is no choice yet";
    lab.key(Qt::Key_Return);
    EXPECT_EQ(lab.model().state(0), State::open);
    lab.key(Qt::Key_3);
    lab.key(Qt::Key_Up);  // from the third to the second
    EXPECT_TRUE(lab.view().choices().at(1)->isChecked());
    EXPECT_EQ(lab.playback().speed(), speed) << "the number is not the window's here";
    EXPECT_EQ(lab.playback().position(), lab.model().moment(0)) << "nor is the arrow";
    EXPECT_TRUE(lab.view().told().isEmpty());
    lab.key(Qt::Key_Return);
    EXPECT_EQ(lab.model().state(0), State::right);
    EXPECT_TRUE(lab.view().told().contains(QLatin1String("Right"))) << lab.view().told().toStdString();
    EXPECT_TRUE(lab.view().told().contains(QLatin1String("belongs to one operation"))) << lab.view().told().toStdString();
    EXPECT_EQ(lab.view().choices().at(1)->shown_as(), ChoiceButton::Shown::right);
    EXPECT_EQ(lab.playback().position(), lab.model().moment(0)) << "the event is not shown yet";
    ASSERT_TRUE(lab.view().event_button()->hasFocus());
    lab.key(Qt::Key_Return);
    EXPECT_EQ(lab.playback().position(), lab.model().question(0)->proof);
    EXPECT_GT(lab.model().question(0)->proof, lab.model().question(0)->at) << "the step begins before the entry is there";
    lab.key(Qt::Key_Return);
    EXPECT_EQ(lab.view().row(), 1);
    EXPECT_EQ(lab.playback().position(), lab.model().moment(1));
    EXPECT_TRUE(lab.view().progress_text().startsWith(QStringLiteral("1 of 2 answered · 1 right"))) << lab.view().progress_text().toStdString();
}

TEST(Questions, WrongOnesAreToBeLookedAtAgainAndCanBeTriedOnceMore) {
    QuestionLab lab;
    lab.open("m3");
    lab.front();
    lab.view().ask(0);
    QTest::mouseClick(lab.view().choices().at(2), Qt::LeftButton, {}, QPoint(60, 8));
    QTest::mouseClick(lab.view().answer_button(), Qt::LeftButton);
    EXPECT_EQ(lab.model().state(0), State::again);
    EXPECT_EQ(lab.view().choices().at(2)->shown_as(), ChoiceButton::Shown::wrong);
    EXPECT_EQ(lab.view().choices().at(1)->shown_as(), ChoiceButton::Shown::right);
    EXPECT_TRUE(lab.view().progress_text().contains(QLatin1String("1 to look at again")));
    QTest::mouseClick(lab.view().choices().at(0), Qt::LeftButton, {}, QPoint(60, 8));
    EXPECT_EQ(lab.model().answer(0), 2) << "what is told does not change any more";
    // The open one first, then those to be looked at again.
    EXPECT_EQ(lab.model().next_row(0, 1), 1);
    lab.model().give_answer(1, 1);
    EXPECT_EQ(lab.model().next_row(1, 1), 0);
    QTest::mouseClick(lab.view().again_button(), Qt::LeftButton);
    EXPECT_EQ(lab.model().state(0), State::open);
    EXPECT_TRUE(lab.view().told().isEmpty());
    ASSERT_NE(lab.book().answer(lab.model().question(0)->key), nullptr) << "the file has it until it is answered again";
    lab.view().choices().at(1)->setChecked(true);
    QTest::mouseClick(lab.view().answer_button(), Qt::LeftButton);
    EXPECT_EQ(lab.model().progress().right, 2);
    EXPECT_EQ(lab.model().progress().again, 0);
}

TEST(Questions, AnswersAreInTheFileAndComeBackInEveryLanguage) {
    QuestionLab lab;
    lab.open("m3");
    const QString file = lab.save();
    lab.open_file(file);
    ASSERT_EQ(lab.model().rowCount(), 2) << "a recorded session has the questions of its scenario";
    lab.window->tell_scenarios_in(QStringLiteral("sv"));
    EXPECT_FALSE(lab.model().question(0)->ask.startsWith(QLatin1String("How many"))) << lab.model().question(0)->ask.toStdString();
    EXPECT_EQ(lab.view().question_text(), lab.model().question(0)->ask);
    lab.model().give_answer(0, 2);
    lab.book().wait_for_disk();
    const auto notes = session::read_notes(file.toStdString());
    ASSERT_TRUE(std::holds_alternative<session::NoteContents>(notes));
    const auto& answers = std::get<session::NoteContents>(notes).answers;
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_EQ(answers[0].question, "How many call entries will IM 1 hold when both queries are below?");
    EXPECT_EQ(answers[0].answer, "Four: one for each offloaded object");
    EXPECT_EQ(answers[0].correct, std::optional<bool>(false));
    EXPECT_FALSE(answers[0].written.empty());
    lab.open("m1");
    EXPECT_EQ(lab.model().progress().answered, 0);
    lab.window->tell_scenarios_in(QStringLiteral("ja"));
    lab.open_file(file);
    EXPECT_EQ(lab.model().state(0), State::again);
    EXPECT_EQ(lab.model().answer(0), 2);
    lab.window->tell_scenarios_in(QStringLiteral("en"));
    EXPECT_TRUE(lab.model().question(0)->ask.startsWith(QLatin1String("How many")));
    EXPECT_EQ(lab.model().state(0), State::again);
}

TEST(Questions, AnAnswerThatIsNoChoiceLeavesTheQuestionOpen) {
    QuestionLab lab;
    lab.open("m3");
    session::Answer strange;
    strange.question = lab.model().question(0)->key.toStdString();
    strange.answer = "Forty-two";
    lab.book().set_answer(strange);
    EXPECT_EQ(lab.model().state(0), State::open);
    lab.model().give_answer(0, 99);
    lab.model().give_answer(7, 0);
    EXPECT_EQ(lab.model().state(0), State::open);
}

TEST(Questions, InAnExamNothingIsToldAndAnswersCanBeChanged) {
    QuestionLab lab;
    lab.open("m3");
    lab.front();
    QTest::mouseClick(lab.view().exam_box(), Qt::LeftButton);
    ASSERT_TRUE(lab.model().answers_hidden());
    lab.view().ask(0);
    lab.view().choices().at(0)->setChecked(true);
    QTest::mouseClick(lab.view().answer_button(), Qt::LeftButton);
    EXPECT_EQ(lab.model().state(0), State::kept);
    EXPECT_FALSE(lab.view().told().contains(QLatin1String("belongs to one operation"))) << lab.view().told().toStdString();
    for (const ChoiceButton* each : lab.view().choices()) EXPECT_EQ(each->shown_as(), ChoiceButton::Shown::open);
    EXPECT_FALSE(lab.view().progress_text().contains(QLatin1String("right"))) << lab.view().progress_text().toStdString();
    lab.view().choices().at(1)->setChecked(true);
    ASSERT_TRUE(lab.view().answer_button()->isEnabled());
    QTest::mouseClick(lab.view().answer_button(), Qt::LeftButton);
    EXPECT_EQ(lab.model().answer(0), 1);
    QTest::mouseClick(lab.view().exam_box(), Qt::LeftButton);
    EXPECT_EQ(lab.model().state(0), State::right);
    EXPECT_TRUE(lab.view().told().contains(QLatin1String("belongs to one operation")));
}

TEST(Questions, PlayingStopsBeforeTheEventWhileThePaneIsInFront) {
    QuestionLab lab;
    lab.open("m3");
    lab.front();
    lab.playback().set_speed(50);
    lab.playback().play();
    for (int i = 0; i < 10'000 && lab.playback().playing(); ++i) lab.playback().advance(400);
    EXPECT_EQ(lab.playback().position(), lab.model().moment(0));
    EXPECT_EQ(lab.view().row(), 0);
    // Asked to go on, it goes on, answered or not, up to the next one.
    lab.playback().play();
    for (int i = 0; i < 10'000 && lab.playback().playing(); ++i) lab.playback().advance(400);
    EXPECT_EQ(lab.playback().position(), lab.model().moment(1));
    lab.model().give_answer(1, 0);
    lab.model().give_answer(0, 0);
    lab.playback().first();
    lab.playback().play();
    for (int i = 0; i < 10'000 && lab.playback().playing(); ++i) lab.playback().advance(400);
    EXPECT_EQ(lab.playback().position(), EventId(lab.playback().event_count() - 1)) << "what was answered stops nobody";
}

TEST(Questions, BehindAnotherTabOrSwitchedOffTheyStopNobody) {
    QuestionLab lab;
    lab.open("m3");
    lab.front("lens");
    const auto play = [&] {
        lab.playback().first();
        lab.playback().set_speed(50);
        lab.playback().play();
        for (int i = 0; i < 10'000 && lab.playback().playing(); ++i) lab.playback().advance(400);
        return lab.playback().position();
    };
    const EventId last(lab.playback().event_count() - 1);
    EXPECT_EQ(play(), last);
    lab.front();
    QTest::mouseClick(lab.view().stop_box(), Qt::LeftButton);
    EXPECT_EQ(play(), last);
}

TEST(Questions, ASessionWithoutAnySaysSo) {
    QuestionLab lab;
    trace::synthetic::Options options;
    options.operations = {trace::OperationKind::initiate, trace::OperationKind::query};
    const QString file = lab.folder.filePath(QStringLiteral("own.chimney"));
    ASSERT_FALSE(session::save(trace::synthetic::make_trace(options), file.toStdString()));
    lab.open("m3");
    lab.open_file(file);
    EXPECT_EQ(lab.model().rowCount(), 0);
    EXPECT_FALSE(lab.view().list()->isVisibleTo(&lab.view()));
    lab.key(Qt::Key_Q);  // does nothing
    EXPECT_EQ(lab.view().row(), -1);
}

// In a session that grows the questions come with their events, and what is found is what the whole run has.
TEST(Questions, OfAGrowingSessionComeWithTheirEvents) {
    QuestionLab lab;
    lab.open("s8");
    const SessionPointer whole = lab.playback().session();
    std::vector<Question> expected = whole->questions();
    ASSERT_EQ(expected.size(), 2u);

    auto known = std::make_shared<KnownScenarios>();
    std::map<std::string, std::shared_ptr<const KnownScenarios::Told>> told;
    const scenario::Scenario s8 = *scenario::find_scenario("s8").scenario;
    told["s8"] = std::make_shared<const KnownScenarios::Told>(KnownScenarios::Told{s8, s8});
    known->learn(std::move(told));
    const auto spotter = spot_questions(whole, known);
    ASSERT_TRUE(spotter);
    std::vector<std::size_t> found;
    bool more = true;
    while (more) {
        more = spotter->look_on(1);
        std::size_t now = 0;
        for (const Question& each : spotter->questions()) now += each.at.valid() ? 1 : 0;
        if (found.empty() || found.back() != now) found.push_back(now);
    }
    EXPECT_EQ(found, (std::vector<std::size_t>{0, 1, 2})) << "one after the other";
    const std::vector<Question> spotted = spotter->questions();
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(spotted[i].at, expected[i].at);
        EXPECT_EQ(spotted[i].proof, expected[i].proof);
        EXPECT_EQ(spotted[i].key, expected[i].key);
    }
    EXPECT_FALSE(spot_questions(testing::synthetic_session({}), known));
}

}  // namespace
}  // namespace chimneylab::desktop
