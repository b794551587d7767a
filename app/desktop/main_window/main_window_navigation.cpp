// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Getting about: findings, rules, bookmarks, changes of a member, the command palette; and the ways to run that need more
// than a scenario's name: by hand, with another schedule, with a driver of one's own.
#include <QAbstractScrollArea>
#include <QFileDialog>
#include <QFileInfo>
#include <QTabBar>
#include <algorithm>
#include <utility>

#include "app/desktop/choices/choices_view.h"
#include "app/desktop/differences/differences_view.h"
#include "app/desktop/findings/findings_view.h"
#include "app/desktop/findings/rule_book_view.h"
#include "app/desktop/inspector/member_inspector.h"
#include "app/desktop/library/library_view.h"
#include "app/desktop/main_window/command_palette.h"
#include "app/desktop/main_window/main_window.h"
#include "app/desktop/main_window/notice_bar.h"
#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/main_window/until_bar.h"
#include "app/desktop/models/event_text.h"
#include "app/desktop/notes/notes_view.h"

namespace chimneylab::desktop {

namespace {
constexpr qsizetype most_recent_drivers = 8;
}

void MainWindow::go_to_finding(int finding) {
    const SessionPointer session = playback_.session();
    if (!session || finding < 0 || static_cast<std::size_t>(finding) >= session->findings.rows.size()) return;
    const Finding& wanted = session->findings.rows[static_cast<std::size_t>(finding)];
    playback_.pause();
    playback_.seek(wanted.event);
    if (wanted.operation.valid()) playback_.choose_operation(wanted.operation);
    if (wanted.block.valid()) playback_.choose_region(wanted.block);
    if (!wanted.member.isEmpty()) inspector_->show_member(wanted.offset);
    findings_view_->choose(finding);
}

// From finding to finding, also between several of one event; what only the machine found is a stop too.
void MainWindow::step_finding(int direction) {
    const SessionPointer session = playback_.session();
    if (!session) return;
    const Findings& findings = session->findings;
    const int chosen = findings_view_->chosen();
    const auto [first, last] = findings.at(playback_.position());
    if (chosen >= static_cast<int>(first) && chosen < static_cast<int>(last)) {
        const int other = chosen + direction;
        if (other >= static_cast<int>(first) && other < static_cast<int>(last)) return go_to_finding(other);
    }
    playback_.pause();
    if (!playback_.step(trace::Landmark::finding, direction)) return;
    const auto [begin, end] = findings.at(playback_.position());
    if (begin < end) go_to_finding(static_cast<int>(direction > 0 ? begin : end - 1));
}

void MainWindow::show_rule(const QString& rule) {
    show_pane("rules");
    rule_book_->show_rule(rule);
}

void MainWindow::show_pane(const char* name) {
    PanelDock* wanted = pane(name);
    if (wanted == nullptr) return;
    if (maximised_ != nullptr && maximised_ != wanted) toggle_maximised(maximised_);
    pane_grid_->show(wanted);
    if (wanted->widget() != nullptr) {
        // The first thing in it that takes the keyboard, so that the arrow keys work at once.
        QWidget* target = wanted->widget();
        if (target->focusPolicy() == Qt::NoFocus) {
            for (QWidget* each : target->findChildren<QWidget*>()) {
                if (each->isVisibleTo(wanted) && each->isEnabled() && (each->focusPolicy() & Qt::TabFocus) != 0 && qobject_cast<QAbstractScrollArea*>(each) != nullptr) {
                    target = each;
                    break;
                }
            }
        }
        target->setFocus(Qt::ShortcutFocusReason);
    }
}

namespace {

// A pane behind a tab counts as visible to Qt, and so does the bar of a place that has no tabs.
bool can_be_seen(const QWidget* widget) {
    if (const auto* bar = qobject_cast<const QTabBar*>(widget); bar != nullptr && (bar->count() == 0 || bar->visibleRegion().isEmpty())) return false;
    for (const QWidget* up = widget; up != nullptr; up = up->parentWidget()) {
        if (const auto* pane = qobject_cast<const PanelDock*>(up)) return pane->in_front();
    }
    return true;
}

}  // namespace

// Tab and Shift+Tab: the next control that takes the keyboard and can be seen.
bool MainWindow::focusNextPrevChild(bool next) {
    QWidget* from = focusWidget() != nullptr ? focusWidget() : this;
    for (QWidget* each = next ? from->nextInFocusChain() : from->previousInFocusChain(); each != nullptr && each != from;
         each = next ? each->nextInFocusChain() : each->previousInFocusChain()) {
        if ((each->focusPolicy() & Qt::TabFocus) != Qt::TabFocus || each->focusProxy() != nullptr || each->window() != this) continue;
        if (!each->isEnabled() || !each->isVisible() || !can_be_seen(each)) continue;
        each->setFocus(next ? Qt::TabFocusReason : Qt::BacktabFocusReason);
        return true;
    }
    return false;
}

void MainWindow::make_navigation_actions() {
    using trace::Landmark;
    const auto step = [this](Landmark kind, int direction) {
        return [this, kind, direction] {
            playback_.pause();
            playback_.step(kind, direction);
        };
    };
    action(QStringLiteral("palette"), tr("Find &anything…"), {QKeySequence(Qt::CTRL | Qt::Key_K)}, [this] { open_palette(); });
    action(QStringLiteral("previous_completion"), tr("Previous completion"), {QKeySequence(Qt::SHIFT | Qt::Key_E)}, step(Landmark::completion, -1));
    action(QStringLiteral("next_completion"), tr("Next completion"), {QKeySequence(Qt::Key_E)}, step(Landmark::completion, 1));
    action(QStringLiteral("previous_change"), tr("Previous change of this member"), {QKeySequence(Qt::SHIFT | Qt::Key_M)}, [this] { step_member_change(-1); });
    action(QStringLiteral("next_change"), tr("Next change of this member"), {QKeySequence(Qt::Key_M)}, [this] { step_member_change(1); });
    action(QStringLiteral("next_bookmark"), tr("Next bookmark"), {QKeySequence(Qt::SHIFT | Qt::Key_B)}, [this] { step_bookmark(1); });
    action(QStringLiteral("previous_bookmark"), tr("Previous bookmark"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_B)}, [this] { step_bookmark(-1); });
    action(QStringLiteral("note"), tr("&Note on this event"), {QKeySequence(Qt::Key_A)}, [this] { add_note(false); });
    action(QStringLiteral("note_on_operation"), tr("Note on this &operation"), {QKeySequence(Qt::SHIFT | Qt::Key_A)}, [this] { add_note(true); });
    action(QStringLiteral("compare"), tr("&Compare with…"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O)}, [this] { compare_with_dialog(); });
    action(QStringLiteral("open_kept"), tr("Open &kept notes…"), {}, [this] { open_kept(); });
    action(QStringLiteral("keep_arrangement"), tr("&Keep this with the session"), {}, [this] { keep_arrangement_with_session(); });
    action(QStringLiteral("until"), tr("Run &until…"), {QKeySequence(Qt::CTRL | Qt::Key_U)}, [this] { until_bar_->open_over(this); });
    action(QStringLiteral("until_on"), tr("Run on to the same condition"), {QKeySequence(Qt::Key_U)}, [this] { until_bar_->run(1); });
    action(QStringLiteral("until_back"), tr("Run back to the same condition"), {QKeySequence(Qt::SHIFT | Qt::Key_U)}, [this] { until_bar_->run(-1); });
    action(QStringLiteral("manual"), tr("Run by &hand"), {QKeySequence(Qt::CTRL | Qt::Key_M)}, [this] { begin_manual_run(); });
    action(QStringLiteral("next_choice"), tr("Choose what comes next"), {QKeySequence(Qt::CTRL | Qt::Key_Return)}, [this] {
        show_pane("choices");
        choices_view_->pending()->setFocus();
    });
    action(QStringLiteral("schedule_goes_on"), tr("Let the schedule go on"), {QKeySequence(Qt::CTRL | Qt::Key_E)}, [this] { branch_model_.let_schedule_go_on(); });
    action(QStringLiteral("schedule_own"), tr("Schedule: the scenario's own"), {}, [this] { choose_schedule({}); });
    action(QStringLiteral("schedule_fifo"), tr("Schedule: &fifo, the textbook run"), {}, [this] { choose_schedule(QStringLiteral("fifo")); });
    action(QStringLiteral("schedule_lifo"), tr("Schedule: &lifo, completions overtake"), {}, [this] { choose_schedule(QStringLiteral("lifo")); });
    action(QStringLiteral("next_seed"), tr("Schedule: the &next seed"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_R)}, [this] {
        const qulonglong seed = schedule_.startsWith(QLatin1String("seed:")) ? schedule_.mid(5).toULongLong() + 1 : 1;
        choose_schedule(QStringLiteral("seed:%1").arg(seed));
    });
    action(QStringLiteral("my_driver"), tr("Run with &my driver…"), {QKeySequence(Qt::CTRL | Qt::Key_D)}, [this] { open_driver_with_dialog(); });
    action(QStringLiteral("layout_own"), tr("&My own"), {QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_4)}, [this] { restore_own_layout(); });
    action(QStringLiteral("remember_layout"), tr("&Remember this as my own"), {}, [this] { save_own_layout(); });
}

