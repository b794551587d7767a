// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/live/driver_bench.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QMessageBox>
#include <QSaveFile>
#include <QSignalBlocker>
#include <QSplitter>
#include <QStandardPaths>
#include <QTextBlock>
#include <QVBoxLayout>

#include "app/desktop/theme/check_box.h"
#include "driver-bridge/new_driver/new_driver.h"

namespace chimneylab::desktop {

DriverBench::DriverBench(LiveSessions& live, LibraryModel& library, const Theme& theme, QWidget* parent)
    : QWidget(parent), live_(live), library_(library), theme_(theme) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 0, 10, 8);
    column->setSpacing(6);
    auto* row = new QHBoxLayout;
    new_ = new QPushButton(tr("&New driver…"), this);
    new_->setToolTip(tr("Makes a folder with a complete driver that builds, runs and keeps every promise: change it"));
    open_ = new QPushButton(tr("&Open folder…"), this);
    open_->setToolTip(tr("A folder with a CMakeLists.txt that builds a driver"));
    scenarios_ = new QComboBox(this);
    scenarios_->setAccessibleName(tr("Scenario to run"));
    scenarios_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    scenarios_->setMinimumContentsLength(8);
    hold_ = new CheckBox(tr("&Hold at first event"), theme, this);
    hold_->setToolTip(tr("The run stands still until you let it go, step it, or choose what comes next"));
    run_ = new QPushButton(tr("&Build and run"), this);
    run_->setToolTip(tr("Saves the file, builds with the system's compiler, runs the scenario in the driver host and shows it live (Ctrl+B)"));
    row->addWidget(new_);
    row->addWidget(open_);
    row->addStretch(1);
    column->addLayout(row);
    auto* second = new QHBoxLayout;
    second->addWidget(scenarios_, 1);
    second->addWidget(hold_);
    second->addWidget(run_);
    column->addLayout(second);

    empty_ = new QLabel(tr("Write a driver of your own, or change one that works: New driver… makes a folder with a complete intermediate driver. "
                           "Build and run compiles it, runs the scenario around it and shows it in all views while it happens."), this);
    empty_->setWordWrap(true);
    empty_->setAlignment(Qt::AlignCenter);
    column->addWidget(empty_, 1);

    body_ = new QWidget(this);
    auto* body = new QVBoxLayout(body_);
    body->setContentsMargins(0, 0, 0, 0);
    body->setSpacing(4);
    files_ = new QComboBox(body_);
    files_->setAccessibleName(tr("Source file"));
    body->addWidget(files_);
    auto* split = new QSplitter(Qt::Vertical, body_);
    source_ = new QPlainTextEdit(split);
    source_->setAccessibleName(tr("Source"));
    source_->setLineWrapMode(QPlainTextEdit::NoWrap);
    source_->setTabChangesFocus(true);
    messages_ = new QListWidget(split);
    messages_->setAccessibleName(tr("What the compiler and the host say"));
    messages_->setWordWrap(true);
    messages_->setFrameShape(QFrame::NoFrame);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 1);
    body->addWidget(split, 1);
    column->addWidget(body_, 1);

    connect(new_, &QPushButton::clicked, this, &DriverBench::ask_for_new);
    connect(open_, &QPushButton::clicked, this, &DriverBench::ask_for_folder);
    connect(run_, &QPushButton::clicked, this, [this] {
        if (build_.building()) build_.cancel();
        else build_and_run();
    });
    connect(files_, &QComboBox::activated, this, [this] {
        if (save_source()) show_line(QDir(folder_).filePath(files_->currentText()), 0);
    });
    const auto go = [this](QListWidgetItem* item) {
        const QString file = item->data(Qt::UserRole).toString();
        if (!file.isEmpty()) show_line(file, item->data(Qt::UserRole + 1).toInt());
    };
    connect(messages_, &QListWidget::itemClicked, this, go);
    connect(messages_, &QListWidget::itemActivated, this, go);
    connect(&build_, &DriverBuild::changed, this, &DriverBench::refresh);
    connect(&build_, &DriverBuild::built, this, [this](bool good) {
        if (good) return;
        // The first error comes into view by itself.
        for (const BuildMessage& message : build_.messages())
            if (message.kind == BuildMessage::Kind::error && !message.file.isEmpty()) return show_line(message.file, message.line);
    });
    const auto fill = [this] {
        const QString chosen = scenarios_->currentData().toString();
        scenarios_->clear();
        for (const LibraryEntry& entry : library_.entries())
            if (entry.problem.isEmpty()) scenarios_->addItem(entry.number + QStringLiteral("  ") + entry.title, entry.id);
        choose_scenario(chosen.isEmpty() ? QStringLiteral("m5") : chosen);
    };
    connect(&library, &QAbstractItemModel::modelReset, this, fill);
    fill();
    connect(&theme, &Theme::changed, this, &DriverBench::apply_theme);
    apply_theme();
    refresh();
}

