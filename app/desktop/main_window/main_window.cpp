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

#include "app/desktop/event_list/event_list_view.h"
#include "app/desktop/inspector/member_inspector.h"
#include "app/desktop/library/library_view.h"
#include "app/desktop/main_window/notice_bar.h"
#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/models/event_text.h"
#include "app/desktop/narration/narration_view.h"
#include "app/desktop/stage/stage_view.h"
#include "app/desktop/transport/transport_bar.h"

namespace chimneylab::desktop {

namespace {
constexpr int arrangement_version = 1;
}

MainWindow::MainWindow(SessionSource source, std::unique_ptr<QSettings> settings, QWidget* parent)
    : QMainWindow(parent),
      source_(std::move(source)),
      settings_(std::move(settings)),
      stage_model_(playback_),
      event_model_(playback_),
      member_model_(playback_) {
    setWindowTitle(tr("ChimneyLab"));
    setAttribute(Qt::WA_WindowPropagation);
    setMinimumSize(900, 560);
    make_actions();
    make_panes();
    make_menus();
    arrange();
    first_arrangement_ = docks_->saveState(arrangement_version);

    connect(&theme_, &Theme::changed, this, &MainWindow::apply_theme);
    connect(&playback_, &PlaybackModel::session_changed, this, &MainWindow::update_actions);
    connect(&playback_, &PlaybackModel::position_changed, this, &MainWindow::update_actions);
    connect(&playback_, &PlaybackModel::playing_changed, this, &MainWindow::update_actions);
    connect(&playback_, &PlaybackModel::shown_events_changed, this, &MainWindow::update_actions);
    connect(&stage_model_, &StageModel::scene_changed, this, [this] {
        const StageScene& scene = stage_model_.scene();
        stage_pane_->set_summary(scene.empty() ? QString() : scene.subtitle);
    });
    connect(narration_, &NarrationView::summary_changed, narration_pane_, &PanelDock::set_summary);
    connect(event_view_, &EventListView::summary_changed, event_pane_, &PanelDock::set_summary);
    connect(inspector_, &MemberInspector::summary_changed, member_pane_, &PanelDock::set_summary);
    connect(stage_view_, &StageView::member_wanted, inspector_, &MemberInspector::show_member);
    connect(library_view_, &LibraryView::scenario_wanted, this, &MainWindow::open_scenario);
    connect(&loader_, &SessionLoader::started, notice_, &NoticeBar::show_progress);
    connect(&loader_, &SessionLoader::progressed, notice_, &NoticeBar::set_percent);
    connect(&loader_, &SessionLoader::cancelled, notice_, &NoticeBar::clear);
    connect(&loader_, &SessionLoader::finished, this, &MainWindow::show_session);
    connect(&loader_, &SessionLoader::failed, this, [this](const QString& what, const QString& problem) {
        notice_->show_problem(tr("%1 did not work. %2").arg(what, problem));
        Q_EMIT session_refused(problem);
    });
    connect(notice_, &NoticeBar::cancel_wanted, &loader_, &SessionLoader::cancel);
    connect(&saver_, &SessionLoader::done, notice_, &NoticeBar::show_word);
    connect(&saver_, &SessionLoader::failed, this,
            [this](const QString& what, const QString& problem) { notice_->show_problem(tr("%1 did not work. %2").arg(what, problem)); });
    read_library();
    apply_theme();
    update_actions();
    stage_view_->setFocus();
}

MainWindow::~MainWindow() = default;

void MainWindow::read_library() {
    if (!source_.library) return;
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

    stage_view_ = new StageView(playback_, stage_model_, theme_);
    event_view_ = new EventListView(playback_, event_model_, theme_);
    inspector_ = new MemberInspector(playback_, member_model_, theme_);
    narration_ = new NarrationView(playback_, theme_);
    library_view_ = new LibraryView(library_model_, theme_);
    library_pane_ = new PanelDock(QStringLiteral("library"), tr("Scenarios"), theme_, library_view_, docks_);
    stage_pane_ = new PanelDock(QStringLiteral("stage"), tr("Stage"), theme_, stage_view_, docks_);
    narration_pane_ = new PanelDock(QStringLiteral("narration"), tr("Narration"), theme_, narration_, docks_);
    event_pane_ = new PanelDock(QStringLiteral("events"), tr("Events"), theme_, event_view_, docks_);
    member_pane_ = new PanelDock(QStringLiteral("members"), tr("Members"), theme_, inspector_, docks_);
    panes_ = {library_pane_, stage_pane_, narration_pane_, event_pane_, member_pane_};
    for (PanelDock* pane : panes_) {
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
    column->addWidget(transport_);
    notice_ = new NoticeBar(theme_, body);
    setCentralWidget(body);
}

void MainWindow::arrange() {
    for (PanelDock* pane : panes_) {
        docks_->removeDockWidget(pane);
        pane->setFloating(false);
    }
    docks_->addDockWidget(Qt::TopDockWidgetArea, library_pane_);
    docks_->splitDockWidget(library_pane_, stage_pane_, Qt::Horizontal);
    docks_->splitDockWidget(stage_pane_, narration_pane_, Qt::Horizontal);
    docks_->splitDockWidget(stage_pane_, member_pane_, Qt::Vertical);
    docks_->splitDockWidget(narration_pane_, event_pane_, Qt::Vertical);
    for (PanelDock* pane : panes_) pane->show();
    docks_->resizeDocks({library_pane_, stage_pane_, narration_pane_}, {222, 764, 348}, Qt::Horizontal);
    docks_->resizeDocks({stage_pane_, member_pane_}, {356, 286}, Qt::Vertical);
    docks_->resizeDocks({narration_pane_, event_pane_}, {196, 446}, Qt::Vertical);
}

void MainWindow::restore_arrangement() {
    if (!settings_) return;
    const QByteArray geometry = settings_->value(QStringLiteral("window/geometry")).toByteArray();
    if (!geometry.isEmpty()) restoreGeometry(geometry);
    const QByteArray state = settings_->value(QStringLiteral("window/arrangement")).toByteArray();
    if (!state.isEmpty()) docks_->restoreState(state, arrangement_version);
    playback_.set_speed(settings_->value(QStringLiteral("playback/speed"), 1.0).toDouble());
    set_reduced_motion(settings_->value(QStringLiteral("playback/reduced_motion"), false).toBool());
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
        settings_->setValue(QStringLiteral("window/arrangement"), docks_->saveState(arrangement_version));
        settings_->setValue(QStringLiteral("playback/speed"), playback_.speed());
        settings_->setValue(QStringLiteral("playback/reduced_motion"), reduced_motion_);
        settings_->sync();
    }
    QMainWindow::closeEvent(event);
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
    actions_[QStringLiteral("reduced_motion")]->setChecked(reduced);
}

void MainWindow::open_scenario(const QString& id) {
    const LibraryEntry* entry = library_model_.entry(id);
    if (!source_.scenario) return;
    library_model_.set_current(entry != nullptr ? entry->id : id);
    update_actions();
    loader_.start(entry != nullptr ? tr("Running %1 “%2”").arg(entry->number, entry->title) : tr("Running %1").arg(id), source_.scenario(id));
}

void MainWindow::open_file(const QString& path) {
    if (!source_.file) return;
    loader_.start(tr("Opening %1").arg(QFileInfo(path).fileName()), source_.file(path));
}

void MainWindow::show_session(SessionPointer session) {
    notice_->clear();
    bookmarks_.clear();
    if (!session->id.isEmpty() || !session->path.isEmpty()) library_model_.set_current(session->id);
    setWindowTitle(session->title.isEmpty() ? tr("ChimneyLab") : tr("%1 – ChimneyLab").arg(session->title));
    playback_.open(std::move(session));
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

void MainWindow::toggle_maximised(PanelDock* pane) {
    if (maximised_ != nullptr) {
        PanelDock* was = maximised_;
        maximised_ = nullptr;
        was->set_maximised(false);
        docks_->restoreState(before_maximised_, arrangement_version);
        return;
    }
    before_maximised_ = docks_->saveState(arrangement_version);
    maximised_ = pane;
    pane->setFloating(false);
    for (PanelDock* other : panes_) other->setVisible(other == pane);
    pane->set_maximised(true);
}

}  // namespace chimneylab::desktop
