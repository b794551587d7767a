// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The window's actions, menus and shortcuts: one action a thing one can do, wherever it is offered.
#include <QActionGroup>
#include <QApplication>
#include <QFileInfo>
#include <QMenuBar>
#include <QDialog>
#include <QMessageBox>
#include <QTextBrowser>
#include <QVBoxLayout>
#include <algorithm>
#include <array>
#include <functional>

#include "app/desktop/lens/lens_view.h"
#include "app/desktop/live/driver_bench.h"
#include "app/desktop/main_window/main_window.h"
#include "app/desktop/main_window/menu_corner.h"
#include "app/desktop/main_window/notice_bar.h"
#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/main_window/until_bar.h"
#include "app/desktop/models/event_text.h"

namespace chimneylab::desktop {

QAction* MainWindow::action(const QString& name, const QString& text, const QList<QKeySequence>& keys, std::function<void()> what) {
    auto* made = new QAction(text, this);
    made->setObjectName(name);
    made->setShortcuts(keys);
    connect(made, &QAction::triggered, this, [what = std::move(what)] { what(); });
    addAction(made);
    actions_[name] = made;
    return made;
}

void MainWindow::make_actions() {
    using trace::Landmark;
    const auto step = [this](Landmark kind, int direction) {
        return [this, kind, direction] {
            playback_.pause();
            playback_.step(kind, direction);
        };
    };
    action(QStringLiteral("open"), tr("&Open session…"), {QKeySequence(Qt::CTRL | Qt::Key_O)}, [this] { open_with_dialog(); });
    action(QStringLiteral("save"), tr("&Save session…"), {QKeySequence(Qt::CTRL | Qt::Key_S)}, [this] { save_with_dialog(); });
    action(QStringLiteral("quit"), tr("&Quit"), {QKeySequence(Qt::CTRL | Qt::Key_Q)}, [this] { close(); });
    action(QStringLiteral("run_again"), tr("&Run again"), {QKeySequence(Qt::CTRL | Qt::Key_R)}, [this] {
        if (request_.scenario.isEmpty()) return;
        if (branch_model_.active()) begin_manual_run();
        else run(request_);
    });
    action(QStringLiteral("cancel"), tr("&Cancel what is running"), {QKeySequence(Qt::Key_Escape)}, [this] {
        loader_.cancel();
        until_bar_->cancel();
        playback_.filter().cancel();
    });

    action(QStringLiteral("play"), tr("Play"), {QKeySequence(Qt::Key_Space)}, [this] { playback_.toggle(); });
    action(QStringLiteral("first"), tr("To the first event"), {QKeySequence(Qt::Key_Home)}, [this] { playback_.first(); });
    action(QStringLiteral("last"), tr("To the last event"), {QKeySequence(Qt::Key_End)}, [this] { playback_.last(); });
    action(QStringLiteral("back"), tr("Event back"), {QKeySequence(Qt::Key_Left)}, [this] { playback_.back(); });
    action(QStringLiteral("forward"), tr("Event forward"), {QKeySequence(Qt::Key_Right)}, [this] { playback_.forward(); });
    action(QStringLiteral("call_in"), tr("Into the next call"), {QKeySequence(Qt::Key_Down)}, [this] {
        playback_.pause();
        playback_.call_in();
    });
    action(QStringLiteral("call_out"), tr("Out of this call"), {QKeySequence(Qt::Key_Up)}, [this] {
        playback_.pause();
        playback_.call_out();
    });
    action(QStringLiteral("previous_call"), tr("Previous call"), {QKeySequence(Qt::SHIFT | Qt::Key_Up)}, step(Landmark::call, -1));
    action(QStringLiteral("next_call"), tr("Next call"), {QKeySequence(Qt::SHIFT | Qt::Key_Down)}, step(Landmark::call, 1));
    action(QStringLiteral("previous_conversion"), tr("Previous conversion"), {QKeySequence(Qt::Key_PageUp)}, step(Landmark::conversion, -1));
    action(QStringLiteral("next_conversion"), tr("Next conversion"), {QKeySequence(Qt::Key_PageDown)}, step(Landmark::conversion, 1));
    action(QStringLiteral("previous_call_entry"), tr("Previous call-entry event"), {QKeySequence(Qt::SHIFT | Qt::Key_C)}, step(Landmark::call_entry, -1));
    action(QStringLiteral("next_call_entry"), tr("Next call-entry event"), {QKeySequence(Qt::Key_C)}, step(Landmark::call_entry, 1));
    action(QStringLiteral("previous_finding"), tr("Previous finding"), {QKeySequence(Qt::SHIFT | Qt::Key_F)}, [this] { step_finding(-1); });
    action(QStringLiteral("next_finding"), tr("Next finding"), {QKeySequence(Qt::Key_F)}, [this] { step_finding(1); });
    action(QStringLiteral("previous_operation"), tr("Previous operation"), {QKeySequence(Qt::SHIFT | Qt::Key_PageUp)}, step(Landmark::operation, -1));
    action(QStringLiteral("next_operation"), tr("Next operation"), {QKeySequence(Qt::SHIFT | Qt::Key_PageDown)}, step(Landmark::operation, 1));
    action(QStringLiteral("next_member"), tr("Tell the next member (calm lens)"), {QKeySequence(Qt::Key_N)}, [this] { lens_view_->tell_next(); });
    action(QStringLiteral("bookmark"), tr("Set or clear a bookmark here"), {QKeySequence(Qt::Key_B)}, [this] { toggle_bookmark(); });
    make_navigation_actions();
    make_question_actions();
    action(QStringLiteral("live"), tr("&Live sessions"), {QKeySequence(Qt::CTRL | Qt::Key_L)}, [this] { show_pane("live"); });
    action(QStringLiteral("follow"), tr("&Follow the live session"), {QKeySequence(Qt::SHIFT | Qt::Key_End)}, [this] { live_sessions_.follow(true); });
    action(QStringLiteral("pause_view"), tr("&Pause the live view"), {QKeySequence(Qt::Key_Pause)}, [this] { live_sessions_.pause_view(!live_sessions_.view_paused()); });
    action(QStringLiteral("new_driver"), tr("&New driver…"), {}, [this] {
        show_pane("driver");
        driver_bench_->ask_for_new();
    });
    action(QStringLiteral("build_and_run"), tr("&Build and run the driver"), {QKeySequence(Qt::CTRL | Qt::Key_B)}, [this] {
        show_pane("driver");
        driver_bench_->build_and_run();
    });
    action(QStringLiteral("faster"), tr("Faster"), {QKeySequence(Qt::Key_Plus), QKeySequence(Qt::Key_Equal)}, [this] { playback_.set_speed(playback_.speed() * 2); });
    action(QStringLiteral("slower"), tr("Slower"), {QKeySequence(Qt::Key_Minus)}, [this] { playback_.set_speed(playback_.speed() / 2); });
    action(QStringLiteral("normal_speed"), tr("Normal speed"), {QKeySequence(Qt::Key_1)}, [this] { playback_.set_speed(1); });
    QAction* reduced = action(QStringLiteral("reduced_motion"), tr("&Reduced motion"), {}, [] {});
    reduced->setCheckable(true);
    connect(reduced, &QAction::toggled, this, [this](bool on) {
        if (on != reduced_motion_) set_reduced_motion(on);
    });

    QAction* irql = action(QStringLiteral("irql"), tr("Show &IRQL changes"), {QKeySequence(Qt::Key_I)}, [] {});
    irql->setCheckable(true);
    connect(irql, &QAction::toggled, &playback_, &PlaybackModel::show_irql_changes);

    auto* themes = new QActionGroup(this);
    const std::tuple<const char*, QString, Theme::Choice, const char*> choices[] = {
        {"theme_system", tr("Follow the &system"), Theme::Choice::system, "system"},
        {"theme_light", tr("&Light"), Theme::Choice::light, "light"},
        {"theme_dark", tr("&Dark"), Theme::Choice::dark, "dark"},
        {"theme_high_contrast", tr("&High contrast"), Theme::Choice::high_contrast, "high contrast"}};
    for (const auto& [name, text, choice, word] : choices) {
        QAction* made = action(QLatin1String(name), text, {}, [this, its = choice, remembered = QString::fromLatin1(word)] {
            choose_theme(its);
            if (settings_) settings_->setValue(QStringLiteral("window/theme"), remembered);
        });
        made->setCheckable(true);
        made->setChecked(choice == Theme::Choice::system);
        themes->addAction(made);
    }
    auto* layouts = new QActionGroup(this);
    const std::tuple<const char*, QString, PaneLayout, Qt::Key> arrangements[] = {{"layout_teach", tr("&Teach"), layout_teach, Qt::Key_1},
                                                                                  {"layout_learn", tr("&Learn"), layout_learn, Qt::Key_2},
                                                                                  {"layout_debug", tr("&Debug"), layout_debug, Qt::Key_3}};
    for (const auto& [name, text, layout, key] : arrangements) {
        QAction* made = action(QLatin1String(name), text, {QKeySequence(Qt::CTRL | Qt::ALT | key)}, [this, its = layout] { choose_layout(its); });
        made->setCheckable(true);
        layouts->addAction(made);
    }
    action(QStringLiteral("arrange"), tr("Put all panes &back"), {QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_0)}, [this] { choose_layout(layout_); });
    action(QStringLiteral("shortcuts"), tr("&Keyboard"), {QKeySequence(Qt::Key_F1)}, [this] { show_shortcuts(); });
    action(QStringLiteral("about"), tr("&About ChimneyLab"), {}, [this] { show_about(); });
}

