// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What every pane owes a person, whoever wrote it: a name on every control, a way through all of them by Tab, words that
// can be read in every theme, and nothing clipped at any size of the window.
#include <QAbstractButton>
#include <QAccessible>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QProcess>
#include <QScrollArea>
#include <QSignalSpy>
#include <QStyleOptionComboBox>
#include <QTabBar>
#include <QTest>
#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "app/desktop/main_window/main_window.h"
#include "app/desktop/main_window/panel_dock.h"
#include "app/desktop/stage/stage_view.h"
#include "tests/desktop/synthetic_source.h"

namespace chimneylab::desktop {
namespace {

std::unique_ptr<MainWindow> window_with_a_run(QSize size = {1366, 768}) {
    auto window = std::make_unique<MainWindow>(testing::synthetic_source(), nullptr);
    window->choose_theme(Theme::Choice::light);
    window->set_reduced_motion(true);
    window->resize(size);
    window->show();
    (void)QTest::qWaitForWindowActive(window.get());
    EXPECT_TRUE(QTest::qWaitFor([&] { return window->library_model().rowCount() > 0; }));
    QSignalSpy shown(window.get(), &MainWindow::session_shown);
    window->open_scenario(QStringLiteral("five"));
    EXPECT_TRUE(QTest::qWaitFor([&] { return shown.count() > 0; }, 10'000));
    window->playback().step(trace::Landmark::conversion, 1);
    QTest::qWait(20);
    return window;
}

std::string about(const QWidget* widget) {
    QString text = QLatin1String(widget->metaObject()->className()) + QLatin1Char(' ') + widget->objectName();
    if (const auto* button = qobject_cast<const QAbstractButton*>(widget)) text += QLatin1Char(' ') + button->text();
    for (const QWidget* up = widget->parentWidget(); up != nullptr; up = up->parentWidget()) {
        if (qobject_cast<const PanelDock*>(up) != nullptr) return (text + QStringLiteral(" in pane ") + up->objectName()).toStdString();
    }
    return text.toStdString();
}

// Calls `look` with the window in every layout and with every pane alone.
void everywhere(MainWindow& window, const std::function<void(const QString& where)>& look) {
    for (const auto& [layout, name] : {std::pair{layout_teach, "Teach"}, std::pair{layout_learn, "Learn"}, std::pair{layout_debug, "Debug"}}) {
        window.choose_layout(layout);
        QTest::qWait(10);
        look(QString::fromLatin1(name));
    }
    for (PanelDock* pane : window.panes()) {
        ASSERT_TRUE(window.show_alone(pane->objectName()));
        QTest::qWait(10);
        look(pane->objectName());
    }
    window.choose_layout(layout_learn);
}

// Panes behind a tab are "visible" to Qt, somewhere outside the window; a dock area without panes keeps a bar without tabs.
bool in_sight(const QWidget* widget) {
    const auto* bar = qobject_cast<const QTabBar*>(widget);
    return widget->isVisible() && !widget->visibleRegion().isEmpty() && (bar == nullptr || bar->count() > 0);
}

QList<QWidget*> focusable(MainWindow& window) {
    QList<QWidget*> found;
    for (QWidget* widget : window.findChildren<QWidget*>()) {
        if (widget->window() == &window && in_sight(widget) && widget->isEnabled() && (widget->focusPolicy() & Qt::TabFocus) != 0 && widget->focusProxy() == nullptr) found << widget;
    }
    return found;
}

TEST(Workmanship, EveryControlHasANameForAScreenReader) {
    const auto window = window_with_a_run();
    everywhere(*window, [&](const QString& where) {
        for (QWidget* widget : focusable(*window)) {
            const QAccessibleInterface* reader = QAccessible::queryAccessibleInterface(widget);
            ASSERT_NE(reader, nullptr) << about(widget);
            EXPECT_FALSE(reader->text(QAccessible::Name).trimmed().isEmpty()) << about(widget) << ", seen in " << where.toStdString();
        }
        for (QAbstractButton* button : window->findChildren<QAbstractButton*>()) {
            if (!button->isVisible() || button->window() != window.get()) continue;
            const QAccessibleInterface* reader = QAccessible::queryAccessibleInterface(button);
            EXPECT_FALSE(reader->text(QAccessible::Name).trimmed().isEmpty()) << about(button) << ", seen in " << where.toStdString();
        }
    });
}

TEST(Workmanship, TabGoesThroughEveryControlAndComesBack) {
    const auto window = window_with_a_run();
    everywhere(*window, [&](const QString& where) {
        const QList<QWidget*> all = focusable(*window);
        ASSERT_FALSE(all.isEmpty());
        all.front()->setFocus(Qt::TabFocusReason);
        for (const auto& [key, name] : {std::pair{Qt::Key_Tab, "Tab"}, std::pair{Qt::Key_Backtab, "Shift+Tab"}}) {
            std::set<QWidget*> seen;
            for (int i = 0; i < 3 * all.size() + 5; ++i) {
                QWidget* here = QApplication::focusWidget();
                ASSERT_NE(here, nullptr) << where.toStdString();
                EXPECT_TRUE(in_sight(here)) << name << " leads to " << about(here) << ", which nobody sees in " << where.toStdString();
                seen.insert(here);
                QTest::keyClick(here, key, key == Qt::Key_Backtab ? Qt::ShiftModifier : Qt::NoModifier);
            }
            // Of buttons of which one is always down, Tab reaches one; the arrow keys the others.
            const auto reached = [&seen](QWidget* widget) {
                const auto* button = qobject_cast<QAbstractButton*>(widget);
                if (seen.contains(widget) || button == nullptr || !button->autoExclusive()) return seen.contains(widget);
                return std::any_of(seen.begin(), seen.end(), [&](QWidget* each) {
                    const auto* other = qobject_cast<QAbstractButton*>(each);
                    return other != nullptr && other->autoExclusive() && other->parentWidget() == button->parentWidget();
                });
            };
            for (QWidget* widget : all) EXPECT_TRUE(reached(widget)) << about(widget) << " is not reached by " << name << " in " << where.toStdString();
        }
    });
}

TEST(Workmanship, WordsCanBeReadInEveryTheme) {
    const auto window = window_with_a_run();
    for (const auto& [choice, least] : {std::pair{Theme::Choice::light, 4.5}, std::pair{Theme::Choice::dark, 4.5}, std::pair{Theme::Choice::high_contrast, 7.0}}) {
        window->choose_theme(choice);
        for (const TextPair& pair : text_pairs(window->theme().tokens())) EXPECT_GE(contrast(pair.text, pair.surface), least) << pair.use;
        everywhere(*window, [&, least = least](const QString& where) {
            for (QLabel* label : window->findChildren<QLabel*>()) {
                if (!label->isVisible() || label->text().isEmpty() || label->window() != window.get()) continue;
                const QColor ink = label->palette().color(QPalette::WindowText);
                EXPECT_GE(contrast(ink, window->theme().tokens().panel), least)
                    << '"' << label->text().left(40).toStdString() << "\" " << ink.name().toStdString() << ", " << about(label) << ", seen in " << where.toStdString();
            }
        });
    }
}

bool scrolls(const QWidget* widget) {
    for (const QWidget* up = widget->parentWidget(); up != nullptr; up = up->parentWidget()) {
        if (qobject_cast<const QScrollArea*>(up) != nullptr) return true;
    }
    return false;
}

void nothing_is_clipped(MainWindow& window, const QString& where) {
    for (QWidget* widget : window.findChildren<QWidget*>()) {
        if (!in_sight(widget) || widget->window() != &window) continue;
        if (const auto* label = qobject_cast<QLabel*>(widget); label != nullptr && !label->text().isEmpty()) {
            if (label->wordWrap()) {
                // What wraps may be as high as it likes where it can be scrolled.
                if (scrolls(label)) continue;
                EXPECT_GE(label->height() + 1, label->heightForWidth(label->width())) << '"' << label->text().left(60).toStdString() << "\" " << about(label) << ", " << where.toStdString();
            } else {
                EXPECT_TRUE(label->width() + 1 >= label->sizeHint().width() || !label->toolTip().isEmpty()) << '"' << label->text().left(60).toStdString() << "\" " << about(label) << ", " << where.toStdString();
            }
        }
        if (const auto* button = qobject_cast<QAbstractButton*>(widget); button != nullptr && !button->text().isEmpty()) {
            const int words = button->fontMetrics().horizontalAdvance(QString(button->text()).remove(QLatin1Char('&')));
            EXPECT_TRUE(button->width() >= words || !button->toolTip().isEmpty()) << '"' << button->text().toStdString() << "\" " << about(button) << ", " << where.toStdString();
            EXPECT_GE(button->height() + 1, button->fontMetrics().height()) << about(button);
        }
        if (const auto* box = qobject_cast<QComboBox*>(widget)) {
            QStyleOptionComboBox option;
            option.initFrom(box);
            option.editable = box->isEditable();
            const int room = box->style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, box).width();
            EXPECT_GE(room + 1, box->fontMetrics().horizontalAdvance(box->currentText())) << '"' << box->currentText().toStdString() << "\" " << about(box) << ", " << where.toStdString();
        }
        const QWidget* parent = widget->parentWidget();
        const bool control = qobject_cast<QAbstractButton*>(widget) != nullptr || qobject_cast<QLabel*>(widget) != nullptr;
        if (control && parent != nullptr && !scrolls(widget) && qobject_cast<const QTabBar*>(parent) == nullptr) {
            EXPECT_TRUE(parent->rect().adjusted(-1, -1, 1, 1).contains(widget->geometry()))
                << about(widget) << " sticks out of " << about(parent) << ", " << where.toStdString();
        }
    }
    for (QTabBar* bar : window.findChildren<QTabBar*>()) {
        if (!in_sight(bar)) continue;
        EXPECT_FALSE(bar->drawBase()) << "a line in a colour of no theme, " << where.toStdString();
        for (int i = 0; i < bar->count(); ++i) {
            const int words = bar->fontMetrics().horizontalAdvance(bar->tabText(i));
            EXPECT_TRUE(bar->tabRect(i).width() >= words || !bar->tabToolTip(i).isEmpty()) << bar->tabText(i).toStdString() << ", " << where.toStdString();
        }
    }
    EXPECT_LE(window.minimumSizeHint().width(), window.width()) << where.toStdString();
    EXPECT_LE(window.minimumSizeHint().height(), window.height()) << where.toStdString();
}

TEST(Workmanship, NothingIsClippedAtAnySize) {
    const auto window = window_with_a_run();
    for (const QSize size : {QSize(1366, 768), QSize(1920, 1080), QSize(3840, 2160)}) {
        window->resize(size);
        QTest::qWait(20);
        everywhere(*window, [&](const QString& where) { nothing_is_clipped(*window, QStringLiteral("%1 at %2 × %3").arg(where).arg(size.width()).arg(size.height())); });
    }
}

// The same on a screen with twice the pixels: the factor can only be set before the application starts.
TEST(Workmanship, NothingIsClippedAtTwoHundredPercent) {
    if (qApp->devicePixelRatio() > 1.5) GTEST_SKIP() << "this is the second run";
    QProcess second;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("QT_SCALE_FACTOR"), QStringLiteral("2"));
    second.setProcessEnvironment(environment);
    second.setProcessChannelMode(QProcess::MergedChannels);
    second.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--gtest_filter=Workmanship.NothingIsClippedAtAnySize")});
    ASSERT_TRUE(second.waitForFinished(200'000));
    const QString said = QString::fromUtf8(second.readAll());
    EXPECT_EQ(second.exitCode(), 0) << said.toStdString();
    EXPECT_TRUE(said.contains(QLatin1String("[  PASSED  ] 1 test"))) << said.toStdString();
}

}  // namespace
}  // namespace chimneylab::desktop
