// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/session_loader.h"

#include <QThread>
#include <algorithm>
#include <exception>

namespace chimneylab::desktop {

SessionLoader::SessionLoader(QObject* parent) : QObject(parent) {}

SessionLoader::~SessionLoader() {
    if (control_) control_->cancel = true;
    for (QThread* thread : threads_) {
        thread->wait();
        delete thread;
    }
}

void SessionLoader::start(QString what, LoadWork work) {
    if (control_) control_->cancel = true;
    control_ = std::make_shared<LoadControl>();
    const std::uint64_t number = ++number_;
    auto control = control_;
    control->progress = [this, number](int percent) {
        QMetaObject::invokeMethod(this, [this, number, percent] {
            if (number == number_ && control_) Q_EMIT progressed(percent);
        }, Qt::QueuedConnection);
    };
    Q_EMIT started(what);
    QThread* thread = QThread::create([this, control, number, what, work = std::move(work)] {
        LoadOutcome outcome;
        try {
            outcome = work(*control);
        } catch (const std::exception& error) {
            outcome.problem = QString::fromUtf8(error.what());
        }
        QMetaObject::invokeMethod(this, [this, number, what, outcome = std::move(outcome)]() mutable {
            deliver(number, what, std::move(outcome));
        }, Qt::QueuedConnection);
    });
    threads_.push_back(thread);
    connect(thread, &QThread::finished, this, [this, thread] {
        threads_.erase(std::remove(threads_.begin(), threads_.end(), thread), threads_.end());
        thread->deleteLater();
    });
    thread->start();
}

void SessionLoader::cancel() {
    if (!control_) return;
    control_->cancel = true;
    control_.reset();
    ++number_;  // whatever it still delivers is not wanted any more
    Q_EMIT cancelled();
}

void SessionLoader::deliver(std::uint64_t number, const QString& what, LoadOutcome outcome) {
    if (number != number_) return;
    control_.reset();
    if (outcome.session) {
        Q_EMIT finished(std::move(outcome.session));
        if (!outcome.word.isEmpty()) Q_EMIT done(outcome.word);
    } else if (outcome.problem.isEmpty() && !outcome.word.isEmpty()) {
        Q_EMIT done(outcome.word);
    } else {
        Q_EMIT failed(what, outcome.problem.isEmpty() ? tr("No reason was given.") : outcome.problem);
    }
}

}  // namespace chimneylab::desktop

#include "moc_session_loader.cpp"
