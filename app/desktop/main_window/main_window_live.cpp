// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the window does with live sessions: says what happens to them, saves them, and brings them into the views.
#include <QFileDialog>
#include <QFileInfo>

#include "app/desktop/live/driver_bench.h"
#include "app/desktop/live/live_bar.h"
#include "app/desktop/live/live_view.h"
#include "app/desktop/main_window/main_window.h"
#include "app/desktop/main_window/notice_bar.h"
#include "app/desktop/main_window/panel_dock.h"

namespace chimneylab::desktop {

void MainWindow::connect_live() {
    connect(live_view_, &LiveView::save_wanted, this, &MainWindow::save_live);
    connect(&live_sessions_, &LiveSessions::refused, this, [this](const QString& why) { notice_->show_word(tr("Live: %1").arg(why)); });
    connect(&live_sessions_, &LiveSessions::session_ended, this, [this](quint32 number, const QString& why) {
        if (number != live_sessions_.attached()) return;
        if (why.isEmpty()) notice_->show_word(tr("The live session has ended; it is in %1.").arg(live_sessions_.file_of(number)));
        else notice_->show_problem(tr("The live session ended: %1").arg(why));
    });
    connect(&live_sessions_, &LiveSessions::attached_session, this, [this](const SessionPointer& session) {
        branch_model_.clear();
        setWindowTitle(tr("%1 – live – ChimneyLab").arg(session->title));
        notice_->clear();
        Q_EMIT session_shown();
    });
}

void MainWindow::save_live(quint32 number) {
    const QString recording = live_sessions_.file_of(number);
    if (recording.isEmpty()) return;
    auto* dialog = new QFileDialog(this, tr("Save the session"), QString(), tr("Sessions (*.chimney)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("chimney"));
    dialog->selectFile(QFileInfo(recording).fileName());
    connect(dialog, &QFileDialog::fileSelected, this, [this, recording](const QString& path) { copy_recording(recording, path); });
    dialog->open();
}

// What has come to the disk so far, as a session that is complete.
void MainWindow::copy_recording(const QString& recording, const QString& path) {
    if (!source_.file || !source_.save) return;
    saver_.start(tr("Saving"), [read = source_.file(recording), save = source_.save, path](LoadControl& control) {
        LoadOutcome outcome = read(control);
        if (!outcome.session) return outcome;
        const SessionPointer session = std::exchange(outcome.session, nullptr);
        outcome.word.clear();
        outcome.problem = save(*session, path, session->notes);
        if (outcome.problem.isEmpty()) outcome.word = tr("Saved as %1.").arg(QFileInfo(path).fileName());
        return outcome;
    });
}

}  // namespace chimneylab::desktop
