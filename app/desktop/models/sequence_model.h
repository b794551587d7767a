// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Keeps the sequence diagram's index in step with the session and the shared filter of the event list. A short run is
// indexed at once, a long one on a worker thread (indexing() meanwhile; the last index stays in use if it is of the same session).
// GUI thread only.
#pragma once

#include <QObject>
#include <memory>
#include <vector>

#include "app/desktop/models/background.h"
#include "app/desktop/models/event_list_model.h"
#include "app/desktop/models/sequence_index.h"

namespace chimneylab::desktop {

class SequenceModel : public QObject {
    Q_OBJECT
public:
    static constexpr std::uint32_t at_once = 50'000;  // rows that are indexed without a worker

    SequenceModel(PlaybackModel& playback, EventListModel& events, QObject* parent = nullptr);

    // Null: no session, or the first index is under way. Keeps its session alive.
    [[nodiscard]] const std::shared_ptr<const SequenceIndex>& index() const { return index_; }
    [[nodiscard]] bool indexing() const { return worker_.busy(); }
    // Events that the checker found fault with, in order; marked beside the machine's own findings.
    [[nodiscard]] const std::vector<trace::EventId>& findings() const;

    // An index of one operation alone: what carries its number and the bookkeeping inside its calls. Any thread.
    [[nodiscard]] static std::shared_ptr<const SequenceIndex> index_of_operation(SessionPointer session, trace::OperationId operation);

Q_SIGNALS:
    void index_changed();

private:
    void rebuild();

    PlaybackModel& playback_;
    EventListModel& events_;
    std::shared_ptr<const SequenceIndex> index_;
    SessionPointer indexed_session_;
    Background worker_;
};

}  // namespace chimneylab::desktop
