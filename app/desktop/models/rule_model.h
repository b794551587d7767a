// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The rule catalogue as a list that words narrow down, each rule with what became of it in the session on stage.
#pragma once

#include <QAbstractListModel>
#include <vector>

#include "app/desktop/models/playback_model.h"
#include "engine/verifier/rules.h"

namespace chimneylab::desktop {

class RuleModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { id_role = Qt::UserRole + 1, severity_role, broken_role, checked_role };

    explicit RuleModel(PlaybackModel& playback, QObject* parent = nullptr);
    void set_filter(const QString& words);
    [[nodiscard]] const verifier::Rule* rule_at(int row) const;
    [[nodiscard]] int row_of(const QString& id) const;     // -1 while the filter hides it
    [[nodiscard]] int times_broken(const QString& id) const;  // in this session

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    void rebuild();

    PlaybackModel& playback_;
    QString filter_;
    std::vector<const verifier::Rule*> shown_;
};

}  // namespace chimneylab::desktop