void MainWindow::toggle_bookmark() {
    const trace::EventId at = playback_.position();
    if (!at.valid()) return;
    if (bookmark_model_.toggle(at)) {
        notice_->show_word(tr("Bookmark set at event %1. Shift+B goes to the next one.").arg(at.value));
    } else {
        notice_->show_word(tr("Bookmark at event %1 cleared.").arg(at.value));
    }
}

void MainWindow::step_bookmark(int direction) {
    const trace::EventId next = bookmark_model_.next(playback_.position(), direction);
    if (!next.valid()) return;
    playback_.pause();
    playback_.seek(next);
}

void MainWindow::step_member_change(int direction) {
    const trace::EventId change = playback_.member_change(direction);
    if (!change.valid()) return;
    playback_.pause();
    playback_.seek(change, PlaybackModel::Move::step);
}

std::vector<PaletteEntry> MainWindow::palette_entries() {
    std::vector<PaletteEntry> entries;
    for (const auto& [name, made] : actions_) {
        if (name == QLatin1String("palette")) continue;
        QString title = made->text();
        title.remove(QLatin1Char('&'));
        entries.push_back({name.startsWith(QLatin1String("go_")) ? tr("pane") : tr("command"), title, made->shortcut().toString(QKeySequence::NativeText), [chosen = made] { chosen->trigger(); }, made->isEnabled()});
    }
    std::sort(entries.begin(), entries.end(), [](const PaletteEntry& a, const PaletteEntry& b) { return a.title < b.title; });
    for (const MemberRow& row : member_model_.rows()) {
        entries.push_back({tr("member"), row.name, member_model_.region_name() + QStringLiteral(" · ") + row.meaning, [this, offset = row.offset] {
                               show_pane("members");
                               inspector_->show_member(offset);
                           }});
    }
    for (const LibraryEntry& each : library_model_.entries()) {
        entries.push_back({tr("scenario"), each.number + QLatin1Char(' ') + each.title, each.part, [this, id = each.id] { open_scenario(id); }, each.problem.isEmpty()});
        for (const LibraryVariant& variant : each.variants) {
            entries.push_back({tr("variant"), each.number + QStringLiteral(": ") + variant.title, variant.breaks.isEmpty() ? QString() : tr("breaks %1").arg(variant.breaks.join(QStringLiteral(", "))),
                               [this, id = each.id, name = variant.name] { open_scenario(id, name); }});
        }
    }
    for (const verifier::Rule& rule : verifier::catalogue()) {
        entries.push_back({tr("rule"), to_qstring(rule.id), to_qstring(rule.statement), [this, id = to_qstring(rule.id)] { show_rule(id); }});
    }
    return entries;
}

