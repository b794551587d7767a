// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/stage_words.h"

#include <QCoreApplication>
#include <QStringList>

namespace chimneylab::desktop {

namespace {

QString words_tr(const char* text) { return QCoreApplication::translate("StageWords", text); }

QString place_of(const StageCard& card, const StageScene& scene) {
    const auto lane = static_cast<std::size_t>(card.lane);
    if (lane >= scene.lanes.size()) return {};
    if (!card.in_ndis || lane + 1 >= scene.lanes.size()) return words_tr("in the lane of %1").arg(scene.lanes[lane].title);
    return words_tr("in NDIS between %1 and %2").arg(scene.lanes[lane].title, scene.lanes[lane + 1].title);
}

QString block_words(const CardBlock& block) {
    QString words = block.label + QStringLiteral(" (") + block.role;
    if (!block.status.isEmpty()) words += QStringLiteral(", ") + block.status;
    if (block.changed) words += words_tr(", changed now");
    return words + QLatin1Char(')');
}

}  // namespace

QString stage_words(const StageScene& scene) {
    if (scene.empty()) return {};
    QStringList sentences;
    const StageCard& card = scene.card;
    if (card.shown) {
        QString words = words_tr("The block list (%1) is named %2").arg(card.headline, card.type);
        if (const QString place = place_of(card, scene); !place.isEmpty()) words += QStringLiteral(", ") + place;
        words += card.finished ? words_tr(", back from its way") : card.upward ? words_tr(", on the way up") : words_tr(", on the way down");
        if (card.converted_now) words += words_tr("; it has just been converted");
        sentences << words + QLatin1Char('.');
        QStringList blocks;
        for (const CardBlock& block : card.blocks) blocks << block_words(block);
        if (card.hidden_blocks > 0) blocks << words_tr("%1 more").arg(card.hidden_blocks);
        if (!blocks.isEmpty()) sentences << words_tr("Blocks: %1.").arg(blocks.join(QStringLiteral(", ")));
        for (const CardSlot& slot : card.slots) {
            QString one = words_tr("Slot %1 of %2 is %3: %4").arg(slot.letter, card.subject, slot.name, slot.meaning);
            if (slot.changed || slot.renamed) one += slot.changed ? words_tr(" (changed now)") : words_tr(" (renamed now)");
            sentences << one + QLatin1Char('.');
        }
    }
    for (std::size_t lane = 0; lane < scene.lanes.size(); ++lane) {
        QStringList held;
        for (const StageSlot& slot : scene.slots) {
            if (slot.layer != static_cast<int>(lane) || !slot.region.valid()) continue;
            held << QStringLiteral("#%1").arg(slot.number) + (slot.of_shown_operation ? QString() : words_tr(" (of another operation)"));
        }
        const int hidden = scene.lanes[lane].hidden_entries;
        if (hidden > 0) held << words_tr("%1 more").arg(hidden);
        if (!held.isEmpty()) sentences << (held.size() == 1 ? words_tr("%1 holds call entry %2.") : words_tr("%1 holds call entries %2.")).arg(scene.lanes[lane].title, held.join(QStringLiteral(", ")));
    }
    if (!scene.wire.frames.empty()) {
        QStringList frames;
        for (const StageFrame& frame : scene.wire.frames) {
            frames << (frame.to_peer ? words_tr("%1 to the peer") : words_tr("%1 to the offload target")).arg(frame.text) + (frame.lost ? words_tr(", lost here") : QString());
        }
        sentences << words_tr("On the network: %1.").arg(frames.join(QStringLiteral("; ")));
    }
    if (scene.arrow && !scene.arrow->words.isEmpty()) sentences << words_tr("The arrow: %1.").arg(scene.arrow->words);
    for (const StageChip& chip : scene.chips) sentences << words_tr("Under way too: %1.").arg(chip.text);
    for (const StageLane& lane : scene.lanes) {
        if (lane.running) sentences << words_tr("%1 is running.").arg(lane.title);
    }
    for (std::size_t i = 0; i < scene.boundaries.size(); ++i) {
        if (scene.boundaries[i].running && i + 1 < scene.lanes.size()) sentences << words_tr("NDIS is running between %1 and %2.").arg(scene.lanes[i].title, scene.lanes[i + 1].title);
    }
    return sentences.join(QLatin1Char(' '));
}

}  // namespace chimneylab::desktop
