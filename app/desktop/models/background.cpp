// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/background.h"

#include <QThread>

namespace chimneylab::desktop {

Background::Background(QObject* parent) : QObject(parent) {}

Background::~Background() {
    for (QThread* thread : threads_) {
        thread->wait();
        delete thread;
    }
}

void Background::start(Work work) {
    const std::uint64_t number = ++number_;
    busy_ = true;
    QThread* thread = QThread::create([this, number, work = std::move(work)] {
        auto deliver = work();
        QMetaObject::invokeMethod(this, [this, number, deliver = std::move(deliver)] {
            if (number != number_) return;
            busy_ = false;
            deliver();
        }, Qt::QueuedConnection);
    });
    threads_.insert(thread);
    connect(thread, &QThread::finished, this, [this, thread] {
        threads_.erase(thread);
        thread->deleteLater();
    });
    thread->start();
}

void Background::forget() {
    ++number_;
    busy_ = false;
}

}  // namespace chimneylab::desktop