void MainWindow::open_palette() {
    palette_model_.set_maker([this](const QString& letters) {
        std::vector<PaletteEntry> made;
        bool number = false;
        const uint event = letters.toUInt(&number);
        if (number && playback_.history() != nullptr && event < playback_.event_count()) {
            made.push_back({tr("event"), tr("Go to event %1").arg(event), event_text(*playback_.history(), trace::EventId(event)).what, [this, event] {
                                playback_.pause();
                                playback_.seek(trace::EventId(event));
                            }});
        }
        return made;
    });
    palette_model_.set_entries(palette_entries());
    palette_->open_over(this);
}

void MainWindow::begin_manual_run() {
    const SessionPointer session = playback_.session();
    RunRequest request = request_;
    if (session && !session->id.isEmpty()) request.scenario = session->id;
    if (request.scenario.isEmpty()) return;
    show_pane("choices");
    branch_model_.begin(request);
}

void MainWindow::compare_branches(int one, int other) {
    const auto& branches = branch_model_.branches();
    if (one < 0 || other < 0 || one >= branch_model_.rowCount() || other >= branch_model_.rowCount()) return;
    const Branch& left = branches[static_cast<std::size_t>(one)];
    const Branch& right = branches[static_cast<std::size_t>(other)];
    comparison_model_.compare(left.session, left.name, right.session, right.name, branch_model_.parting(one, other));
    show_pane("comparison");
}

