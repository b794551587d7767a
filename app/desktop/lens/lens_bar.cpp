// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/lens/lens_bar.h"

#include <QHBoxLayout>
#include <QSignalBlocker>

namespace chimneylab::desktop {

LensBar::LensBar(LensModel& lens, LensView& view, QWidget* parent) : QWidget(parent), lens_(lens), view_(view) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(measure::step);
    next_ = button(QString(), tr("Tell the next member"), tr("Tell the next member (N, or Enter in the lens)"), false);
    blocks_ = new QComboBox(this);
    blocks_->setAccessibleName(tr("Block of the tree"));
    blocks_->setToolTip(tr("Which block of the tree the lens shows; ◆ marks those that this conversion changes"));
    blocks_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    blocks_->setFocusPolicy(Qt::TabFocus);
    blocks_->setProperty("compact", true);
    row->addWidget(next_);
    row->addWidget(blocks_);
    arch_ = button(
        QStringLiteral("x64"), tr("Layout"),
        tr("Layout of the structures: x64, as the machine runs, or x86, computed. Values stay those of the run."),
        true);
    scale_ = button(tr("members"), tr("Scale"), tr("One row a member, or every byte to scale"), true);
    calm_ = button(tr("calm"), tr("Calm mode"),
                   tr("Calm mode: after a step onto a conversion each member waits for N or Enter"), true);
    for (QToolButton* each : {arch_, scale_, calm_}) row->addWidget(each);

    connect(blocks_, &QComboBox::activated, this, [this](int index) {
        const auto& blocks = lens_.picture().blocks;
        if (index >= 0 && index < static_cast<int>(blocks.size()))
            lens_.choose_block(blocks[static_cast<std::size_t>(index)].region);
    });
    connect(arch_, &QToolButton::toggled, this, [this](bool x86) {
        arch_->setText(x86 ? QStringLiteral("x86") : QStringLiteral("x64"));
        lens_.set_arch(x86 ? layout::Arch::x86 : layout::Arch::x64);
    });
    connect(scale_, &QToolButton::toggled, this, [this](bool bytes) {
        scale_->setText(bytes ? tr("bytes") : tr("members"));
        view_.set_scale(bytes ? LensScale::bytes : LensScale::compact);
    });
    connect(calm_, &QToolButton::toggled, &view_, &LensView::set_calm);
    connect(next_, &QToolButton::clicked, &view_, &LensView::tell_next);
    connect(&lens, &LensModel::picture_changed, this, &LensBar::show_blocks);
    connect(&view, &LensView::told_changed, this, [this](int told, int of) {
        next_->setVisible(view_.calm() && told < of);
        next_->setText(tr("next ▸ %1 of %2").arg(told).arg(of));
    });
    next_->hide();
    show_blocks();
}

void LensBar::remember(QSettings& settings) const {
    settings.setValue(QStringLiteral("lens/x86"), arch_->isChecked());
    settings.setValue(QStringLiteral("lens/bytes"), scale_->isChecked());
    settings.setValue(QStringLiteral("lens/calm"), calm_->isChecked());
}

void LensBar::recall(const QSettings& settings) {
    arch_->setChecked(settings.value(QStringLiteral("lens/x86"), false).toBool());
    scale_->setChecked(settings.value(QStringLiteral("lens/bytes"), false).toBool());
    calm_->setChecked(settings.value(QStringLiteral("lens/calm"), false).toBool());
}

QToolButton* LensBar::button(const QString& text, const QString& name, const QString& tip, bool checkable) {
    auto* made = new QToolButton(this);
    made->setText(text);
    made->setAccessibleName(name);
    made->setToolTip(tip);
    made->setCheckable(checkable);
    made->setFocusPolicy(Qt::TabFocus);
    made->setAutoRaise(true);
    return made;
}

void LensBar::show_blocks() {
    const auto& blocks = lens_.picture().blocks;
    const QSignalBlocker quiet(blocks_);
    QStringList texts;
    int current = -1;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        texts << (blocks[i].changed ? QStringLiteral("◆ ") : QString()) + blocks[i].label +
                     (blocks[i].root ? tr(" · root") : QString());
        if (blocks[i].region == lens_.picture().block) current = static_cast<int>(i);
    }
    bool same = blocks_->count() == texts.size();
    for (int i = 0; same && i < blocks_->count(); ++i) same = blocks_->itemText(i) == texts[i];
    if (!same) {
        blocks_->clear();
        blocks_->addItems(texts);
    }
    blocks_->setCurrentIndex(current);
    blocks_->setVisible(blocks.size() > 1);
}

}  // namespace chimneylab::desktop

#include "moc_lens_bar.cpp"