void MainWindow::make_menus() {
    const auto add = [this](QMenu* menu, std::initializer_list<const char*> names) {
        for (const char* name : names) {
            if (*name == '\0') {
                menu->addSeparator();
            } else {
                menu->addAction(actions_[QLatin1String(name)]);
            }
        }
    };
    add(menuBar()->addMenu(tr("&File")), {"open", "open_kept", "compare", "save", "", "quit"});
    QMenu* run_menu = menuBar()->addMenu(tr("&Run"));
    add(run_menu, {"play", "run_again", "manual", "next_choice", "schedule_goes_on", "cancel", "", "until", "until_on", "until_back", "", "schedule_own", "schedule_fifo",
         "schedule_lifo", "next_seed", "", "my_driver", "new_driver", "build_and_run", "", "live", "follow", "pause_view"});
    recent_drivers_ = run_menu->addMenu(tr("Recent &drivers"));
    connect(recent_drivers_, &QMenu::aboutToShow, this, &MainWindow::fill_recent_drivers);
    run_menu->addSeparator();
    add(run_menu, {"slower", "normal_speed", "faster"});
    QMenu* view = menuBar()->addMenu(tr("&View"));
    QMenu* pane_menu = view->addMenu(tr("&Panes"));
    for (PanelDock* pane : panes()) pane_menu->addAction(pane->toggleViewAction());
    QMenu* go_menu = view->addMenu(tr("&Go to pane"));
    for (std::size_t i = 0; i < panes().size(); ++i) {
        PanelDock* pane = panes()[i];
        const QList<QKeySequence> keys = i < 9 ? QList<QKeySequence>{QKeySequence(Qt::ALT | static_cast<Qt::Key>(Qt::Key_1 + static_cast<int>(i)))} : QList<QKeySequence>{};
        go_menu->addAction(action(QStringLiteral("go_") + pane->objectName(), pane->windowTitle(), keys, [this, pane] { show_pane(pane->objectName().toLatin1().constData()); }));
    }
    view->addSeparator();
    add(view->addMenu(tr("&Layout")), {"layout_teach", "layout_learn", "layout_debug", "layout_own", "", "remember_layout", "keep_arrangement", "arrange"});
    QMenu* theme = view->addMenu(tr("&Theme"));
    add(theme, {"theme_system", "theme_light", "theme_dark", "theme_high_contrast"});
    make_language_menu(*view);
    add(view, {"reduced_motion", "", "irql", "hide_answers"});
    add(menuBar()->addMenu(tr("&Navigate")),
        {"palette", "", "first", "back", "forward", "last", "", "call_in", "call_out", "previous_call", "next_call", "", "previous_conversion", "next_conversion", "next_member", "",
         "previous_completion", "next_completion", "previous_change", "next_change", "",
         "previous_call_entry", "next_call_entry", "", "previous_finding", "next_finding", "", "previous_operation", "next_operation", "", "bookmark",
         "next_bookmark", "previous_bookmark", "", "note", "note_on_operation", "", "next_question", "previous_question"});
    add(menuBar()->addMenu(tr("&Help")), {"shortcuts", "about"});
    const auto layout_action = [this](const char* name) { return actions_[QLatin1String(name)]; };
    menu_corner_ = new MenuCorner(layout_action("palette"),
                                  {layout_action("layout_teach"), layout_action("layout_learn"), layout_action("layout_debug"), layout_action("layout_own"), nullptr,
                                   layout_action("remember_layout"), layout_action("arrange")},
                                  theme_, menuBar());
    menuBar()->setCornerWidget(menu_corner_);
}

