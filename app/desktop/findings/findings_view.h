// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The findings pane: first causes with their consequences, a filter over them, and below what is said about the chosen
// one. A click or Enter goes to the event. When nothing is broken it says so, and offers the variants of the scenario that
// break something on purpose.
#pragma once

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QTextBrowser>
#include <QTreeView>
#include <QVBoxLayout>
#include <QWidget>

#include "app/desktop/models/finding_model.h"
#include "app/desktop/models/library_model.h"
#include "app/desktop/theme/theme.h"

namespace chimneylab::desktop {

class FindingsView : public QWidget {
    Q_OBJECT
public:
    FindingsView(PlaybackModel& playback, FindingModel& findings, const LibraryModel& library, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QTreeView* tree() const { return tree_; }
    [[nodiscard]] QLineEdit* filter() const { return words_; }
    [[nodiscard]] QComboBox* severity() const { return severity_; }
    [[nodiscard]] QComboBox* layer() const { return layer_; }
    [[nodiscard]] QComboBox* rule() const { return rule_; }
    [[nodiscard]] QTextBrowser* page() const { return page_; }
    [[nodiscard]] QLabel* none() const { return none_; }
    [[nodiscard]] int chosen() const;  // into Findings::rows; -1
    // Selects it, in spite of the filter, without going there.
    void choose(int finding);

Q_SIGNALS:
    void summary_changed(const QString& summary);
    void finding_wanted(int finding);
    void event_wanted(quint32 event);
    void rule_wanted(const QString& rule);
    void variant_wanted(const QString& scenario, const QString& variant);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void open_session();
    void refresh();
    void tell_state();
    void apply_filter();
    void show_page();
    void offer_variants();
    void apply_theme();
    void fit_columns();

    PlaybackModel& playback_;
    FindingModel& findings_;
    const LibraryModel& library_;
    const Theme& theme_;
    QLineEdit* words_ = nullptr;
    QComboBox *severity_ = nullptr, *layer_ = nullptr, *rule_ = nullptr;
    QWidget* filters_ = nullptr;
    QTreeView* tree_ = nullptr;
    QTextBrowser* page_ = nullptr;
    QScrollArea* quiet_ = nullptr;  // what stands here when no finding is shown
    QLabel* none_ = nullptr;
    QWidget* variants_ = nullptr;
    QVBoxLayout* variant_column_ = nullptr;
    bool filling_ = false;
};

}  // namespace chimneylab::desktop
