// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Looks for the next event that fits an expression: near ones are found at once, beyond that the search goes on on a worker
// thread, where it can be cancelled. Only the latest search counts. GUI thread only.
#pragma once

#include <QObject>

#include "app/desktop/models/background.h"
#include "app/desktop/models/session.h"
#include "engine/trace/filter.h"

namespace chimneylab::desktop {

class EventSearch : public QObject {
    Q_OBJECT
public:
    static constexpr std::uint32_t at_once = 10'000;  // events that are looked at without a worker

    explicit EventSearch(QObject* parent = nullptr);

    // The nearest event after (direction 1) or before (-1) `from` that fits, but not beyond `limit`, if that is valid: found()
    // says which, with none for "there is none". May say so before start() returns.
    void start(SessionPointer session, trace::Filter filter, trace::EventId from, int direction, trace::EventId limit = {});
    void cancel();
    [[nodiscard]] bool working() const { return worker_.busy(); }
    [[nodiscard]] int percent() const { return worker_.percent(); }

Q_SIGNALS:
    void found(chimneylab::trace::EventId event);
    void working_changed();

private:
    Background worker_;
};

}  // namespace chimneylab::desktop