void MainWindow::run_with_driver(const QString& file) {
    if (request_.scenario.isEmpty()) {
        notice_->show_problem(tr("Choose a scenario first: a driver runs in place of one of its intermediate drivers."));
        return;
    }
    if (settings_) {
        QStringList recent = settings_->value(QStringLiteral("drivers/recent")).toStringList();
        recent.removeAll(file);
        recent.prepend(file);
        settings_->setValue(QStringLiteral("drivers/recent"), recent.mid(0, most_recent_drivers));
    }
    run({request_.scenario, {}, schedule_, {file}});
}

void MainWindow::open_driver_with_dialog() {
    auto* dialog = new QFileDialog(this, tr("Run with a driver of your own"), QString(), tr("Compiled drivers (*.so);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::run_with_driver);
    dialog->open();
}

void MainWindow::fill_recent_drivers() {
    recent_drivers_->clear();
    const QStringList recent = settings_ ? settings_->value(QStringLiteral("drivers/recent")).toStringList() : QStringList();
    for (const QString& file : recent) {
        QAction* each = recent_drivers_->addAction(QFileInfo(file).fileName(), this, [this, file] { run_with_driver(file); });
        each->setToolTip(file);
        each->setEnabled(QFileInfo::exists(file));
    }
    if (recent.isEmpty()) recent_drivers_->addAction(tr("None yet: Ctrl+D opens one"))->setEnabled(false);
}

void MainWindow::add_note(bool on_operation) {
    show_pane("notes");
    if (on_operation) notes_view_->add_on_operation();
    else notes_view_->add_on_event();
}

bool MainWindow::rests() {
    if (!playback_.session() || !playback_.session()->growing) return true;
    notice_->show_problem(tr("The live session still grows. Pause it first (Run ▸ Pause the live view); recording goes on."));
    return false;
}

void MainWindow::compare_with_dialog() {
    if (!playback_.session()) {
        notice_->show_problem(tr("Put a session on stage first: run a scenario or open a file. It is compared with the one you choose then."));
        return;
    }
    auto* dialog = new QFileDialog(this, tr("Compare the session on stage with"), QString(), tr("Sessions (*.chimney);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::compare_with);
    dialog->open();
}

void MainWindow::compare_with(const QString& file) {
    const SessionPointer a = playback_.session();
    if (!a || !source_.file || !rests()) return;
    auto found = std::make_shared<DifferencesPointer>();
    connect(&comparer_, &SessionLoader::done, this, [this, found] {
        if (!*found) return;
        notice_->clear();
        show_pane("differences");
        differences_view_->show_differences(std::exchange(*found, nullptr));
    }, Qt::SingleShotConnection);
    const QString a_name = a->path.isEmpty() ? a->title : QFileInfo(a->path).fileName();
    comparer_.start(tr("Comparing with %1").arg(QFileInfo(file).fileName()), [a, a_name, file, found, load = source_.file(file)](LoadControl& control) {
        LoadOutcome outcome = load(control);
        if (!outcome.session) return outcome;
        *found = find_differences(a, a_name, std::exchange(outcome.session, nullptr), QFileInfo(file).fileName());
        outcome.word = QStringLiteral("compared");
        return outcome;
    });
}

void MainWindow::set_keep_folder(const QString& folder) {
    keep_folder_ = folder;
    note_book_.set_keep_folder(folder);
    update_actions();
}

void MainWindow::open_kept() {
    auto* dialog = new QFileDialog(this, tr("Open kept notes"), keep_folder_, tr("Sessions (*.chimney);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::open_file);
    dialog->open();
}

// The panes as they stand and the present event go into the session's file, and come back whenever it is opened.
void MainWindow::keep_arrangement_with_session() {
    if (maximised_ != nullptr) toggle_maximised(maximised_);
    note_book_.set_layout(QStringLiteral("desktop/panes"), QByteArray::number(pane_grid_->version()));
    note_book_.set_layout(QStringLiteral("desktop/arrangement"), docks_->saveState(pane_grid_->version()).toBase64());
    note_book_.set_layout(QStringLiteral("desktop/event"), QByteArray::number(playback_.position().value));
    notice_->show_word(note_book_.path().isEmpty() ? tr("Kept with the session once it is saved (Ctrl+S).") : tr("The arrangement and the present event are kept with this session."));
}

void MainWindow::restore_arrangement_of_session() {
    bool good = false;
    const uint event = note_book_.layout(QStringLiteral("desktop/event")).toUInt(&good);
    if (good && event < playback_.event_count()) playback_.seek(trace::EventId(event));
    // Of another set of panes it would be nonsense; Qt refuses what is no arrangement at all.
    if (note_book_.layout(QStringLiteral("desktop/panes")) != QByteArray::number(pane_grid_->version())) return;
    const QByteArray arrangement = QByteArray::fromBase64(note_book_.layout(QStringLiteral("desktop/arrangement")));
    if (arrangement.isEmpty()) return;
    if (maximised_ != nullptr) toggle_maximised(maximised_);
    docks_->restoreState(arrangement, pane_grid_->version());
}

void MainWindow::save_own_layout() {
    if (!settings_) return;
    if (maximised_ != nullptr) toggle_maximised(maximised_);
    settings_->setValue(QStringLiteral("window/own_layout"), docks_->saveState(pane_grid_->version()));
    notice_->show_word(tr("Remembered. Ctrl+Alt+4 brings this arrangement back."));
}

void MainWindow::restore_own_layout() {
    if (maximised_ != nullptr) toggle_maximised(maximised_);
    const QByteArray own = settings_ ? settings_->value(QStringLiteral("window/own_layout")).toByteArray() : QByteArray();
    if (own.isEmpty() || !docks_->restoreState(own, pane_grid_->version())) {
        notice_->show_word(tr("There is none yet: arrange the panes, then View ▸ Layout ▸ Remember this as my own."));
    }
}

}  // namespace chimneylab::desktop
