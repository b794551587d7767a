// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/handle_chain_model.h"

#include <algorithm>
#include <unordered_map>

#include "engine/trace/value_text.h"

namespace chimneylab::desktop {

HandleChainModel::HandleChainModel(PlaybackModel& playback, QObject* parent) : QObject(parent), playback_(playback) {
    playback.tell_session(this, &HandleChainModel::open_session);
    playback.tell_growth(this, &HandleChainModel::look_again);
    playback.tell(this, &HandleChainModel::refresh);
    connect(&playback, &PlaybackModel::focus_changed, this, &HandleChainModel::refresh);
    take_session({});
}

void HandleChainModel::open_session() {
    if (!playback_.late(session_)) return;
    // Objects keep their names from window to window of a stream.
    take_session(playback_.follows_stream() ? picked_ : QString());
}

// Which handles the host stack ever had.
void HandleChainModel::take_session(const QString& picked) {
    session_ = playback_.session();
    objects_.clear();
    handles_.clear();
    picked_.clear();
    if (const trace::History* history = playback_.history()) {
        const auto regions = history->trace().regions();
        std::unordered_map<std::uint32_t, std::vector<trace::RegionId>*> by_label;
        for (std::uint32_t i = 0; i < regions.size(); ++i) {
            if (regions[i].kind != trace::RegionKind::offload_handle || regions[i].owner != trace::host_stack_layer)
                continue;
            // A long run has few names and many handles: each name is made once.
            auto& known = by_label[regions[i].label.value];
            if (known == nullptr) {
                const QString object = to_qstring(trace::object_name(*history, trace::RegionId(i)));
                known = &handles_[object];
                if (known->empty()) objects_ << object;
            }
            known->emplace_back(i);
        }
    }
    if (handles_.contains(picked)) picked_ = picked;
    Q_EMIT objects_changed();
    refresh();
}

QString HandleChainModel::focused_object() const {
    const trace::History* history = playback_.history();
    const trace::RegionId region = playback_.region();
    if (history == nullptr || !region.valid()) return objects_.isEmpty() ? QString() : objects_.front();
    trace::RegionId named = region;
    const trace::Region& it = history->trace().region(region);
    if (it.kind == trace::RegionKind::following_state && it.parent.valid()) named = it.parent;
    const QString object = to_qstring(trace::object_name(*history, named));
    if (handles_.contains(object)) return object;
    // A call entry, or a placeholder, has no object: what the operation is about then.
    if (const trace::Operation* operation = playback_.operation()) {
        for (const trace::OperationBlock& block : operation->blocks) {
            const QString name = to_qstring(trace::object_name(*history, block.block));
            if (handles_.contains(name)) return name;
        }
    }
    return objects_.isEmpty() ? QString() : objects_.front();
}

trace::RegionId HandleChainModel::host_handle(const QString& object) const {
    const auto found = handles_.find(object);
    if (found == handles_.end()) return {};
    const auto after = std::ranges::upper_bound(found->second, playback_.position(), {}, [this](trace::RegionId each) { return playback_.trace()->region(each).born; });
    return after == found->second.begin() ? found->second.front() : *(after - 1);
}

void HandleChainModel::pick(const QString& object) {
    if (object == picked_) return;
    picked_ = object;
    refresh();
}

void HandleChainModel::refresh() {
    if (playback_.late(session_)) return open_session();
    chain_ = {};
    if (playback_.history() != nullptr && playback_.position().valid()) {
        const trace::RegionId handle = host_handle(picked_.isEmpty() ? focused_object() : picked_);
        if (handle.valid())
            chain_ = build_handle_chain(*playback_.history(), handle, playback_.position(), playback_.cursor());
    }
    Q_EMIT chain_changed();
}

QString HandleChainModel::summary() const {
    if (chain_.empty()) return {};
    if (chain_.flaws > 0) return tr("%1 · ✖ %2 broken").arg(chain_.object).arg(chain_.flaws);
    return chain_.offloaded ? tr("%1 · linked from top to bottom").arg(chain_.object)
                            : tr("%1 · not linked to the target at this event").arg(chain_.object);
}

QString HandleChainModel::empty_text() const {
    return playback_.session() ? tr("The host stack has no NDIS_OFFLOAD_HANDLE in this run.\nIt appears with the first "
                                    "operation: choose a scenario with an initiate.")
                               : tr("How an offloaded object is reached from floor to floor stands here.\nRun a "
                                    "scenario or open a session.");
}

QString HandleChainModel::node_text(int index) const {
    if (index < 0 || index >= static_cast<int>(chain_.nodes.size())) return {};
    const ChainNode& node = chain_.nodes[static_cast<std::size_t>(index)];
    if (!node.exists) return tr("%1: nothing of %2 yet, or no more").arg(node.title, chain_.object);
    QString text = node.title + QStringLiteral(": ") + node.memory;
    const auto tell = [&](const QString& what, const ChainLink& link) {
        if (link.state == ChainState::unseen && link.text.isEmpty()) return;
        text += QStringLiteral("; %1 %2").arg(what, link.text);
        if (link.state == ChainState::stale) text += tr(", memory that has been given back");
        if (!link.flaw.isEmpty()) text += tr(", broken: %1 (%2)").arg(link.flaw, link.rule);
    };
    if (node.handle.valid()) {
        tell(tr("NdisReserved[0] is"), node.binding);
        tell(tr("MiniportOffloadContext leads down to"), node.down);
    }
    if (node.role != trace::LayerRole::host_stack) tell(tr("the way up is"), node.up);
    return text;
}

}  // namespace chimneylab::desktop

#include "moc_handle_chain_model.cpp"
