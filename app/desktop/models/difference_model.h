// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Two sessions compared by causal order (engine/report/comparison): where they part, and which times differ by more than
// chance explains. Two tables over one result, which is worked out elsewhere. GUI thread only.
#pragma once

#include <QAbstractTableModel>
#include <memory>

#include "app/desktop/models/timing_model.h"
#include "engine/report/comparison.h"

namespace chimneylab::desktop {

struct Differences {
    SessionPointer a, b;
    QString a_name, b_name;
    std::optional<ClockKind> clock;  // whose times were compared; none: they have none in common
    report::Comparison comparison;
    // "3 of 41 chains differ" or "the same history", and the stack when it is another one.
    [[nodiscard]] QString verdict() const;
};
using DifferencesPointer = std::shared_ptr<const Differences>;

// Times are compared when both sessions have such: virtual ones, else those of the machines that ran them. Any thread.
[[nodiscard]] DifferencesPointer find_differences(SessionPointer a, const QString& a_name, SessionPointer b, const QString& b_name);

class DivergenceModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { chain, what, side_a, side_b, column_count };
    enum Role { a_event_role = Qt::UserRole + 1, b_event_role };
    using QAbstractTableModel::QAbstractTableModel;
    void set(DifferencesPointer differences);
    [[nodiscard]] const DifferencesPointer& differences() const { return differences_; }
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : column_count; }
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    DifferencesPointer differences_;
};

class TimingDifferenceModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { name, a_median, b_median, relative, interval, verdict, column_count };
    using QAbstractTableModel::QAbstractTableModel;
    void set(DifferencesPointer differences);  // the certain ones first, the largest first among them
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : column_count; }
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    DifferencesPointer differences_;
    std::vector<const report::TimingDifference*> rows_;
};

}  // namespace chimneylab::desktop
