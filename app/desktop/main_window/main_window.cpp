// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/main_window/main_window.h"

#include <QApplication>
#include <QCloseEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QVBoxLayout>
#include <algorithm>

#include "app/desktop/bytes/bytes_view.h"
#include "app/desktop/charts/latency_pane.h"
#include "app/desktop/charts/load_pane.h"
#include "app/desktop/charts/time_panes.h"
#include "app/desktop/choices/choices_view.h"
#include "app/desktop/choices/comparison_view.h"
#include "app/desktop/differences/differences_view.h"
#include "app/desktop/event_list/event_list_view.h"
#include "app/desktop/findings/findings_view.h"
#include "app/desktop/findings/rule_book_view.h"
#include "app/desktop/handle_chain/chain_view.h"
#include "app/desktop/inspector/member_card.h"
#include "app/desktop/inspector/member_inspector.h"
#include "app/desktop/ledger/ledger_view.h"
#include "app/desktop/lens/lens_bar.h"
#include "app/desktop/library/library_view.h"
#include "app/desktop/live/driver_bench.h"
#include "app/desktop/live/live_bar.h"
#include "app/desktop/live/live_view.h"
#include "app/desktop/main_window/bookmarks_view.h"
#include "app/desktop/main_window/command_palette.h"
#include "app/desktop/main_window/notice_bar.h"
#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/main_window/until_bar.h"
#include "app/desktop/models/event_text.h"
#include "app/desktop/narration/narration_view.h"
#include "app/desktop/notes/notes_view.h"
#include "app/desktop/questions/questions_view.h"
#include "app/desktop/sequence/sequence_pane.h"
#include "app/desktop/stage/stage_view.h"
#include "app/desktop/state_tree/state_tree_pane.h"
#include "app/desktop/transport/scrubber.h"
#include "app/desktop/transport/transport_bar.h"

