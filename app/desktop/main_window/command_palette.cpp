// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/main_window/command_palette.h"

#include <QApplication>
#include <QFontMetrics>
#include <QKeyEvent>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>

namespace chimneylab::desktop {

namespace {

class PaletteDelegate : public QStyledItemDelegate {
public:
    PaletteDelegate(const Theme& theme, QObject* parent) : QStyledItemDelegate(parent), theme_(theme) {}
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {200, 26}; }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Tokens& t = theme_.tokens();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRectF cell = QRectF(option.rect).adjusted(2, 1, -2, -1);
        if ((option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) != 0) {
            painter->setPen(Qt::NoPen);
            painter->setBrush((option.state & QStyle::State_Selected) != 0 ? t.selection : t.hover);
            painter->drawRoundedRect(cell, 5, 5);
        }
        const QFont quiet = theme_.words(measure::quiet_text);
        painter->setFont(quiet);
        painter->setPen(t.quiet_text);
        painter->drawText(cell.adjusted(8, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, index.data(PaletteModel::kind_role).toString());
        const QString detail = index.data(PaletteModel::detail_role).toString();
        const QFont words = theme_.words(measure::body_text);
        // A short title leaves its room to the detail.
        const double detail_room = std::max(cell.width() * 0.42, cell.width() - 84 - QFontMetricsF(words).horizontalAdvance(index.data().toString()) - 34);
        const QString shown = QFontMetricsF(quiet).elidedText(detail, Qt::ElideRight, detail_room);
        painter->drawText(cell.adjusted(0, 0, -8, 0), Qt::AlignRight | Qt::AlignVCenter, shown);
        painter->setFont(words);
        const auto* model = qobject_cast<const PaletteModel*>(index.model());
        const PaletteEntry* entry = model == nullptr ? nullptr : model->entry(index.row());
        painter->setPen(entry != nullptr && !entry->enabled ? t.quiet_text : t.text);
        const double room = cell.width() - 84 - QFontMetricsF(quiet).horizontalAdvance(shown) - 18;
        painter->drawText(cell.adjusted(84, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, QFontMetricsF(words).elidedText(index.data().toString(), Qt::ElideRight, room));
        painter->restore();
    }

private:
    const Theme& theme_;
};

}  // namespace

CommandPalette::CommandPalette(PaletteModel& palette, const Theme& theme, QWidget* parent) : QFrame(parent), palette_(palette), theme_(theme) {
    setAccessibleName(tr("Command palette"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 10, 10, 10);
    column->setSpacing(6);
    field_ = new QLineEdit(this);
    field_->setPlaceholderText(tr("A command, a member, a rule, a scenario, or the number of an event"));
    field_->setAccessibleName(tr("Find anything"));
    field_->installEventFilter(this);
    column->addWidget(field_);
    list_ = new QListView(this);
    list_->setModel(&palette);
    list_->setItemDelegate(new PaletteDelegate(theme, list_));
    list_->setAccessibleName(tr("What was found"));
    list_->setFrameShape(QFrame::NoFrame);
    list_->setMouseTracking(true);
    list_->setUniformItemSizes(true);
    list_->setFocusPolicy(Qt::NoFocus);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    column->addWidget(list_, 1);
    connect(field_, &QLineEdit::textChanged, this, [this](const QString& letters) {
        palette_.set_letters(letters);
        list_->setCurrentIndex(palette_.index(0));
    });
    connect(list_, &QListView::clicked, this, &CommandPalette::act);
    connect(&theme, &Theme::changed, this, [this] { update(); });
    hide();
}

void CommandPalette::open_over(QWidget* window, const QString& letters) {
    if (!isVisible()) focus_before_ = QApplication::focusWidget();
    const int wide = std::min(640, window->width() - 40);
    const int high = std::min(440, window->height() - 80);
    setGeometry((window->width() - wide) / 2, 44, wide, high);
    field_->setText(letters);
    palette_.set_letters(letters);
    list_->setCurrentIndex(palette_.index(0));
    show();
    raise();
    field_->setFocus();
    field_->selectAll();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusOut && isVisible()) {
        hide();
        return false;
    }
    if (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride) return QFrame::eventFilter(watched, event);
    auto* key = static_cast<QKeyEvent*>(event);
    const int rows = palette_.rowCount();
    int row = list_->currentIndex().row();
    switch (key->key()) {
        case Qt::Key_Down: row = std::min(row + 1, rows - 1); break;
        case Qt::Key_Up: row = std::max(row - 1, 0); break;
        case Qt::Key_PageDown: row = std::min(row + 10, rows - 1); break;
        case Qt::Key_PageUp: row = std::max(row - 10, 0); break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Escape: break;
        default: return QFrame::eventFilter(watched, event);
    }
    if (event->type() == QEvent::ShortcutOverride) {
        event->accept();
        return true;
    }
    if (key->key() == Qt::Key_Escape) {
        if (focus_before_ != nullptr) focus_before_->setFocus();
        hide();
    } else if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
        act(list_->currentIndex());
    } else {
        list_->setCurrentIndex(palette_.index(row));
    }
    return true;
}

void CommandPalette::act(const QModelIndex& index) {
    const PaletteEntry* entry = palette_.entry(index.row());
    if (entry == nullptr || !entry->enabled || !entry->act) return;
    const auto what = entry->act;  // the entry may be gone when it comes back
    hide();
    if (focus_before_ != nullptr) focus_before_->setFocus();
    what();
}

void CommandPalette::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens& t = theme_.tokens();
    painter.setPen(QPen(t.accent, 1));
    painter.setBrush(t.panel);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), measure::panel_radius, measure::panel_radius);
}

}  // namespace chimneylab::desktop

#include "moc_command_palette.cpp"
