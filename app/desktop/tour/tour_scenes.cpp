// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/tour/tour_scenes.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QTemporaryDir>
#include <QTimer>
#include <atomic>
#include <functional>
#include <thread>

#include "app/desktop/choices/choices_view.h"
#include "app/desktop/differences/differences_view.h"
#include "app/desktop/live/driver_bench.h"
#include "app/desktop/notes/notes_view.h"
#include "app/desktop/questions/questions_view.h"
#include "driver-bridge/producer/replay.h"

namespace chimneylab::desktop {

namespace {

// Does something that puts another session on stage, and waits for it; what is wrong, empty when it is there.
QString and_wait(MainWindow& window, const std::function<void()>& begin) {
    QString problem = QStringLiteral("nothing came within two minutes");
    QEventLoop loop;
    const auto done = QObject::connect(&window, &MainWindow::session_shown, &loop, [&] {
        problem.clear();
        loop.quit();
    });
    const auto refused = QObject::connect(&window, &MainWindow::session_refused, &loop, [&](const QString& why) {
        problem = why;
        loop.quit();
    });
    QTimer::singleShot(120'000, &loop, &QEventLoop::quit);
    begin();
    loop.exec();
    QObject::disconnect(done);
    QObject::disconnect(refused);
    return problem;
}

// The session on stage once more, as a producer would stream it, with somebody who watches.
class LiveScene : public TourScene {
public:
    explicit LiveScene(MainWindow& window) : window_(window), session_(window.playback().session()) {
        LiveSessions& live = window.live_sessions();
        live.set_folder(folder_.path());
        if (!live.listen(QStringLiteral("tcp:127.0.0.1:0")).isEmpty()) return;
        live.attach_next();
        bridge::ReplayOptions options;
        options.endpoint = std::get<bridge::Endpoint>(bridge::parse_endpoint(live.endpoint().toStdString()));
        options.events_per_second = 100;
        options.cancel = &cancel_;
        producer_ = std::thread([this, options] { (void)bridge::replay(*session_->trace, options); });
        QEventLoop loop;
        QTimer::singleShot(1500, &loop, &QEventLoop::quit);
        loop.exec();
    }
    ~LiveScene() override {
        cancel_ = true;
        if (producer_.joinable()) producer_.join();
        window_.live_sessions().detach();
        window_.live_sessions().stop_listening();
        settle();
    }

private:
    MainWindow& window_;
    SessionPointer session_;
    QTemporaryDir folder_;
    std::atomic<bool> cancel_{false};
    std::thread producer_;
};


// A manual run of M3 to the point where two operations wait for the target; then, if wanted, both orders of them.
class ManualScene : public TourScene {
public:
    ManualScene(MainWindow& window, bool both_orders) : window_(window) {
        BranchModel& branches = window.branch_model();
        bool good = did([&] { branches.begin({QStringLiteral("m3"), {}, {}, {}}); });
        int point = 0;
        while (good && completing() < 2 && branches.current_branch()->stopped()) good = did([&] { branches.choose(point++, QStringLiteral("0")); });
        good = good && completing() >= 2 && both_orders;
        for (const QString& which : {QStringLiteral("0"), QStringLiteral("1")}) {
            good = good && did([&] { branches.choose(point, which); });
            if (which != QLatin1String("1")) good = good && did([&] { branches.let_schedule_go_on(); });
        }
        if (good) Q_EMIT window.choices_view()->comparison_wanted(0, 1);
    }
    ~ManualScene() override {
        window_.branch_model().clear();
        settle();
    }

private:
    bool did(const std::function<void()>& what) { return and_wait(window_, what).isEmpty(); }
    int completing() const {
        const SessionPointer& session = window_.branch_model().current_branch()->session;
        if (!session || session->choice_points.empty()) return 0;
        int count = 0;
        for (const PendingChoice& each : session->choice_points.back().pending) count += each.blocks.isEmpty() ? 0 : 1;
        return count;
    }
    MainWindow& window_;
};

// The correct run of M2 against the one in which a word is not put back.
class DifferenceScene : public TourScene {
public:
    explicit DifferenceScene(MainWindow& window) : view_(*window.differences_view()) {
        if (!open_and_wait(window, QStringLiteral("m2"), QStringLiteral("ImReserved not restored")).isEmpty()) return;
        const SessionPointer faulty = window.playback().session();
        if (!open_and_wait(window, QStringLiteral("m2"), QString()).isEmpty()) return;
        view_.show_differences(find_differences(window.playback().session(), QStringLiteral("M2"), faulty, QStringLiteral("M2, ImReserved not restored")));
    }
    ~DifferenceScene() override { view_.show_differences(nullptr); }

private:
    DifferencesView& view_;
};

// A new driver, as it is made.
class BenchScene : public TourScene {
public:
    explicit BenchScene(MainWindow& window) { (void)window.driver_bench()->create(folder_.path(), QStringLiteral("my-driver")); }

private:
    QTemporaryDir folder_;
};

}  // namespace

QString open_and_wait(MainWindow& window, const QString& scenario, const QString& variant) {
    const QString problem = and_wait(window, [&] { window.open_scenario(scenario, variant); });
    return problem.isEmpty() ? problem : QStringLiteral("scenario %1: %2").arg(scenario, problem);
}

std::unique_ptr<TourScene> make_scene(MainWindow& window, const QString& pane) {
    if (pane == QLatin1String("live")) return std::make_unique<LiveScene>(window);
    if (pane == QLatin1String("choices")) return std::make_unique<ManualScene>(window, false);
    if (pane == QLatin1String("comparison")) return std::make_unique<ManualScene>(window, true);
    if (pane == QLatin1String("differences")) return std::make_unique<DifferenceScene>(window);
    if (pane == QLatin1String("driver")) return std::make_unique<BenchScene>(window);
    return nullptr;
}

void write_notes(MainWindow& window) {
    NoteBook& book = window.note_book();
    if (!book.annotations().empty()) return;
    if (const trace::Operation* operation = window.playback().operation()) {
        book.write(book.add(operation->started, operation->finished), QStringLiteral("The query the exam was about: two entries, one for each driver."));
    }
    book.write(book.add(window.playback().position()), QStringLiteral("IM 2 puts ImReserved and SourceHandle back here. What if it forgot SourceHandle?"));
    if (!book.annotations().empty()) window.notes_view()->edit(book.annotations().back().id);
}

void answer_questions(MainWindow& window) {
    QuestionModel& questions = window.question_model();
    if (questions.progress().answered == 0 && questions.rowCount() > 1) {
        const Question& first = *questions.question(0);
        questions.give_answer(0, (first.right + 1) % static_cast<int>(first.choices.size()));
        questions.give_answer(1, questions.question(1)->right);
    }
    window.questions_view()->ask(1);
}

void settle() {
    for (int i = 0; i < 5; ++i) {
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents(QEventLoop::ExcludeUserInputEvents);
    }
}

}  // namespace chimneylab::desktop