void DriverBench::choose_scenario(const QString& id) {
    const int at = scenarios_->findData(id);
    if (at >= 0) scenarios_->setCurrentIndex(at);
}

void DriverBench::ask_for_new() {
    auto* dialog = new QFileDialog(this, tr("A folder for the new driver; its last part becomes the driver's name"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setLabelText(QFileDialog::FileName, tr("Driver:"));
    dialog->setLabelText(QFileDialog::Accept, tr("Make"));
    dialog->setDirectory(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation));
    dialog->selectFile(QStringLiteral("mydriver"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        const QFileInfo info(path);
        const QString wrong = create(info.absolutePath(), info.fileName());
        if (wrong.isEmpty()) return;
        auto* box = new QMessageBox(QMessageBox::Warning, tr("New driver"), wrong, QMessageBox::Ok, this);
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->open();
    });
    dialog->open();
}

void DriverBench::ask_for_folder() {
    auto* dialog = new QFileDialog(this, tr("The folder of a driver"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        const QString wrong = open_folder(path);
        if (wrong.isEmpty()) return;
        auto* box = new QMessageBox(QMessageBox::Warning, tr("Open folder"), wrong, QMessageBox::Ok, this);
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->open();
    });
    dialog->open();
}

QString DriverBench::create(const QString& parent, const QString& name) {
    const auto made = driver_host::create_driver(parent.toStdString(), name.toStdString());
    if (const auto* problem = std::get_if<driver_host::NewDriverProblem>(&made))
        return QString::fromStdString(problem->what + ". " + problem->remedy);
    return open_folder(QString::fromStdString(std::get<driver_host::NewDriver>(made).folder.string()));
}

QString DriverBench::open_folder(const QString& folder) {
    if (driver_host::module_of(folder.toStdString()).empty())
        return tr("%1 holds no CMakeLists.txt with a project. Choose a driver's folder, or make one with New driver….").arg(folder);
    save_source();
    folder_ = QDir(folder).absolutePath();
    fill_files();
    refresh();
    return {};
}

void DriverBench::fill_files() {
    const QSignalBlocker quiet(files_);
    files_->clear();
    shown_file_.clear();
    const QStringList names = QDir(folder_).entryList({QStringLiteral("*.c"), QStringLiteral("*.h"), QStringLiteral("CMakeLists.txt"), QStringLiteral("README.md")}, QDir::Files, QDir::Name);
    files_->addItems(names);
    const int first = files_->findText(QStringLiteral("propagate_up.c"));
    show_line(QDir(folder_).filePath(files_->itemText(first >= 0 ? first : 0)), 0);
}

bool DriverBench::save_source() {
    if (shown_file_.isEmpty() || !source_->document()->isModified()) return true;
    QSaveFile file(shown_file_);
    const bool good = file.open(QIODevice::WriteOnly) && file.write(source_->toPlainText().toUtf8()) >= 0 && file.commit();
    if (good)
        source_->document()->setModified(false);
    else
        Q_EMIT summary_changed(tr("✖ %1 cannot be written").arg(shown_file_));
    return good;
}

void DriverBench::show_line(const QString& path, int line) {
    if (path != shown_file_) {
        if (!save_source()) return;
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly) || file.size() > 4'000'000) return;
        source_->setPlainText(QString::fromUtf8(file.readAll()));
        source_->document()->setModified(false);
        // A header of the lab can be looked at, not changed.
        source_->setReadOnly(!path.startsWith(folder_ + QLatin1Char('/')));
        shown_file_ = path;
        const QSignalBlocker quiet(files_);
        files_->setCurrentIndex(files_->findText(QFileInfo(path).fileName()));
    }
    QList<QTextEdit::ExtraSelection> marks;
    if (line > 0) {
        const QTextCursor cursor(source_->document()->findBlockByNumber(line - 1));
        source_->setTextCursor(cursor);
        source_->centerCursor();
        QTextEdit::ExtraSelection mark;
        mark.format.setBackground(theme_.tokens().changed_fill);
        mark.format.setProperty(QTextFormat::FullWidthSelection, true);
        mark.cursor = cursor;
        marks << mark;
        source_->setFocus();
    }
    source_->setExtraSelections(marks);
}

