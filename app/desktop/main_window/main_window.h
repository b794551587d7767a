// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The one window: menus and shortcuts, the panes in their docks, the transport below them. It makes the models and
// hands them to the views; the views never meet. GUI thread only.
#pragma once

#include <QAction>
#include <QMainWindow>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QSettings>
#include <memory>
#include <optional>

#include "app/desktop/main_window/pane_layout.h"
#include "app/desktop/models/bookmark_model.h"
#include "app/desktop/models/branch_model.h"
#include "app/desktop/models/call_entry_model.h"
#include "app/desktop/models/comparison_model.h"
#include "app/desktop/models/event_list_model.h"
#include "app/desktop/models/finding_model.h"
#include "app/desktop/models/handle_chain_model.h"
#include "app/desktop/models/hex_model.h"
#include "app/desktop/models/lens_model.h"
#include "app/desktop/models/library_model.h"
#include "app/desktop/models/live_sessions.h"
#include "app/desktop/models/member_model.h"
#include "app/desktop/models/note_book.h"
#include "app/desktop/models/palette_model.h"
#include "app/desktop/models/playback_model.h"
#include "app/desktop/models/question_model.h"
#include "app/desktop/models/rule_model.h"
#include "app/desktop/models/sequence_model.h"
#include "app/desktop/models/session_source.h"
#include "app/desktop/models/stage_model.h"
#include "app/desktop/models/timing_model.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class BookmarksView;
class BytesView;
class ChainView;
class ChoicesView;
class CommandPalette;
class ComparisonView;
class DifferencesView;
class DriverBench;
class EntryMapPane;
class EventListView;
class FindingsView;
class LatencyPane;
class LedgerView;
class LensBar;
class LensView;
class LibraryView;
class LiveBar;
class LiveView;
class LoadPane;
class MemberCard;
class MemberInspector;
class MenuCorner;
class NarrationView;
class NotesView;
class NoticeBar;
class PanelDock;
class QuestionsView;
class RuleBookView;
class SequencePane;
class StateTreePane;
class StageView;
class TransportBar;
class UntilBar;
class WaterfallPane;

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    // `settings` remembers the arrangement; null remembers nothing (screenshots, tests).
    MainWindow(SessionSource source, std::unique_ptr<QSettings> settings, QWidget* parent = nullptr);
    ~MainWindow() override;

    void open_scenario(const QString& id, const QString& variant = {});  // with the schedule and drivers chosen
    void run(const RunRequest& request);
    void open_file(const QString& path);
    void choose_theme(Theme::Choice choice);
    void set_reduced_motion(bool reduced);
    // The language of scenarios' texts, by its code; empty: the system's. Library and narration follow.
    void tell_scenarios_in(const QString& language);
    void restore_arrangement();

    [[nodiscard]] PlaybackModel& playback() { return playback_; }
    [[nodiscard]] StageModel& stage_model() { return stage_model_; }
    [[nodiscard]] LibraryModel& library_model() { return library_model_; }
    [[nodiscard]] EventListModel& event_model() { return event_model_; }
    [[nodiscard]] MemberModel& member_model() { return member_model_; }
    [[nodiscard]] FindingModel& finding_model() { return finding_model_; }
    [[nodiscard]] RuleModel& rule_model() { return rule_model_; }
    [[nodiscard]] SessionLoader& loader() { return loader_; }
    [[nodiscard]] const Theme& theme() const { return theme_; }
    [[nodiscard]] StageView* stage_view() const { return stage_view_; }
    [[nodiscard]] EventListView* event_view() const { return event_view_; }
    [[nodiscard]] LensModel& lens_model() { return lens_model_; }
    [[nodiscard]] LensView* lens_view() const { return lens_view_; }
    [[nodiscard]] LensBar* lens_bar() const { return lens_bar_; }
    [[nodiscard]] LedgerView* ledger() const { return ledger_; }
    [[nodiscard]] ChainView* chain_view() const { return chain_view_; }
    [[nodiscard]] BytesView* bytes_view() const { return bytes_view_; }
    [[nodiscard]] MemberCard* member_card() const { return member_card_; }
    [[nodiscard]] MemberInspector* inspector() const { return inspector_; }
    [[nodiscard]] NarrationView* narration() const { return narration_; }
    [[nodiscard]] TransportBar* transport() const { return transport_; }
    [[nodiscard]] LibraryView* library_view() const { return library_view_; }
    [[nodiscard]] FindingsView* findings_view() const { return findings_view_; }
    [[nodiscard]] RuleBookView* rule_book() const { return rule_book_; }
    [[nodiscard]] BookmarkModel& bookmark_model() { return bookmark_model_; }
    [[nodiscard]] BranchModel& branch_model() { return branch_model_; }
    [[nodiscard]] ComparisonModel& comparison_model() { return comparison_model_; }
    [[nodiscard]] PaletteModel& palette_model() { return palette_model_; }
    [[nodiscard]] ChoicesView* choices_view() const { return choices_view_; }
    [[nodiscard]] ComparisonView* comparison_view() const { return comparison_view_; }
    [[nodiscard]] CommandPalette* command_palette() const { return palette_; }
    [[nodiscard]] MenuCorner* menu_corner() const { return menu_corner_; }
    [[nodiscard]] UntilBar* until_bar() const { return until_bar_; }
    [[nodiscard]] SequencePane* sequence_pane() const { return sequence_pane_; }
    [[nodiscard]] StateTreePane* state_trees() const { return state_trees_; }
    [[nodiscard]] DifferencesView* differences_view() const { return differences_view_; }
    [[nodiscard]] NoteBook& note_book() { return note_book_; }
    [[nodiscard]] NotesView* notes_view() const { return notes_view_; }
    [[nodiscard]] QuestionModel& question_model() { return question_model_; }
    [[nodiscard]] QuestionsView* questions_view() const { return questions_view_; }
    // Where sessions go that have notes and are in no file, when they leave the stage. Empty: nowhere.
    void set_keep_folder(const QString& folder);
    [[nodiscard]] TimingModel& timing_model() { return timing_model_; }
    [[nodiscard]] LatencyPane* latency_pane() const { return latency_pane_; }
    [[nodiscard]] LoadPane* occupancy_pane() const { return occupancy_pane_; }
    [[nodiscard]] LoadPane* throughput_pane() const { return throughput_pane_; }
    [[nodiscard]] WaterfallPane* waterfall_pane() const { return waterfall_pane_; }
    [[nodiscard]] EntryMapPane* entry_map_pane() const { return entry_map_pane_; }
    [[nodiscard]] LiveSessions& live_sessions() { return live_sessions_; }
    [[nodiscard]] LiveView* live_view() const { return live_view_; }
    [[nodiscard]] LiveBar* live_bar() const { return live_bar_; }
    [[nodiscard]] DriverBench* driver_bench() const { return driver_bench_; }
    [[nodiscard]] NoticeBar* notice() const { return notice_; }
    [[nodiscard]] const std::vector<PanelDock*>& panes() const { return pane_grid_->panes(); }
    [[nodiscard]] PanelDock* pane(const char* name) const { return pane_grid_->pane(QLatin1String(name)); }
    [[nodiscard]] PaneLayout pane_layout() const { return layout_; }
    void choose_layout(PaneLayout layout);
    void compare_with(const QString& file);  // the session on stage with this one
    void run_with_driver(const QString& file);  // the scenario on stage with this driver; remembered as recent
    [[nodiscard]] PanelDock* maximised_pane() const { return maximised_; }
    bool show_alone(const QString& pane);  // gives it the whole window; false if there is no pane of that name

