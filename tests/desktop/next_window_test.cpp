// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A stream goes on in another window: the views hear of it in turn. Until then they are painted, clicked and asked with what
// they know, whatever numbers the new window has; in the end they show what they would if it had been opened at once.
#include <QComboBox>
#include <QSignalSpy>
#include <QTest>
#include <QTreeView>

#include <gtest/gtest.h>

#include "app/desktop/handle_chain/chain_view.h"
#include "app/desktop/ledger/ledger_view.h"
#include "app/desktop/main_window/main_window.h"
#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/models/call_entry_model.h"
#include "app/desktop/models/handle_chain_model.h"
#include "app/desktop/models/hex_model.h"
#include "app/desktop/narration/narration_view.h"
#include "app/desktop/state_tree/state_tree_pane.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

using trace::EventId;
using trace::RegionId;

SessionPointer window_of(unsigned repeat, unsigned intermediate_drivers = 2, bool leak = false) {
    trace::synthetic::Options options;
    options.intermediate_drivers = intermediate_drivers;
    options.connections = 2;
    options.operations = {trace::OperationKind::initiate, trace::OperationKind::query, trace::OperationKind::terminate};
    options.repeat = repeat;
    options.leak_call_entry = leak;
    return testing::synthetic_session(options, QStringLiteral("stream"));
}

SessionPointer one_operation() { return testing::synthetic_session({}, QStringLiteral("stream")); }

void ask_everything(const QAbstractItemModel& model, const QModelIndex& parent = {}) {
    for (int row = 0; row < model.rowCount(parent); ++row) {
        for (int column = 0; column < model.columnCount(parent); ++column)
            for (int role = 0; role < Qt::UserRole + 12; ++role) (void)model.data(model.index(row, column, parent), role);
        ask_everything(model, model.index(row, 0, parent));
    }
}

class Reader : public QObject {
public:
    Reader(PlaybackModel& playback, const char* name, QStringList& told) : name_(QLatin1String(name)), told_(told) {
        playback.tell_session(this, &Reader::session);
        playback.tell(this, &Reader::place);
        playback.tell_growth(this, &Reader::growth);
    }

private:
    void session() { told_ << name_ + QStringLiteral(" session"); }
    void place() { told_ << name_ + QStringLiteral(" place"); }
    void growth() { told_ << name_ + QStringLiteral(" growth"); }
    QString name_;
    QStringList& told_;
};

TEST(NextWindow, ReadersHearOfItInTurnAndOfThePlaceAfterwards) {
    PlaybackModel playback;
    QStringList told;
    Reader first(playback, "first", told), second(playback, "second", told);
    playback.open(window_of(3));
    EXPECT_EQ(told, QStringList({"first session", "second session", "first place", "second place"})) << "at once";
    told.clear();
    QSignalSpy changed(&playback, &PlaybackModel::session_changed);
    playback.follow(one_operation());
    EXPECT_EQ(changed.count(), 1);
    EXPECT_TRUE(told.isEmpty());
    EXPECT_TRUE(playback.tell_some());
    EXPECT_EQ(told, QStringList({"first session"}));
    playback.tell_some();
    EXPECT_EQ(told, QStringList({"first session", "second session"}));
    while (playback.tell_some()) {
    }
    told.sort();
    EXPECT_EQ(told, QStringList({"first place", "first session", "second place", "second session"})) << "each of each, once";
    // Whoever goes somewhere goes in the window that there is.
    playback.follow(window_of(3));
    told.clear();
    playback.seek(EventId(1));
    EXPECT_EQ(told, QStringList({"first session", "second session", "first place", "second place"}));
    playback.follow(one_operation());
    told.clear();
    playback.rest();
    EXPECT_EQ(told.mid(0, 4), QStringList({"first session", "second session", "first place", "second place"}));
    EXPECT_FALSE(playback.tell_some()) << "nobody is behind any more";
}

TEST(NextWindow, MemoryOfTheLastOneIsNotChosenInThisOne) {
    PlaybackModel playback;
    const SessionPointer large = window_of(40), small = one_operation();
    playback.open(large);
    const RegionId last(static_cast<std::uint32_t>(large->trace->region_count() - 1));
    ASSERT_GE(last.value, small->trace->region_count());
    playback.follow(small);
    playback.choose_region(last);
    EXPECT_FALSE(playback.region_chosen());
    playback.choose_region(RegionId(0));
    EXPECT_TRUE(playback.region_chosen());
}

