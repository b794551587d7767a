// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The findings of the session as a tree of two levels: first causes in the order of events, and under each what followed
// from it. Narrowed down by words, severity, rule and layer; a first cause stays while one of its consequences passes.
#pragma once

#include <QAbstractItemModel>
#include <optional>
#include <vector>

#include "app/desktop/models/playback_model.h"
#include "app/desktop/models/session_judge.h"

namespace chimneylab::desktop {

struct FindingFilter {
    QString words;  // every one must occur somewhere in rule, place, layer or sentence
    std::optional<verifier::Severity> severity;
    QString rule;
    std::optional<trace::LayerIndex> layer;
    friend bool operator==(const FindingFilter&, const FindingFilter&) = default;
};

class FindingModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Role { finding_role = Qt::UserRole + 1, severity_role, consequence_count_role, here_role };

    explicit FindingModel(PlaybackModel& playback, QObject* parent = nullptr);

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

    void set_filter(const FindingFilter& filter);
    [[nodiscard]] const FindingFilter& filter() const { return filter_; }
    [[nodiscard]] const Findings* findings() const { return playback_.session() ? &playback_.session()->findings : nullptr; }
    // Who judges a long session while it is on show.
    [[nodiscard]] SessionJudge& judge() { return judge_; }
    [[nodiscard]] const SessionJudge& judge() const { return judge_; }
    // Null for an index that is none.
    [[nodiscard]] const Finding* finding(const QModelIndex& index) const;
    [[nodiscard]] int finding_number(const QModelIndex& index) const;  // into Findings::rows; -1
    [[nodiscard]] QModelIndex index_of(int finding) const;             // invalid while the filter hides it
    [[nodiscard]] int shown() const;
    [[nodiscard]] int all() const { return findings() == nullptr ? 0 : static_cast<int>(findings()->rows.size()); }
    // Severities, rules and layers that occur, for the choices of a filter.
    [[nodiscard]] std::vector<verifier::Severity> severities() const;
    [[nodiscard]] QStringList rules() const;
    [[nodiscard]] std::vector<std::pair<trace::LayerIndex, QString>> layers() const;

private:
    struct Group {
        std::uint32_t first = 0;
        std::vector<std::uint32_t> shown;
    };
    void rebuild();
    [[nodiscard]] bool passes(const Finding& finding) const;

    PlaybackModel& playback_;
    SessionJudge judge_;
    FindingFilter filter_;
    std::vector<Group> groups_;
};

}  // namespace chimneylab::desktop