namespace chimneylab::desktop {

MainWindow::MainWindow(SessionSource source, std::unique_ptr<QSettings> settings, QWidget* parent)
    : QMainWindow(parent),
      source_(std::move(source)),
      settings_(std::move(settings)),
      stage_model_(playback_),
      event_model_(playback_),
      member_model_(playback_),
      lens_model_(playback_),
      call_entry_model_(playback_),
      handle_chain_model_(playback_),
      hex_model_(playback_),
      sequence_model_(playback_, event_model_),
      finding_model_(playback_),
      rule_model_(playback_),
      note_book_(playback_, source_.note_store, source_.save),
      question_model_(playback_, note_book_, source_.spot_questions),
      bookmark_model_(playback_, note_book_),
      timing_model_(playback_),
      live_sessions_(playback_) {
    setWindowTitle(tr("ChimneyLab"));
    setAttribute(Qt::WA_WindowPropagation);
    setMinimumSize(900, 560);
    make_actions();
    make_panes();
    make_menus();
    choose_layout(layout_learn);
    first_arrangement_ = docks_->saveState(pane_grid_->version());

    connect(&theme_, &Theme::changed, this, &MainWindow::apply_theme);
    connect(&playback_, &PlaybackModel::session_changed, this, &MainWindow::update_actions);
    playback_.tell(this, &MainWindow::update_actions);
    connect(&playback_, &PlaybackModel::focus_changed, this, &MainWindow::update_actions);
    connect(&playback_, &PlaybackModel::playing_changed, this, &MainWindow::update_actions);
    playback_.tell_growth(this, &MainWindow::update_actions);
    const auto tell_stage = [this] {
        const StageScene& scene = stage_model_.scene();
        pane("stage")->set_summary(scene.empty() ? QString() : scene.subtitle);
    };
    connect(&stage_model_, &StageModel::scene_changed, this, [this, tell_stage] {
        if (!playback_.follows_stream()) tell_stage();
    });
    playback_.tell(this, tell_stage);
    connect(stage_view_, &StageView::member_wanted, inspector_, &MemberInspector::show_member);
    connect(library_view_, &LibraryView::scenario_wanted, this, &MainWindow::open_scenario);
    connect(library_view_, &LibraryView::schedule_wanted, this, &MainWindow::choose_schedule);
    connect(stage_view_, &StageView::finding_wanted, this, &MainWindow::go_to_finding);
    connect(findings_view_, &FindingsView::finding_wanted, this, &MainWindow::go_to_finding);
    connect(findings_view_, &FindingsView::event_wanted, this, [this](quint32 event) {
        playback_.pause();
        playback_.seek(trace::EventId(event));
    });
    connect(findings_view_, &FindingsView::rule_wanted, this, &MainWindow::show_rule);
    connect(findings_view_, &FindingsView::variant_wanted, this, &MainWindow::open_scenario);
    connect(choices_view_, &ChoicesView::begin_wanted, this, &MainWindow::begin_manual_run);
    connect(choices_view_, &ChoicesView::comparison_wanted, this, &MainWindow::compare_branches);
    connect(comparison_view_, &ComparisonView::event_wanted, this, [this](const SessionPointer& session, quint32 event) {
        const auto& branches = branch_model_.branches();
        for (std::size_t i = 0; i < branches.size(); ++i) {
            if (branches[i].session == session) branch_model_.show(static_cast<int>(i));
        }
        playback_.pause();
        if (playback_.session() == session) playback_.seek(trace::EventId(event));
    });
    connect(&branch_model_, &BranchModel::run_wanted, this, &MainWindow::start);
    connect(&branch_model_, &BranchModel::session_wanted, this, [this](const SessionPointer& session) { playback_.open(session); });
    connect(&branch_model_, &BranchModel::changed, this, &MainWindow::update_actions);
    connect(&bookmark_model_, &QAbstractItemModel::rowsInserted, this, &MainWindow::update_actions);
    connect(&bookmark_model_, &QAbstractItemModel::rowsRemoved, this, &MainWindow::update_actions);
    connect(narration_, &NarrationView::rule_wanted, this, &MainWindow::show_rule);
    connect(rule_book_, &RuleBookView::scenario_wanted, this, [this](const QString& id) { open_scenario(id); });
    connect(&loader_, &SessionLoader::started, notice_, &NoticeBar::show_progress);
    connect(&loader_, &SessionLoader::progressed, notice_, &NoticeBar::set_percent);
    connect(&loader_, &SessionLoader::cancelled, notice_, &NoticeBar::clear);
    connect(&loader_, &SessionLoader::cancelled, &branch_model_, &BranchModel::take_back);
    connect(&loader_, &SessionLoader::finished, this, &MainWindow::show_session);
    connect(&loader_, &SessionLoader::done, notice_, &NoticeBar::show_problem);  // of a session that is not whole
    connect(&loader_, &SessionLoader::failed, this, [this](const QString& what, const QString& problem) {
        branch_model_.take_back();
        notice_->show_problem(tr("%1 did not work. %2").arg(what, problem));
        Q_EMIT session_refused(problem);
    });
    connect(notice_, &NoticeBar::cancel_wanted, &loader_, &SessionLoader::cancel);
    connect(&saver_, &SessionLoader::done, notice_, &NoticeBar::show_word);
    connect(&saver_, &SessionLoader::done, this, [this] {
        if (saving_) note_book_.saved_as(saving_->first, saving_->second);
        saving_.reset();
    });
    connect(&note_book_, &NoteBook::problem, notice_, &NoticeBar::show_problem);
    connect(&note_book_, &NoteBook::kept_aside, this, [this](const QString& path) {
        notice_->show_word(tr("Your notes on what was on stage are kept in %1. File ▸ Open kept notes brings them back.").arg(QFileInfo(path).fileName()));
    });
    connect(&saver_, &SessionLoader::failed, this,
            [this](const QString& what, const QString& problem) { notice_->show_problem(tr("%1 did not work. %2").arg(what, problem)); });
    connect(sequence_pane_, &SequencePane::export_wanted, this, [this](const QString& what, const LoadWork& work) {
        if (rests()) exporter_.start(what, work);
    });
    for (ChartPane* chart : std::initializer_list<ChartPane*>{latency_pane_, occupancy_pane_, throughput_pane_, waterfall_pane_, entry_map_pane_}) {
        connect(chart, &ChartPane::export_wanted, &exporter_, &SessionLoader::start);
    }
    connect(&exporter_, &SessionLoader::started, notice_, &NoticeBar::show_progress);
    connect(&exporter_, &SessionLoader::progressed, notice_, &NoticeBar::set_percent);
    connect(&exporter_, &SessionLoader::cancelled, notice_, &NoticeBar::clear);
    connect(&exporter_, &SessionLoader::done, notice_, &NoticeBar::show_word);
    connect(&exporter_, &SessionLoader::failed, this,
            [this](const QString& what, const QString& problem) { notice_->show_problem(tr("%1 did not work. %2").arg(what, problem)); });
    connect(notice_, &NoticeBar::cancel_wanted, &exporter_, &SessionLoader::cancel);
    connect(&comparer_, &SessionLoader::started, notice_, &NoticeBar::show_progress);
    connect(&comparer_, &SessionLoader::cancelled, notice_, &NoticeBar::clear);
    connect(&comparer_, &SessionLoader::failed, this,
            [this](const QString& what, const QString& problem) { notice_->show_problem(tr("%1 did not work. %2").arg(what, problem)); });
    connect(notice_, &NoticeBar::cancel_wanted, &comparer_, &SessionLoader::cancel);
    connect(differences_view_, &DifferencesView::comparison_wanted, this, &MainWindow::compare_with_dialog);
    connect(differences_view_, &DifferencesView::event_wanted, this, [this](const SessionPointer& session, quint32 event) {
        if (playback_.session() != session) show_session(session);
        playback_.pause();
        playback_.seek(trace::EventId(event));
    });
    connect(until_bar_, &UntilBar::said, this, [this](const QString& words) { notice_->show_word(tr("Run until “%1”: %2.").arg(until_bar_->field()->text().trimmed(), words)); });
    connect(until_bar_, &UntilBar::progressed, this, [this, shown = false](int percent) mutable {
        if (percent >= 0 && !shown) notice_->show_progress(tr("Looking for “%1”").arg(until_bar_->field()->text().trimmed()));
        if (percent < 0 && shown && notice_->working()) notice_->clear();
        shown = percent >= 0;
        if (shown) notice_->set_percent(percent);
    });
    connect(notice_, &NoticeBar::cancel_wanted, until_bar_, &UntilBar::cancel);
    connect_questions();
    connect_live();
    read_library();
    apply_theme();
    update_actions();
    stage_view_->setFocus();
}

MainWindow::~MainWindow() = default;

void MainWindow::read_library() {
    if (!source_.library) return;
    // Read again in another language: what was asked for before does not count any more.
    disconnect(&librarian_, &SessionLoader::done, this, nullptr);
    auto entries = std::make_shared<std::vector<LibraryEntry>>();
    connect(&librarian_, &SessionLoader::done, this, [this, entries] {
        library_model_.set_entries(std::move(*entries));
        Q_EMIT library_shown();
    });
    librarian_.start(tr("Reading the library"), [entries, library = source_.library](LoadControl&) {
        *entries = library();
        LoadOutcome outcome;
        outcome.word = QStringLiteral("read");
        return outcome;
    });
}

void MainWindow::make_panes() {
    auto* body = new QWidget(this);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(measure::between_panels, measure::between_panels, measure::between_panels, measure::between_panels);
    column->setSpacing(measure::between_panels);
    docks_ = new QMainWindow(body);
    docks_->setWindowFlags(Qt::Widget);  // QMainWindow makes itself a window of its own otherwise
    docks_->setObjectName(QStringLiteral("docks"));
    docks_->setDockNestingEnabled(true);
    docks_->setContextMenuPolicy(Qt::NoContextMenu);
    column->addWidget(docks_, 1);

    docks_->setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    pane_grid_ = std::make_unique<PaneGrid>(*docks_, theme_);
    pane_grid_->make(make_pane_table());
    pane("lens")->set_corner(lens_bar_);
    pane("latency")->set_corner(latency_pane_->corner());
    pane("occupancy")->set_corner(occupancy_pane_->corner());
    pane("throughput")->set_corner(throughput_pane_->corner());
    pane("waterfall")->set_corner(waterfall_pane_->corner());
    pane("entry_map")->set_corner(entry_map_pane_->corner());
    for (PanelDock* pane : panes()) {
        connect(pane, &PanelDock::maximise_wanted, this, [this, pane] { toggle_maximised(pane); });
    }

    TransportActions transport;
    transport.first = actions_[QStringLiteral("first")];
    transport.back = actions_[QStringLiteral("back")];
    transport.play = actions_[QStringLiteral("play")];
    transport.forward = actions_[QStringLiteral("forward")];
    transport.last = actions_[QStringLiteral("last")];
    transport.previous_conversion = actions_[QStringLiteral("previous_conversion")];
    transport.next_conversion = actions_[QStringLiteral("next_conversion")];
    transport.previous_call_entry = actions_[QStringLiteral("previous_call_entry")];
    transport.next_call_entry = actions_[QStringLiteral("next_call_entry")];
    transport_ = new TransportBar(playback_, theme_, transport, body);
    live_bar_ = new LiveBar(live_sessions_, theme_, body);
    column->addWidget(live_bar_);
    column->addWidget(transport_);
    transport_->scrubber()->show_notes(note_book_);
    notice_ = new NoticeBar(theme_, body);
    palette_ = new CommandPalette(palette_model_, theme_, this);
    until_bar_ = new UntilBar(playback_, theme_, this);
    setCentralWidget(body);
}

std::vector<PaneRow> MainWindow::make_pane_table() {
    library_view_ = new LibraryView(library_model_, theme_);
    stage_view_ = new StageView(playback_, stage_model_, theme_);
    lens_view_ = new LensView(playback_, lens_model_, theme_);
    lens_bar_ = new LensBar(lens_model_, *lens_view_, this);
    inspector_ = new MemberInspector(playback_, member_model_, theme_);
    member_card_ = new MemberCard(playback_, lens_model_, theme_);
    ledger_ = new LedgerView(playback_, call_entry_model_, theme_);
    chain_view_ = new ChainView(playback_, handle_chain_model_, theme_);
    bytes_view_ = new BytesView(playback_, hex_model_, theme_);
    narration_ = new NarrationView(playback_, theme_);
    narration_->tell_stage(stage_model_);
    narration_->tell_notes(note_book_);
    event_model_.set_notes(note_book_);
    event_view_ = new EventListView(playback_, event_model_, theme_);
    findings_view_ = new FindingsView(playback_, finding_model_, library_model_, theme_);
    rule_book_ = new RuleBookView(playback_, rule_model_, theme_);
    bookmarks_view_ = new BookmarksView(playback_, bookmark_model_, theme_);
    differences_view_ = new DifferencesView(theme_);
    notes_view_ = new NotesView(playback_, note_book_, theme_);
    questions_view_ = new QuestionsView(playback_, question_model_, theme_);
    choices_view_ = new ChoicesView(playback_, branch_model_, theme_);
    comparison_view_ = new ComparisonView(comparison_model_, theme_);
    sequence_pane_ = new SequencePane(playback_, sequence_model_, theme_);
    state_trees_ = new StateTreePane(playback_, theme_);
    latency_pane_ = new LatencyPane(playback_, timing_model_, theme_);
    occupancy_pane_ = new LoadPane(LoadView::Figure::occupancy, playback_, timing_model_, theme_);
    throughput_pane_ = new LoadPane(LoadView::Figure::throughput, playback_, timing_model_, theme_);
    waterfall_pane_ = new WaterfallPane(playback_, timing_model_, theme_);
    entry_map_pane_ = new EntryMapPane(playback_, timing_model_, theme_);
    live_view_ = new LiveView(live_sessions_, theme_);
    driver_bench_ = new DriverBench(live_sessions_, library_model_, theme_);
    return {
        // object name, title, view, cell (panes of one cell are tabs), layouts that show it
        {"library", tr("Scenarios"), library_view_, PaneCell::left_top, layout_learn | layout_debug},
        {"stage", tr("Stage"), stage_view_, PaneCell::centre_top, layout_every},
        {"lens", tr("Conversion lens"), lens_view_, PaneCell::centre_bottom, layout_every},
        {"members", tr("Members"), inspector_, PaneCell::centre_bottom, layout_every},
        {"bytes", tr("Bytes"), bytes_view_, PaneCell::centre_bottom, layout_learn | layout_debug},
        {"call_entries", tr("Call entries"), ledger_, PaneCell::centre_bottom, layout_learn | layout_debug},
        {"handle_chain", tr("Handle chain"), chain_view_, PaneCell::centre_bottom, layout_learn | layout_debug},
        {"state_trees", tr("State trees"), state_trees_, PaneCell::centre_bottom, layout_learn | layout_debug},
        {"narration", tr("Narration"), narration_, PaneCell::right_top, layout_every},
        {"member", tr("Member"), member_card_, PaneCell::right_middle, layout_every},
        {"findings", tr("Findings"), findings_view_, PaneCell::right_middle, layout_every},
        {"events", tr("Events"), event_view_, PaneCell::right_bottom, layout_learn | layout_debug},
        {"live", tr("Live sessions"), live_view_, PaneCell::centre_bottom, layout_debug},
        {"driver", tr("Driver"), driver_bench_, PaneCell::centre_bottom, layout_debug},
        {"choices", tr("Choices"), choices_view_, PaneCell::centre_bottom, layout_debug},
        {"comparison", tr("Side by side"), comparison_view_, PaneCell::centre_bottom, 0},
        {"bookmarks", tr("Bookmarks"), bookmarks_view_, PaneCell::left_bottom, layout_debug},
        {"rules", tr("Rules"), rule_book_, PaneCell::right_bottom, layout_debug},
        {"sequence", tr("Sequence"), sequence_pane_, PaneCell::right_bottom, layout_every},
        {"differences", tr("Differences"), differences_view_, PaneCell::centre_bottom, 0},
        {"notes", tr("Notes"), notes_view_, PaneCell::right_middle, layout_learn | layout_debug},
        {"questions", tr("Questions"), questions_view_, PaneCell::centre_bottom, layout_every},
        {"latency", tr("Latency"), latency_pane_, PaneCell::left_bottom, layout_learn | layout_debug, layout_debug},
        {"occupancy", tr("Occupancy"), occupancy_pane_, PaneCell::left_bottom, layout_debug},
        {"throughput", tr("Throughput"), throughput_pane_, PaneCell::left_bottom, 0},
        {"waterfall", tr("Waterfall"), waterfall_pane_, PaneCell::centre_bottom, layout_learn | layout_debug},
        {"entry_map", tr("Entry map"), entry_map_pane_, PaneCell::centre_bottom, layout_debug},
    };
}

void MainWindow::choose_layout(PaneLayout layout) {
    if (maximised_ != nullptr) toggle_maximised(maximised_);
    layout_ = layout;
    pane_grid_->arrange(layout);
    const std::pair<const char*, PaneLayout> names[] = {{"layout_teach", layout_teach}, {"layout_learn", layout_learn}, {"layout_debug", layout_debug}};
    for (const auto& [name, its] : names) {
        if (its == layout) actions_[QLatin1String(name)]->setChecked(true);
    }
}

void MainWindow::restore_arrangement() {
    if (!settings_) return;
    const QByteArray geometry = settings_->value(QStringLiteral("window/geometry")).toByteArray();
    if (!geometry.isEmpty()) restoreGeometry(geometry);
    const QByteArray state = settings_->value(QStringLiteral("window/arrangement")).toByteArray();
    if (!state.isEmpty()) arrangement_restored_ = docks_->restoreState(state, pane_grid_->version());
    playback_.set_speed(settings_->value(QStringLiteral("playback/speed"), 1.0).toDouble());
    set_reduced_motion(settings_->value(QStringLiteral("playback/reduced_motion"), false).toBool());
    lens_bar_->recall(*settings_);
    questions_view_->recall(*settings_);
    if (const QString language = settings_->value(QStringLiteral("scenario/language")).toString(); !language.isEmpty()) tell_scenarios_in(language);
    const QString theme = settings_->value(QStringLiteral("window/theme")).toString();
    if (theme == QLatin1String("light")) choose_theme(Theme::Choice::light);
    if (theme == QLatin1String("dark")) choose_theme(Theme::Choice::dark);
    if (theme == QLatin1String("high contrast")) choose_theme(Theme::Choice::high_contrast);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    loader_.cancel();
    playback_.pause();
    if (maximised_ != nullptr) toggle_maximised(maximised_);
    if (settings_) {
        settings_->setValue(QStringLiteral("window/geometry"), saveGeometry());
        settings_->setValue(QStringLiteral("window/arrangement"), docks_->saveState(pane_grid_->version()));
        settings_->setValue(QStringLiteral("playback/speed"), playback_.speed());
        settings_->setValue(QStringLiteral("playback/reduced_motion"), reduced_motion_);
        lens_bar_->remember(*settings_);
        questions_view_->remember(*settings_);
        settings_->sync();
    }
    QMainWindow::closeEvent(event);
}

bool MainWindow::event(QEvent* event) {
    const bool done = QMainWindow::event(event);
    // Everything that was to be painted has been, and the display has it.
    if (event->type() == QEvent::UpdateRequest) live_sessions_.painted();
    return done;
}

void MainWindow::showEvent(QShowEvent* event) {
    QMainWindow::showEvent(event);
    // Only now the window has the size in which the panes stand.
    if (shown_before_) return;
    shown_before_ = true;
    if (arrangement_restored_) return;
    layout()->activate();
    docks_->layout()->activate();
    pane_grid_->share_out(layout_);
}

void MainWindow::changeEvent(QEvent* event) {
    if (event->type() == QEvent::ApplicationPaletteChange && !applying_theme_) theme_.system_palette_changed();
    QMainWindow::changeEvent(event);
}

void MainWindow::choose_theme(Theme::Choice choice) {
    theme_.choose(choice);
    const std::pair<const char*, Theme::Choice> names[] = {{"theme_system", Theme::Choice::system},
                                                           {"theme_light", Theme::Choice::light},
                                                           {"theme_dark", Theme::Choice::dark},
                                                           {"theme_high_contrast", Theme::Choice::high_contrast}};
    for (const auto& [name, its] : names) {
        if (its == choice) actions_[QLatin1String(name)]->setChecked(true);
    }
}

void MainWindow::apply_theme() {
    applying_theme_ = true;
    setPalette(theme_.palette());
    setStyleSheet(theme_.style_sheet());
    applying_theme_ = false;
    update();
}

void MainWindow::set_reduced_motion(bool reduced) {
    reduced_motion_ = reduced;
    stage_view_->set_reduced_motion(reduced);
    lens_view_->set_reduced_motion(reduced);
    actions_[QStringLiteral("reduced_motion")]->setChecked(reduced);
}

void MainWindow::open_scenario(const QString& id, const QString& variant) { run({id, variant, schedule_, {}}); }

void MainWindow::run(const RunRequest& request) {
    branch_model_.clear();
    RunRequest whole = request;
    // A whole run: choices belong to one only when the schedule goes on after them.
    whole.manual = request.schedule_goes_on && !request.choices.isEmpty();
    if (!whole.manual) whole.choices.clear();
    start(whole);
}

void MainWindow::start(const RunRequest& request) {
    if (!source_.scenario) return;
    const LibraryEntry* entry = library_model_.entry(request.scenario);
    request_ = request;
    if (entry != nullptr) request_.scenario = entry->id;
    library_model_.set_current(request_.scenario, request_.variant);
    update_actions();
    QString what = entry != nullptr ? tr("Running %1 “%2”").arg(entry->number, entry->title) : tr("Running %1").arg(request_.scenario);
    if (const LibraryVariant* variant = library_model_.variant(request_.scenario, request_.variant)) what += tr(", variant “%1”").arg(variant->title);
    if (!request_.drivers.isEmpty()) what += tr(" with %1").arg(QFileInfo(request_.drivers.front()).fileName());
    loader_.start(what, source_.scenario(request_));
}

void MainWindow::choose_schedule(const QString& schedule) {
    schedule_ = schedule;
    library_view_->show_schedule(schedule);
    if (request_.scenario.isEmpty()) return;
    RunRequest again = request_;
    again.schedule = schedule;
    again.choices.clear();  // of another order
    if (branch_model_.active()) branch_model_.begin(again);
    else run(again);
}

void MainWindow::open_file(const QString& path) {
    if (!source_.file) return;
    loader_.start(tr("Opening %1").arg(QFileInfo(path).fileName()), source_.file(path));
}

void MainWindow::show_session(SessionPointer session) {
    notice_->clear();
    if (!session->id.isEmpty() || !session->path.isEmpty()) library_model_.set_current(session->id, session->variant);
    if (!session->path.isEmpty()) request_ = {session->id, session->variant, session->schedule, {}};
    setWindowTitle(session->title.isEmpty() ? tr("ChimneyLab") : tr("%1 – ChimneyLab").arg(session->title));
    const QString report = session->crash_report;
    // After a choice one sees what it brings: from where the person was asked, playing.
    const Branch* branch = branch_model_.current_branch();
    const bool chosen = session->manual && branch != nullptr && !branch->choices.isEmpty();
    if (!session->manual) branch_model_.clear();
    playback_.open(session);
    branch_model_.take(session);
    if (session->manual) {
        const auto point = static_cast<std::size_t>(chosen ? branch->choices.size() - 1 : 0);
        if (point < session->choice_points.size()) playback_.seek(session->choice_points[point].after);
        if (chosen && !reduced_motion_) playback_.play();
        else if (chosen) playback_.last();
        // The question has the keyboard: the arrow keys choose, Enter takes.
        if (session->stopped_at_choice && choices_view_->isVisible()) choices_view_->pending()->setFocus(Qt::OtherFocusReason);
    }
    restore_arrangement_of_session();
    // What is broken comes to the front of its tabs; a pane that was closed stays closed.
    if (!playback_.session()->findings.rows.empty() && !pane("findings")->isHidden()) pane("findings")->raise();
    // Where a run ended before its time is what one wants to see: its last event, with the finding that tells it.
    if (!report.isEmpty() && playback_.event_count() > 0) {
        playback_.last();
        const auto [first, last] = playback_.session()->findings.at(playback_.position());
        if (first < last) findings_view_->choose(static_cast<int>(first));
    }
    if (!report.isEmpty()) notice_->show_problem(tr("The run ended before its time. %1").arg(report.section(QLatin1Char('\n'), 0, 0)));
    Q_EMIT session_shown();
}

void MainWindow::open_with_dialog() {
    auto* dialog = new QFileDialog(this, tr("Open a recorded session"), QString(), tr("Sessions (*.chimney);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::open_file);
    dialog->open();
}

void MainWindow::save_with_dialog() {
    if (!playback_.session()) return;
    auto* dialog = new QFileDialog(this, tr("Save the session"), QString(), tr("Sessions (*.chimney)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("chimney"));
    const QString id = playback_.session()->id;
    dialog->selectFile((id.isEmpty() ? QStringLiteral("session") : id) + QStringLiteral(".chimney"));
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::save_to);
    dialog->open();
}

bool MainWindow::show_alone(const QString& name) {
    PanelDock* wanted = pane(name.toLatin1().constData());
    if (wanted == nullptr) return false;
    if (maximised_ != nullptr && maximised_ != wanted) toggle_maximised(maximised_);
    if (maximised_ == nullptr) toggle_maximised(wanted);
    return true;
}

void MainWindow::toggle_maximised(PanelDock* pane) {
    if (maximised_ != nullptr) {
        PanelDock* was = maximised_;
        maximised_ = nullptr;
        was->set_maximised(false);
        docks_->restoreState(before_maximised_, pane_grid_->version());
        return;
    }
    before_maximised_ = docks_->saveState(pane_grid_->version());
    maximised_ = pane;
    pane->setFloating(false);
    for (PanelDock* other : panes()) other->setVisible(other == pane);
    pane->set_maximised(true);
}

}  // namespace chimneylab::desktop

#include "moc_main_window.cpp"