void MainWindow::update_actions() {
    using trace::Landmark;
    const bool any = playback_.session() != nullptr && playback_.position().valid();
    const auto enable = [this](const char* name, bool on) { actions_[QLatin1String(name)]->setEnabled(on); };
    enable("save", any);
    enable("run_again", !request_.scenario.isEmpty());
    enable("play", any);
    actions_[QStringLiteral("play")]->setText(playback_.playing() ? tr("Pause") : tr("Play"));
    for (const char* name : {"first", "back"}) enable(name, playback_.can_step(Landmark::event, -1));
    for (const char* name : {"forward", "last"}) enable(name, playback_.can_step(Landmark::event, 1));
    enable("call_in", any);
    enable("call_out", any);
    const std::tuple<const char*, Landmark, int> steps[] = {
        {"previous_call", Landmark::call, -1},             {"next_call", Landmark::call, 1},
        {"previous_conversion", Landmark::conversion, -1}, {"next_conversion", Landmark::conversion, 1},
        {"previous_call_entry", Landmark::call_entry, -1}, {"next_call_entry", Landmark::call_entry, 1},
        {"previous_completion", Landmark::completion, -1}, {"next_completion", Landmark::completion, 1},
        {"previous_finding", Landmark::finding, -1},       {"next_finding", Landmark::finding, 1},
        {"previous_operation", Landmark::operation, -1},   {"next_operation", Landmark::operation, 1}};
    for (const auto& [name, kind, direction] : steps) enable(name, playback_.can_step(kind, direction));
    // Several findings may stand at one event, so the last event with one is not the last finding.
    const bool findings = any && !playback_.session()->findings.rows.empty();
    if (findings) {
        enable("previous_finding", true);
        enable("next_finding", true);
    }
    for (const char* name : {"bookmark", "compare", "note", "keep_arrangement"}) enable(name, any);
    enable("note_on_operation", any && playback_.operation() != nullptr);
    enable("open_kept", !keep_folder_.isEmpty());
    for (const char* name : {"next_bookmark", "previous_bookmark"}) enable(name, bookmark_model_.rowCount() > 0);
    enable("previous_change", playback_.member_change(-1).valid());
    enable("next_change", playback_.member_change(1).valid());
    enable("until", any);
    for (const char* name : {"until_on", "until_back"}) enable(name, any && until_bar_ != nullptr && until_bar_->asked());
    const bool scenario = any && !playback_.session()->id.isEmpty();
    enable("manual", scenario);
    enable("my_driver", scenario);
    enable("next_seed", scenario);
    const bool asked = branch_model_.current_branch() != nullptr && branch_model_.current_branch()->stopped();
    enable("next_choice", asked);
    enable("schedule_goes_on", asked);
}

