// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/stage_words.h"

#include <QCoreApplication>
#include <QStringList>

namespace chimneylab::desktop {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("StageWords", text); }

QString place_of(const StageCard& card, const StageScene& scene) {
    const auto lane = static_cast<std::size_t>(card.lane);
    if (lane >= scene.lanes.size()) return {};
    if (!card.in_ndis || lane + 1 >= scene.lanes.size()) return tr("in the lane of %1").arg(scene.lanes[lane].title);
    return tr("in NDIS between %1 and %2").arg(scene.lanes[lane].title, scene.lanes[lane + 1].title);
}

QString block_words(const CardBlock& block) {
    QString words = block.label + QStringLiteral(" (") + block.role;
    if (!block.status.isEmpty()) words += QStringLiteral(", ") + block.status;
    if (block.changed) words += tr(", changed now");
    return words + QLatin1Char(')');
}

}  // namespace

QString stage_words(const StageScene& scene) {
    if (scene.empty()) return {};
    QStringList sentences;
    const StageCard& card = scene.card;
    if (card.shown) {
        QString words = tr("The block list (%1) is named %2").arg(card.headline, card.type);
        if (const QString place = place_of(card, scene); !place.isEmpty()) words += QStringLiteral(", ") + place;
        words += card.finished ? tr(", back from its way") : card.upward ? tr(", on the way up") : tr(", on the way down");
        if (card.converted_now) words += tr("; it has just been converted");
        sentences << words + QLatin1Char('.');
        QStringList blocks;
        for (const CardBlock& block : card.blocks) blocks << block_words(block);
        if (card.hidden_blocks > 0) blocks << tr("%1 more").arg(card.hidden_blocks);
        if (!blocks.isEmpty()) sentences << tr("Blocks: %1.").arg(blocks.join(QStringLiteral(", ")));
        for (const CardSlot& slot : card.slots) {
            QString one = tr("Slot %1 of %2 is %3: %4").arg(slot.letter, card.subject, slot.name, slot.meaning);
            if (slot.changed || slot.renamed) one += slot.changed ? tr(" (changed now)") : tr(" (renamed now)");
            sentences << one + QLatin1Char('.');
        }
    }
    for (std::size_t lane = 0; lane < scene.lanes.size(); ++lane) {
        QStringList held;
        for (const StageSlot& slot : scene.slots) {
            if (slot.layer != static_cast<int>(lane) || !slot.region.valid()) continue;
            held << QStringLiteral("#%1").arg(slot.number) + (slot.of_shown_operation ? QString() : tr(" (of another operation)"));
        }
        const int hidden = scene.lanes[lane].hidden_entries;
        if (hidden > 0) held << tr("%1 more").arg(hidden);
        if (!held.isEmpty()) sentences << (held.size() == 1 ? tr("%1 holds call entry %2.") : tr("%1 holds call entries %2.")).arg(scene.lanes[lane].title, held.join(QStringLiteral(", ")));
    }
    if (scene.arrow && !scene.arrow->words.isEmpty()) sentences << tr("The arrow: %1.").arg(scene.arrow->words);
    for (const StageChip& chip : scene.chips) sentences << tr("Under way too: %1.").arg(chip.text);
    for (const StageLane& lane : scene.lanes) {
        if (lane.running) sentences << tr("%1 is running.").arg(lane.title);
    }
    for (std::size_t i = 0; i < scene.boundaries.size(); ++i) {
        if (scene.boundaries[i].running && i + 1 < scene.lanes.size()) sentences << tr("NDIS is running between %1 and %2.").arg(scene.lanes[i].title, scene.lanes[i + 1].title);
    }
    return sentences.join(QLatin1Char(' '));
}

}  // namespace chimneylab::desktop
