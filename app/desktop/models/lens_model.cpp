// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/lens_model.h"

#include "app/desktop/models/short_value.h"

namespace chimneylab::desktop {

LensModel::LensModel(PlaybackModel& playback, QObject* parent) : QAbstractTableModel(parent), playback_(playback) {
    connect(&playback, &PlaybackModel::session_changed, this, [this] {
        session_ = nullptr;  // another session may come to lie at the same address; what it shows is told with the place
    });
    playback.tell(this, &LensModel::refresh);
    connect(&playback, &PlaybackModel::focus_changed, this, [this] { refresh(PlaybackModel::Move::jump); });
}

int LensModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(picture_.rows.size());
}

int LensModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : column_count; }

QString LensModel::origin_text(const LensRow& row) const {
    const auto memory = [&](const LensEnd& end) {
        if (!end.valid()) return QString();
        const LensBox& box = picture_.boxes[static_cast<std::size_t>(end.box)];
        QString text = box.title;
        if (end.line >= 0 && box.lines[static_cast<std::size_t>(end.line)].offset)
            text += QStringLiteral(" + ") + offset_text(*box.lines[static_cast<std::size_t>(end.line)].offset);
        return text;
    };
    switch (row.origin) {
        case LensOrigin::same:
            return row.renamed ? tr("same value, other name") : tr("same value");
        case LensOrigin::restored:
            return tr("restored from %1").arg(memory(row.from));
        case LensOrigin::supplied:
            return tr("supplied by %1").arg(memory(row.from));
        case LensOrigin::derived:
            return row.from.valid() ? tr("derived from %1").arg(memory(row.from))
                                    : tr("derived from the handle in slot B");
        case LensOrigin::by_ndis:
            return tr("written by NDIS");
        case LensOrigin::by_driver:
            return tr("written by %1").arg(picture_.converter);
    }
    return {};
}

QString LensModel::row_text(int index) const {
    if (index < 0 || index >= rowCount()) return {};
    const LensRow& row = picture_.rows[static_cast<std::size_t>(index)];
    QString text = row.renamed ? tr("%1, called %2 afterwards").arg(row.name_in, row.name_out) : row.name_out;
    text += row.changed ? tr(": changed from %1 to %2").arg(row.meaning_in, row.meaning_out)
                        : QStringLiteral(": ") + row.meaning_out;
    text += QStringLiteral("; ") + origin_text(row);
    if (row.kept.valid()) {
        const QString& box = picture_.boxes[static_cast<std::size_t>(row.kept.box)].title;
        text += row.kept_before ? tr("; the value that came in has been kept in %1 before").arg(box)
                                : tr("; the value that came in is saved in %1").arg(box);
    }
    if (row.leads.valid())
        text += tr("; the value that came in leads to %1")
                    .arg(picture_.boxes[static_cast<std::size_t>(row.leads.box)].title);
    if (!row.flaw.isEmpty()) text += tr("; wrong: %1 (%2)").arg(row.flaw, row.rule);
    return text;
}

QString LensModel::step_text(int index) const {
    if (index < 0 || index >= rowCount()) return {};
    const LensRow& row = picture_.rows[static_cast<std::size_t>(index)];
    const auto box = [&](const LensEnd& end) { return picture_.boxes[static_cast<std::size_t>(end.box)].title; };
    QStringList parts;
    if (row.kept.valid())
        parts << (row.kept_before ? tr("what came in is in %1 already").arg(box(row.kept))
                                  : tr("what came in is saved in %1").arg(box(row.kept)));
    if (row.leads.valid()) parts << tr("what came in leads to %1").arg(box(row.leads));
    if (!row.story.isEmpty()) {
        parts << row.story;
    } else if (row.origin != LensOrigin::same || parts.isEmpty()) {
        parts << origin_text(row);
    }
    if (!row.flaw.isEmpty()) parts << tr("✖ %1: %2").arg(row.rule, row.flaw);
    return QStringLiteral("%1: %2").arg(row.renamed ? row.name_in + QStringLiteral(" → ") + row.name_out : row.name_out,
                                        parts.join(QStringLiteral("; ")));
}