void MainWindow::save_to(const QString& path) {
    const SessionPointer session = playback_.session();
    if (!session || !source_.save) return;
    // A live session grows while it would be written; its recording has all of it.
    if (live_sessions_.attached() != 0) {
        copy_recording(live_sessions_.file_of(live_sessions_.attached()), path);
        return;
    }
    saving_.emplace(path, note_book_.snapshot());
    saver_.start(tr("Saving"), [session, path, notes = saving_->second.contents, save = source_.save](LoadControl&) {
        LoadOutcome outcome;
        outcome.problem = save(*session, path, notes);
        if (outcome.problem.isEmpty()) outcome.word = tr("Saved as %1.").arg(QFileInfo(path).fileName());
        return outcome;
    });
}

// Every action of every menu that has a key, under its menu, in columns.
void MainWindow::show_shortcuts() {
    const std::function<QString(const QMenu*)> rows = [&rows](const QMenu* menu) {
        QString text;
        for (const QAction* each : menu->actions()) {
            if (each->menu() != nullptr) {
                text += rows(each->menu());
                continue;
            }
            if (each->shortcut().isEmpty()) continue;
            QString words = each->text();
            words.remove(QLatin1Char('&'));
            text += QStringLiteral("<tr><td width='210'>%1</td><td width='110'><b>%2</b></td></tr>")
                        .arg(words.toHtmlEscaped(), each->shortcut().toString(QKeySequence::NativeText).toHtmlEscaped());
        }
        return text;
    };
    QStringList tables;
    for (const QAction* each : menuBar()->actions()) {
        if (each->menu() == nullptr) continue;
        const QString table = rows(each->menu());
        QString title = each->text();
        title.remove(QLatin1Char('&'));
        if (!table.isEmpty()) tables << QStringLiteral("<p style='margin:0'><b>%1</b></p><table cellpadding='1'>%2</table>").arg(title, table);
    }
    auto* sheet = new QDialog(this);
    sheet->setAttribute(Qt::WA_DeleteOnClose);
    sheet->setWindowTitle(tr("Keyboard"));
    auto* column = new QVBoxLayout(sheet);
    auto* page = new QTextBrowser(sheet);
    page->setAccessibleName(tr("Keyboard"));
    std::array<QString, 3> columns;  // each menu goes into the shortest
    for (const QString& table : tables) *std::ranges::min_element(columns, {}, [](const QString& each) { return each.size(); }) += table;
    page->setHtml(QStringLiteral("<table width='100%'><tr><td valign='top'>%1</td><td valign='top'>%2</td><td valign='top'>%3</td></tr></table>")
                      .arg(columns[0], columns[1], columns[2]));
    column->addWidget(page);
    sheet->resize(std::min(1040, width() - 40), std::min(700, height() - 40));
    sheet->open();
}

void MainWindow::show_about() {
    auto* box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(tr("About ChimneyLab"));
    box->setText(tr("<b>ChimneyLab %1</b><br>Watch TCP chimney offload travel through NDIS 6.0 intermediate drivers, one conversion at a time.<br><br>"
                    "The desktop is GPL-3.0-or-later; the engine, the scenarios and the DDI headers are MIT.")
                     .arg(QCoreApplication::applicationVersion()));
    box->open();
}

}  // namespace chimneylab::desktop
