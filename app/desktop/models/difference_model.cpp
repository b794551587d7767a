// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/difference_model.h"

#include <algorithm>
#include <cmath>

#include "app/desktop/models/event_text.h"
#include "app/desktop/models/time_axis.h"

namespace chimneylab::desktop {

DifferencesPointer find_differences(SessionPointer a, const QString& a_name, SessionPointer b, const QString& b_name) {
    auto made = std::make_shared<Differences>();
    const auto of_a = clocks_of(*a), of_b = clocks_of(*b);
    const auto has = [](const std::vector<ClockKind>& kinds, report::Clock clock) { return std::ranges::any_of(kinds, [clock](ClockKind kind) { return clock_of(kind) == clock; }); };
    report::ComparisonOptions options;
    options.clock = std::nullopt;
    for (const report::Clock clock : {report::Clock::virtual_time, report::Clock::measured_time}) {
        if (options.clock || !has(of_a, clock) || !has(of_b, clock)) continue;
        options.clock = clock;
        made->clock = clock == report::Clock::virtual_time ? ClockKind::virtual_time : ClockKind::recorded;
    }
    made->comparison = report::compare(*a->history, *b->history, options);
    made->a = std::move(a);
    made->b = std::move(b);
    made->a_name = a_name;
    made->b_name = b_name;
    return made;
}

QString Differences::verdict() const {
    QStringList words;
    for (const std::string& each : comparison.stack) words << to_qstring(each);
    if (comparison.same_history()) words << DivergenceModel::tr("the same history");
    else words << DivergenceModel::tr("%L1 of %L2 chains of events differ").arg(comparison.differing_chains).arg(comparison.chains);
    const auto certain = std::ranges::count_if(comparison.timing, [](const report::TimingDifference& each) { return each.certain && std::abs(each.relative) > 0.05; });
    if (clock) words << (certain == 0 ? DivergenceModel::tr("no time differs for certain") : DivergenceModel::tr("%L1 times differ for certain").arg(certain));
    return words.join(QStringLiteral(" · "));
}

void DivergenceModel::set(DifferencesPointer differences) {
    beginResetModel();
    differences_ = std::move(differences);
    endResetModel();
}

int DivergenceModel::rowCount(const QModelIndex& parent) const { return parent.isValid() || !differences_ ? 0 : static_cast<int>(differences_->comparison.divergences.size()); }

QVariant DivergenceModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const report::Divergence& each = differences_->comparison.divergences[static_cast<std::size_t>(index.row())];
    const auto side = [](trace::EventId event, const std::string& text) {
        return event.valid() ? QStringLiteral("%1  %2").arg(event.value).arg(to_qstring(text)) : text.empty() ? tr("– nothing") : to_qstring(text);
    };
    switch (role) {
        case a_event_role: return each.a.value;
        case b_event_role: return each.b.value;
        case Qt::DisplayRole:
        case Qt::ToolTipRole:
            switch (index.column()) {
                case chain: return to_qstring(each.chain);
                case what: return to_qstring(each.what);
                case side_a: return side(each.a, each.a_text);
                case side_b: return side(each.b, each.b_text);
                default: return {};
            }
        case Qt::AccessibleTextRole:
            return tr("%1: %2 after %L3 events that agree. A: %4. B: %5").arg(to_qstring(each.chain), to_qstring(each.what)).arg(each.position).arg(side(each.a, each.a_text), side(each.b, each.b_text));
        default: return {};
    }
}

QVariant DivergenceModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    switch (section) {
        case chain: return tr("in");
        case what: return tr("what");
        case side_a: return tr("A");
        case side_b: return tr("B");
        default: return {};
    }
}

void TimingDifferenceModel::set(DifferencesPointer differences) {
    beginResetModel();
    differences_ = std::move(differences);
    rows_.clear();
    if (differences_) {
        for (const report::TimingDifference& each : differences_->comparison.timing) rows_.push_back(&each);
        std::ranges::stable_sort(rows_, [](const report::TimingDifference* one, const report::TimingDifference* other) {
            if (one->certain != other->certain) return one->certain;
            return std::abs(one->relative) > std::abs(other->relative);
        });
    }
    endResetModel();
}

int TimingDifferenceModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }

QVariant TimingDifferenceModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const report::TimingDifference& each = *rows_[static_cast<std::size_t>(index.row())];
    const auto signed_time = [](double value) { return (value < 0 ? QStringLiteral("−") : QStringLiteral("+")) + short_time(std::abs(value)); };
    const auto percent = [&] {
        const double value = each.relative * 100;
        return (value < 0 ? QStringLiteral("−") : QStringLiteral("+")) + QString::number(std::abs(value), 'f', 1) + QStringLiteral(" %");
    };
    const auto judged = [&] {
        if (!each.enough) return tr("too few to tell");
        if (!each.certain) return tr("may be chance (p = %1)").arg(each.adjusted_p, 0, 'g', 2);
        return differences_->clock == ClockKind::virtual_time ? tr("differs: virtual times are exact") : tr("differs (p = %1)").arg(each.p, 0, 'g', 2);
    };
    switch (role) {
        case Qt::TextAlignmentRole: return static_cast<int>((index.column() == name || index.column() == verdict ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
        case Qt::DisplayRole:
        case Qt::ToolTipRole:
            switch (index.column()) {
                case name: return to_qstring(report::subject_title(each.subject)) + QStringLiteral(": ") + to_qstring(each.name);
                case a_median: return tr("%1 (%L2)").arg(short_time(static_cast<double>(each.a_median))).arg(each.a_count);
                case b_median: return tr("%1 (%L2)").arg(short_time(static_cast<double>(each.b_median))).arg(each.b_count);
                case relative: return percent();
                case interval: return each.enough ? tr("%1 … %2").arg(signed_time(each.interval.low), signed_time(each.interval.high)) : QStringLiteral("–");
                case verdict: return judged();
                default: return {};
            }
        case Qt::AccessibleTextRole:
            return tr("%1: median of A %2, of B %3, %4, %5").arg(to_qstring(each.name), short_time(static_cast<double>(each.a_median)), short_time(static_cast<double>(each.b_median)), percent(), judged());
        default: return {};
    }
}

QVariant TimingDifferenceModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::ToolTipRole && section == interval) return tr("95 % interval of the difference of the medians, B less A, by bootstrap");
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case name: return tr("times of");
        case a_median: return tr("median A (count)");
        case b_median: return tr("median B (count)");
        case relative: return tr("change");
        case interval: return tr("95 %");
        case verdict: return tr("verdict");
        default: return {};
    }
}

}  // namespace chimneylab::desktop

#include "moc_difference_model.cpp"