QVariant LensModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const LensRow& row = picture_.rows[static_cast<std::size_t>(index.row())];
    if (role == Qt::AccessibleTextRole || role == Qt::ToolTipRole) return row_text(index.row());
    if (role == Qt::TextAlignmentRole)
        return QVariant((index.column() <= size ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    const bool x86 = arch_ == layout::Arch::x86;
    switch (index.column()) {
        case offset:
            return offset_text(x86 ? row.x86_offset : row.offset);
        case size:
            return x86 ? row.x86_size : row.size;
        case member_in:
            return row.name_in;
        case value_in:
            return row.meaning_in;
        case comes_from:
            return origin_text(row);
        case member_out:
            return row.name_out;
        case value_out:
            return row.meaning_out;
        default:
            return {};
    }
}

QVariant LensModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    switch (section) {
        case offset:
            return tr("offset");
        case size:
            return tr("size");
        case member_in:
            return tr("member in");
        case value_in:
            return tr("value in");
        case comes_from:
            return tr("comes from");
        case member_out:
            return tr("member out");
        case value_out:
            return tr("value out");
        default:
            return {};
    }
}

void LensModel::set_arch(layout::Arch arch) {
    if (arch == arch_) return;
    arch_ = arch;
    if (rowCount() > 0) Q_EMIT dataChanged(index(0, offset), index(rowCount() - 1, size));
    Q_EMIT arch_changed();
}

void LensModel::choose_block(trace::RegionId block) {
    playback_.choose_region(!picture_.blocks.empty() && block == picture_.blocks.front().region ? trace::RegionId()
                                                                                                : block);
}

QString LensModel::summary() const {
    if (picture_.empty()) return {};
    return tr("%1 (%2 of %3)").arg(picture_.title).arg(picture_.number).arg(picture_.of);
}

QString LensModel::empty_text() const {
    if (!playback_.session())
        return tr(
            "A conversion stands here with its input on the left and its output on the right.\nRun a scenario or open "
            "a session.");
    return tr(
        "No block list is converted in this run.\nA conversion appears when an operation is handed down: choose a "
        "scenario with one on the left.");
}

void LensModel::refresh(PlaybackModel::Move how) {
    const trace::History* history = playback_.history();
    const trace::EventId at = playback_.position();
    const trace::Conversion* conversion =
        history != nullptr && at.valid() ? nearest_conversion(*history, playback_.operation(), at) : nullptr;
    LensPicture fresh;
    // The same conversion seen from another event is the same picture: only the words about where one stands differ.
    const bool same = conversion != nullptr && picture_.conversion == conversion->event &&
                      playback_.session().get() == session_ && playback_.region() == asked_block_;
    if (same) {
        fresh = std::move(picture_);
    } else if (conversion != nullptr) {
        trace::RegionId block = playback_.region();
        // The state behind a block is looked at with its block.
        if (block.valid() && history->trace().region(block).kind == trace::RegionKind::following_state)
            block = history->trace().region(block).parent;
        fresh = build_lens(*history, *conversion, block, playback_.cursor());
    }
    session_ = playback_.session().get();
    asked_block_ = playback_.region();
    fresh.here = !fresh.empty() && fresh.conversion == at;
    fresh.notice.clear();
    if (!fresh.empty() && !fresh.here) {
        const bool past = fresh.conversion < at;
        fresh.notice = past ? tr("the last conversion before this event, %1").arg(fresh.conversion.value)
                            : tr("the next conversion, still to come: event %1").arg(fresh.conversion.value);
    }
    if (same) {
        const bool was_here = shown_here_;
        picture_ = std::move(fresh);
        shown_here_ = picture_.here;
        // Coming back to a conversion plays it again.
        Q_EMIT picture_changed(picture_.here && !was_here, how);
        return;
    }
    beginResetModel();
    picture_ = std::move(fresh);
    shown_here_ = picture_.here;
    endResetModel();
    Q_EMIT picture_changed(true, how);
}

}  // namespace chimneylab::desktop

#include "moc_lens_model.cpp"
