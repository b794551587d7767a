// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/background.h"

#include <QThread>

namespace chimneylab::desktop {

Background::Background(QObject* parent) : QObject(parent) {
    beat_.setInterval(100);
    connect(&beat_, &QTimer::timeout, this, &Background::changed);
}

Background::~Background() {
    if (control_) control_->cancel = true;
    for (QThread* thread : threads_) {
        thread->wait();
        delete thread;
    }
}

void Background::start(Work work) {
    if (control_) control_->cancel = true;
    control_ = std::make_shared<Control>();
    beat_.start();
    QThread* thread = QThread::create([this, control = control_, work = std::move(work)] {
        auto deliver = work(*control);
        QMetaObject::invokeMethod(this, [this, control, deliver = std::move(deliver)] {
            if (control != control_) return;
            control_.reset();
            beat_.stop();
            if (deliver) deliver();
            Q_EMIT changed();
        }, Qt::QueuedConnection);
    });
    threads_.insert(thread);
    connect(thread, &QThread::finished, this, [this, thread] {
        threads_.erase(thread);
        thread->deleteLater();
    });
    thread->start();
    Q_EMIT changed();
}

void Background::forget() {
    if (!control_) return;
    control_->cancel = true;
    control_.reset();
    beat_.stop();
    Q_EMIT changed();
}

}  // namespace chimneylab::desktop

#include "moc_background.cpp"
