// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The sessions as rows: what the Live sessions pane lists.
#include <QFileInfo>
#include <chrono>
#include <cmath>

#include "app/desktop/models/count_text.h"
#include "app/desktop/models/live_sessions.h"

namespace chimneylab::desktop {
namespace {

using bridge::SessionStage;

QString duration_text(std::chrono::nanoseconds time) {
    const double us = static_cast<double>(time.count()) / 1000;
    if (std::abs(us) < 1000) return QStringLiteral("%1 µs").arg(us, 0, 'f', 0);
    if (std::abs(us) < 1e6) return QStringLiteral("%1 ms").arg(us / 1000, 0, 'f', 1);
    return QStringLiteral("%1 s").arg(us / 1e6, 0, 'f', 1);
}

}  // namespace

int LiveSessions::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }
int LiveSessions::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : column_count; }

QVariant LiveSessions::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    const bool right = section >= events && section <= offset;
    if (role == Qt::TextAlignmentRole) return QVariant((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole) {
        switch (section) {
            case lost: return tr("Events that the producer dropped because its buffer was full, or that never arrived");
            case latency: return tr("Round trip between recorder and producer, from the last keepalive");
            case offset: return tr("What the producer's clock is ahead of this computer's");
            default: return {};
        }
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case producer: return tr("producer");
        case scenario: return tr("runs");
        case doing: return tr("state");
        case events: return tr("events");
        case rate: return tr("a second");
        case lost: return tr("lost");
        case latency: return tr("latency");
        case offset: return tr("clock");
        case file: return tr("recorded to");
        default: return {};
    }
}

QVariant LiveSessions::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const Row& row = *rows_[static_cast<std::size_t>(index.row())];
    const bridge::SessionState& its = row.state;
    const std::uint64_t missing = its.losses.dropped + its.losses.missing;
    const auto state_text = [&]() -> QString {
        if (row.ended) return its.end.empty() ? tr("finished") : tr("✖ ended: %1").arg(QString::fromStdString(its.end));
        if (its.stage == SessionStage::waiting_for_return) return tr("connection lost");
        switch (its.producer_state) {
            case chimney_wire_paused: return tr("held");
            case chimney_wire_waits_for_choice: return tr("waits for a choice");
            case chimney_wire_idle: return tr("idle");
            default: return tr("running");
        }
    };
    switch (role) {
        case number_role: return its.number;
        case attached_role: return attached_ == its.number;
        case trouble_role: return (row.ended && !its.end.empty()) || missing > 0 || !row.trouble.isEmpty();
        case Qt::TextAlignmentRole: {
            const bool right = index.column() >= events && index.column() <= offset;
            return QVariant((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        }
        case Qt::ToolTipRole: {
            QString tip = QString::fromStdString(its.producer);
            if (!its.end.empty()) tip += QLatin1Char('\n') + QString::fromStdString(its.end);
            if (its.losses.any()) tip += QLatin1Char('\n') + QString::fromStdString(its.losses.to_text());
            if (!row.trouble.isEmpty()) tip += QLatin1Char('\n') + row.trouble;
            return tip + QLatin1Char('\n') + QString::fromStdString(row.feed->file().string());
        }
        case Qt::AccessibleTextRole:
            if (index.column() == producer)
                return tr("%1, %2, %3 events%4").arg(QString::fromStdString(its.producer), state_text(), count_text(its.events), attached_ == its.number ? tr(", in the views") : QString());
            [[fallthrough]];
        case Qt::DisplayRole: break;
        default: return {};
    }
    switch (index.column()) {
        case producer: return (attached_ == its.number ? QStringLiteral("● ") : QStringLiteral("○ ")) + QString::fromStdString(its.producer);
        case scenario: return its.scenario.empty() ? QString::fromStdString(its.title) : QString::fromStdString(its.scenario).toUpper();
        case doing: return state_text();
        case events: return count_text(its.events);
        case rate: return row.ended ? QString() : count_text(static_cast<std::uint64_t>(row.rate));
        case lost: return count_text(missing);
        case latency: return its.round_trip.count() == 0 ? QString() : duration_text(its.round_trip);
        case offset: return its.clock_offset.count() == 0 ? QString() : duration_text(its.clock_offset);
        case file: return QFileInfo(QString::fromStdString(row.feed->file().string())).fileName();
        default: return {};
    }
}

}  // namespace chimneylab::desktop