Q_SIGNALS:
    void library_shown();
    void session_shown();
    void session_refused(const QString& problem);

protected:
    void changeEvent(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    bool event(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    bool focusNextPrevChild(bool next) override;

private:
    void read_library();
    void make_actions();
    void make_menus();
    void make_language_menu(QMenu& view);
    void make_panes();
    [[nodiscard]] std::vector<PaneRow> make_pane_table();  // the place to add a pane
    void apply_theme();
    void update_actions();
    void show_session(SessionPointer session);
    void open_with_dialog();
    void save_with_dialog();
    void save_to(const QString& path);
    void toggle_maximised(PanelDock* pane);
    void go_to_finding(int finding);  // its event, block and member
    void step_finding(int direction);
    void show_rule(const QString& rule);
    void choose_schedule(const QString& schedule);
    void toggle_bookmark();
    void step_bookmark(int direction);
    void step_member_change(int direction);
    void open_palette();
    [[nodiscard]] std::vector<PaletteEntry> palette_entries();
    void show_pane(const char* name);
    void make_navigation_actions();
    void make_question_actions();
    void connect_questions();
    void connect_live();
    void save_live(quint32 number);  // a live session, from its recording
    void copy_recording(const QString& recording, const QString& path);
    void begin_manual_run();
    void start(const RunRequest& request);
    void compare_branches(int one, int other);
    void open_driver_with_dialog();
    void fill_recent_drivers();
    void compare_with_dialog();
    bool rests();  // what is on stage can be read beside the window; else says what to do
    void add_note(bool on_operation);
    void keep_arrangement_with_session();
    void restore_arrangement_of_session();
    void open_kept();
    void save_own_layout();
    void restore_own_layout();
    void show_about();
    void show_shortcuts();
    QAction* action(const QString& name, const QString& text, const QList<QKeySequence>& keys, std::function<void()> what);

    SessionSource source_;
    std::unique_ptr<QSettings> settings_;
    Theme theme_;
    PlaybackModel playback_;
    StageModel stage_model_;
    EventListModel event_model_;
    MemberModel member_model_;
    LensModel lens_model_;
    CallEntryModel call_entry_model_;
    HandleChainModel handle_chain_model_;
    HexModel hex_model_;
    SequenceModel sequence_model_;
    LibraryModel library_model_;
    FindingModel finding_model_;
    RuleModel rule_model_;
    NoteBook note_book_;
    QuestionModel question_model_;
    BookmarkModel bookmark_model_;
    BranchModel branch_model_;
    ComparisonModel comparison_model_;
    PaletteModel palette_model_;
    TimingModel timing_model_;
    LiveSessions live_sessions_;
    SessionLoader loader_;
    SessionLoader saver_;
    SessionLoader exporter_;
    SessionLoader comparer_;
    SessionLoader librarian_;

    QMainWindow* docks_ = nullptr;
    StageView* stage_view_ = nullptr;
    EventListView* event_view_ = nullptr;
    MemberInspector* inspector_ = nullptr;
    LensView* lens_view_ = nullptr;
    LensBar* lens_bar_ = nullptr;
    MemberCard* member_card_ = nullptr;
    LedgerView* ledger_ = nullptr;
    ChainView* chain_view_ = nullptr;
    BytesView* bytes_view_ = nullptr;
    NarrationView* narration_ = nullptr;
    LibraryView* library_view_ = nullptr;
    LiveView* live_view_ = nullptr;
    LiveBar* live_bar_ = nullptr;
    DriverBench* driver_bench_ = nullptr;
    FindingsView* findings_view_ = nullptr;
    RuleBookView* rule_book_ = nullptr;
    BookmarksView* bookmarks_view_ = nullptr;
    DifferencesView* differences_view_ = nullptr;
    NotesView* notes_view_ = nullptr;
    QuestionsView* questions_view_ = nullptr;
    ChoicesView* choices_view_ = nullptr;
    ComparisonView* comparison_view_ = nullptr;
    CommandPalette* palette_ = nullptr;
    UntilBar* until_bar_ = nullptr;
    MenuCorner* menu_corner_ = nullptr;
    QMenu* recent_drivers_ = nullptr;
    SequencePane* sequence_pane_ = nullptr;
    StateTreePane* state_trees_ = nullptr;
    LatencyPane* latency_pane_ = nullptr;
    LoadPane* occupancy_pane_ = nullptr;
    LoadPane* throughput_pane_ = nullptr;
    WaterfallPane* waterfall_pane_ = nullptr;
    EntryMapPane* entry_map_pane_ = nullptr;
    TransportBar* transport_ = nullptr;
    NoticeBar* notice_ = nullptr;
    std::unique_ptr<PaneGrid> pane_grid_;
    PaneLayout layout_ = layout_learn;
    PanelDock* maximised_ = nullptr;
    QByteArray before_maximised_;
    QByteArray first_arrangement_;
    RunRequest request_;  // the last that was asked for
    std::optional<std::pair<QString, NoteBook::Snapshot>> saving_;  // where to, and which notes
    QString keep_folder_;
    QString schedule_;    // of the next run; empty: the scenario's own
    std::map<QString, QAction*> actions_;
    bool reduced_motion_ = false;
    bool arrangement_restored_ = false;
    bool shown_before_ = false;
    bool applying_theme_ = false;
};

}  // namespace chimneylab::desktop
