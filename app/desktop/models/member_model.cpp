// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/member_model.h"

#include <algorithm>
#include <cstring>

#include "app/desktop/models/frame_fields.h"
#include "engine/trace/member_layout.h"
#include "engine/trace/text.h"
#include "engine/trace/value_text.h"

namespace chimneylab::desktop {

namespace {

std::uint64_t number_of(const QByteArray& bytes) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.constData(), static_cast<std::size_t>(std::min<qsizetype>(bytes.size(), 8)));
    return value;
}

QByteArray to_bytes(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size())};
}

}  // namespace

MemberModel::MemberModel(PlaybackModel& playback, QObject* parent) : QAbstractTableModel(parent), playback_(playback) {
    playback.tell(this, &MemberModel::refresh);
    connect(&playback, &PlaybackModel::focus_changed, this, &MemberModel::refresh);
}

int MemberModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }

int MemberModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : column_count; }

QString MemberModel::bytes_text(const QByteArray& bytes) { return QString::fromLatin1(bytes.toHex(' ')); }

QVariant MemberModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const MemberRow& row = rows_[static_cast<std::size_t>(index.row())];
    if (role == changed_role) return row.changed;
    if (role == Qt::TextAlignmentRole) {
        const bool right = index.column() == offset || index.column() == size;
        return QVariant((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role == Qt::ToolTipRole) {
        return QStringLiteral("%1 %2\n%3\n%4").arg(row.type, row.name, row.purpose, row.meaning).trimmed();
    }
    if (role == Qt::AccessibleTextRole) {
        return QStringLiteral("%1, offset %2, %3 bytes, %4%5")
            .arg(row.name)
            .arg(row.offset)
            .arg(row.size)
            .arg(row.meaning, row.changed ? tr(", changed by this event") : QString());
    }
    if (role != Qt::DisplayRole) return {};
    switch (index.column()) {
        case offset: return QStringLiteral("0x%1").arg(row.offset, 2, 16, QLatin1Char('0'));
        case size: return row.size;
        case member: return row.name;
        case before: return bytes_text(row.before);
        case after: return bytes_text(row.after);
        case meaning: return row.meaning;
        default: return {};
    }
}

QVariant MemberModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) {
        const bool right = section == offset || section == size;
        return QVariant((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case offset: return tr("offset");
        case size: return tr("size");
        case member: return tr("member");
        case before: return tr("before");
        case after: return tr("after");
        case meaning: return tr("what it means");
        default: return {};
    }
}

trace::EventId MemberModel::change_of(int row, int direction) const {
    const trace::History* history = playback_.history();
    if (history == nullptr || row < 0 || row >= rowCount() || !region_.valid()) return {};
    const MemberRow& chosen = rows_[static_cast<std::size_t>(row)];
    return direction > 0 ? history->next_change(region_, chosen.offset, chosen.size, playback_.position())
                         : history->previous_change(region_, chosen.offset, chosen.size, playback_.position());
}

void MemberModel::refresh() {
    const std::vector<MemberRow> old = std::move(rows_);
    rows_.clear();
    structure_name_.clear();
    region_name_.clear();
    region_ = playback_.region();
    const trace::Cursor* cursor = playback_.cursor();
    const trace::History* history = playback_.history();
    if (cursor != nullptr && history != nullptr && region_.valid()) {
        const trace::EventId at = playback_.position();
        const trace::Trace& trace = history->trace();
        const trace::Region& region = trace.region(region_);
        const trace::Operation* operation = playback_.operation();
        const trace::BlockType type = operation != nullptr ? history->block_type(*operation, at) : trace::BlockType::protocol;
        region_name_ = to_qstring(trace::region_text(*history, region_));
        const std::span<const std::byte> now = cursor->bytes(region_);
        QByteArray after_bytes = to_bytes(now);
        QByteArray before_bytes = after_bytes;
        std::vector<bool> touched(static_cast<std::size_t>(after_bytes.size()), false);
        for (const trace::Change& change : trace.changes(trace.event(at))) {
            if (change.region != region_) continue;
            const auto was = trace.before(change);
            for (std::size_t i = 0; i < was.size() && change.offset + i < touched.size(); ++i) {
                before_bytes[static_cast<qsizetype>(change.offset + i)] = static_cast<char>(was[i]);
                touched[change.offset + i] = true;
            }
        }
        std::vector<trace::Member> members;
        switch (region.kind) {
            case trace::RegionKind::block_list: structure_name_ = to_qstring(trace::structure_name(type)); break;
            case trace::RegionKind::offload_handle: structure_name_ = QStringLiteral("NDIS_OFFLOAD_HANDLE"); break;
            default: structure_name_ = to_qstring(trace::to_text(region.kind)).replace(QLatin1Char('_'), QLatin1Char(' ')); break;
        }
        const auto known = trace::members_of(region.kind, type);
        members.assign(known.begin(), known.end());
        const bool has_layout = !members.empty();
        const bool frame = region.kind == trace::RegionKind::frame;
        if (frame) {
            for (FrameField& field : frame_fields(after_bytes)) {
                MemberRow row;
                row.name = std::move(field.name);
                row.type = std::move(field.type);
                row.purpose = std::move(field.purpose);
                row.offset = field.offset;
                row.size = field.size;
                // A frame does not change; of its data the beginning is enough here, the Bytes pane has all.
                row.before = row.after = after_bytes.mid(field.offset, std::min<std::uint32_t>(field.size, 32));
                row.meaning_before = row.meaning = std::move(field.meaning);
                rows_.push_back(std::move(row));
            }
        }
        if (!has_layout && !frame) {
            for (std::uint32_t at_byte = 0; at_byte < static_cast<std::uint32_t>(after_bytes.size()); at_byte += 8) {
                members.push_back({{}, at_byte, std::min<std::uint32_t>(8, static_cast<std::uint32_t>(after_bytes.size()) - at_byte), {}, {}});
            }
        }
        for (const trace::Member& field : members) {
            if (field.offset + field.size > static_cast<std::uint32_t>(after_bytes.size())) continue;
            MemberRow row;
            row.offset = field.offset;
            row.size = field.size;
            row.name = has_layout ? to_qstring(field.name) : QStringLiteral("+0x%1").arg(field.offset, 2, 16, QLatin1Char('0'));
            row.type = to_qstring(field.type);
            row.purpose = to_qstring(field.purpose);
            row.before = before_bytes.mid(field.offset, field.size);
            row.after = after_bytes.mid(field.offset, field.size);
            row.changed = std::find(touched.begin() + field.offset, touched.begin() + field.offset + field.size, true) !=
                          touched.begin() + field.offset + field.size;
            const auto meaning_of = [&](const QByteArray& bytes) {
                if (has_layout) return to_qstring(trace::member_text(*history, at, region.kind, field, number_of(bytes)));
                return to_qstring(trace::value_text(*history, at, number_of(bytes)));
            };
            row.meaning = meaning_of(row.after);
            row.meaning_before = row.changed ? meaning_of(row.before) : row.meaning;
            rows_.push_back(std::move(row));
        }
    }
    // The same members with other bytes keep a view where it is; another structure starts anew.
    const bool same_shape = old.size() == rows_.size() &&
                            std::equal(old.begin(), old.end(), rows_.begin(),
                                       [](const MemberRow& a, const MemberRow& b) { return a.offset == b.offset && a.size == b.size; });
    if (same_shape) {
        if (!rows_.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, column_count - 1));
    } else {
        std::vector<MemberRow> fresh = std::move(rows_);
        rows_ = old;
        beginResetModel();
        rows_ = std::move(fresh);
        endResetModel();
    }
    Q_EMIT refreshed();
}

}  // namespace chimneylab::desktop

#include "moc_member_model.cpp"