TEST(NextWindow, ALateModelTellsOfTheWindowThatItKnows) {
    PlaybackModel playback;
    CallEntryModel entries(playback);
    HandleChainModel chain(playback);
    const SessionPointer large = window_of(40), small = one_operation();
    playback.open(large);
    playback.last();
    const int rows = entries.rowCount();
    const QString first = entries.index(0, CallEntryModel::operation).data().toString(), summary = entries.summary();
    ASSERT_GT(rows, static_cast<int>(small->history->call_entries().size()));
    playback.follow(small);
    EXPECT_TRUE(entries.late());
    EXPECT_EQ(entries.rowCount(), rows);
    EXPECT_EQ(entries.index(0, CallEntryModel::operation).data().toString(), first);
    EXPECT_EQ(entries.summary(), summary);
    ask_everything(entries);
    entries.sort(CallEntryModel::age, Qt::DescendingOrder);
    ask_everything(entries);
    EXPECT_EQ(entries.row_of(large->history->call_entries().back().region), -1) << "memory of another window";
    // Whatever makes it look makes it look at the present one.
    playback.choose_region(RegionId(0));
    EXPECT_FALSE(entries.late());
    EXPECT_EQ(entries.rowCount(), static_cast<int>(small->history->call_entries().size()));
    EXPECT_LE(chain.objects().size(), 3);
    HandleChainModel fresh(playback);
    EXPECT_EQ(chain.objects(), fresh.objects());
    EXPECT_EQ(chain.chain().object, fresh.chain().object);
    EXPECT_EQ(chain.summary(), fresh.summary());
}

TEST(NextWindow, AnObjectThatWasPickedStaysPicked) {
    PlaybackModel playback;
    HandleChainModel chain(playback);
    playback.open(window_of(2));
    ASSERT_TRUE(chain.objects().contains(QStringLiteral("T1")));
    chain.pick(QStringLiteral("T1"));
    playback.follow(window_of(5));
    while (playback.tell_some()) {
    }
    EXPECT_EQ(chain.picked(), QStringLiteral("T1"));
    EXPECT_EQ(chain.chain().object, QStringLiteral("T1"));
    playback.open(window_of(2));
    EXPECT_EQ(chain.picked(), QString()) << "another session begins anew";
}

TEST(NextWindow, EveryPaneIsPaintedAndAskedWhileItIsLateAndThenShowsTheNew) {
    MainWindow window(testing::synthetic_source(), nullptr), fresh(testing::synthetic_source(), nullptr);
    for (MainWindow* each : {&window, &fresh}) {
        each->resize(1366, 768);
        each->choose_layout(layout_debug);
        each->show();
    }
    const SessionPointer large = window_of(20, 3, true), small = one_operation();
    PlaybackModel& playback = window.playback();
    const auto ask_all = [&] {
        for (const QAbstractItemModel* model : std::initializer_list<const QAbstractItemModel*>{
                 &window.event_model(), &window.member_model(), &window.finding_model(), &window.lens_model(), &window.rule_model(), &window.bookmark_model()})
            ask_everything(*model);
        for (QAbstractItemView* view : window.findChildren<QAbstractItemView*>())
            if (view->model() != nullptr && view->model()->rowCount() < 2000) ask_everything(*view->model());
    };
    const auto paint_all = [&] {
        for (PanelDock* pane : window.panes()) {
            pane->raise();
            pane->show();
            (void)pane->grab();
        }
        (void)window.grab();
    };
    playback.open(large);
    playback.last();
    paint_all();
    for (int i = 0; i < 2; ++i) {
        playback.follow(i == 0 ? small : large);
        paint_all();
        ask_all();
        window.narration()->whole_text();
        for (int told = 0; told < 2 && playback.tell_some(); ++told) {
            paint_all();
            ask_all();
        }
        playback.follow(i == 0 ? large : small);  // again before all have heard of it
        paint_all();
        ask_all();
        while (playback.tell_some()) {
        }
    }
    ASSERT_EQ(playback.session(), small);
    fresh.playback().open(small);
    fresh.playback().seek(playback.position());
    paint_all();
    EXPECT_EQ(window.narration()->whole_text(), fresh.narration()->whole_text());
    EXPECT_EQ(window.narration()->toPlainText().isEmpty(), false);
    EXPECT_EQ(window.member_model().rows().size(), fresh.member_model().rows().size());
    EXPECT_EQ(window.lens_model().summary(), fresh.lens_model().summary());
    EXPECT_EQ(window.finding_model().rowCount(), fresh.finding_model().rowCount());
}

TEST(NextWindow, TheDriverThatWasChosenInTheLedgerStaysChosen) {
    MainWindow window(testing::synthetic_source(), nullptr);
    window.show();
    PlaybackModel& playback = window.playback();
    playback.open(window_of(3));
    QComboBox* drivers = window.ledger()->findChild<QComboBox*>();
    ASSERT_NE(drivers, nullptr);
    const int chosen = drivers->findText(QStringLiteral("IM 2"));
    ASSERT_GT(chosen, 0);
    drivers->setCurrentIndex(chosen);
    Q_EMIT drivers->activated(chosen);
    playback.follow(window_of(7));
    while (playback.tell_some()) {
    }
    EXPECT_EQ(drivers->currentText(), QStringLiteral("IM 2"));
    playback.follow(window_of(2, 1));
    while (playback.tell_some()) {
    }
    EXPECT_EQ(drivers->currentIndex(), 0) << "there is none of that name";
    playback.open(window_of(3));
    EXPECT_EQ(drivers->currentIndex(), 0) << "another session begins anew";
}

}  // namespace
}  // namespace chimneylab::desktop