void DriverBench::build_and_run() {
    if (folder_.isEmpty()) {
        ask_for_new();
        return;
    }
    if (!save_source()) return;
    if (!live_.listening()) {
        const QString place = QStandardPaths::writableLocation(QStandardPaths::TempLocation);
        const QString wrong = live_.listen(QStringLiteral("unix:%1/chimneylab-%2.sock").arg(place).arg(QCoreApplication::applicationPid()));
        if (!wrong.isEmpty()) {
            Q_EMIT summary_changed(QStringLiteral("✖ ") + wrong);
            return;
        }
    }
    live_.detach();
    live_.attach_next();
    build_.set_host_arguments(hold_->isChecked() ? QStringList{QStringLiteral("--hold")} : QStringList{});
    const QString scenario = scenarios_->currentData().toString();
    build_.start(folder_, scenario.isEmpty() ? QStringLiteral("m5") : scenario, live_.endpoint());
}

void DriverBench::refresh() {
    const bool any = !folder_.isEmpty();
    empty_->setVisible(!any);
    body_->setVisible(any);
    run_->setEnabled(any);
    run_->setText(build_.building() ? tr("Stop &building") : tr("&Build and run"));
    const auto& all = build_.messages();
    if (all.size() < told_) {
        messages_->clear();
        told_ = 0;
        first_error_ = -1;
    }
    const Tokens& t = theme_.tokens();
    const bool more = told_ < all.size();
    for (; told_ < all.size(); ++told_) {
        const BuildMessage& message = all[told_];
        const QString mark = message.kind == BuildMessage::Kind::error ? QStringLiteral("✖ ") : message.kind == BuildMessage::Kind::warning ? QStringLiteral("⚠ ") : QString();
        auto* item = new QListWidgetItem(mark + message.text, messages_);
        item->setData(Qt::UserRole, message.file);
        item->setData(Qt::UserRole + 1, message.line);
        if (message.kind == BuildMessage::Kind::error) item->setForeground(t.changed);
        if (message.kind == BuildMessage::Kind::error && !message.file.isEmpty() && first_error_ < 0) first_error_ = messages_->row(item);
        if (!message.file.isEmpty()) item->setToolTip(tr("Click: line %1 of %2").arg(message.line).arg(message.file));
    }
    // The end while it builds; then the compiler's first word, not make's last.
    if (!build_.building() && first_error_ >= 0) {
        if (more) messages_->scrollToItem(messages_->item(first_error_), QAbstractItemView::PositionAtTop);
    } else {
        messages_->scrollToBottom();
    }
    Q_EMIT summary_changed(!any ? QString() : build_.building() ? tr("building…") : build_.running() ? tr("running") : QDir(folder_).dirName());
}

void DriverBench::apply_theme() {
    const Tokens& t = theme_.tokens();
    empty_->setStyleSheet(QStringLiteral("color: %1").arg(t.quiet_text.name()));
    // In the style sheet: the window's own names a family for everything and would win over setFont.
    source_->setStyleSheet(QStringLiteral("QPlainTextEdit { background: %1; color: %2; border: 1px solid %3; border-radius: 4px; font-family: \"%4\" }")
                               .arg(t.background.name(), t.text.name(), t.line.name(), theme_.mono(measure::body_text).family()));
    source_->setTabStopDistance(4 * QFontMetricsF(theme_.mono(measure::body_text)).horizontalAdvance(QLatin1Char(' ')));
    messages_->setStyleSheet(QStringLiteral("QListWidget::item { padding: 2px 4px; color: %1 } QListWidget::item:selected { background: %2 } QListWidget::item:hover { background: %3 }")
                                 .arg(t.text.name(), t.selection.name(), t.hover.name()));
}

}  // namespace chimneylab::desktop

#include "moc_driver_bench.cpp"
