// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/handle_chain/chain_view.h"

#include <QHBoxLayout>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QMouseEvent>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QToolTip>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "app/desktop/models/short_value.h"

namespace chimneylab::desktop {

using What = ChainGeometry::Line::What;

ChainPicture::ChainPicture(PlaybackModel& playback, HandleChainModel& model, const Theme& theme, QWidget* parent)
    : QAbstractScrollArea(parent), playback_(playback), model_(model), theme_(theme) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    setAccessibleName(tr("Handle chain"));
    connect(&model, &HandleChainModel::chain_changed, this, [this] {
        place();
        setAccessibleDescription(model_.chain().empty() ? model_.empty_text() : model_.summary());
        tell_rows_changed(*this);
        viewport()->update();
    });
    connect(&theme, &Theme::changed, viewport(), qOverload<>(&QWidget::update));
    place();
}

QPointF ChainPicture::to_drawing(QPointF at) const {
    return at + QPointF(horizontalScrollBar()->value(), verticalScrollBar()->value());
}

QPointF ChainPicture::to_viewport(QPointF at) const {
    return at - QPointF(horizontalScrollBar()->value(), verticalScrollBar()->value());
}

void ChainPicture::place() {
    geometry_ = place_chain(model_.chain(), QSizeF(viewport()->size()));
    const QSize room = viewport()->size();
    verticalScrollBar()->setPageStep(room.height());
    verticalScrollBar()->setSingleStep(24);
    verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(std::ceil(geometry_.size.height())) - room.height()));
    horizontalScrollBar()->setPageStep(room.width());
    horizontalScrollBar()->setSingleStep(24);
    horizontalScrollBar()->setRange(0, std::max(0, static_cast<int>(std::ceil(geometry_.size.width())) - room.width()));
    current_ = std::clamp(current_, 0, std::max(0, static_cast<int>(geometry_.nodes.size()) - 1));
}

int ChainPicture::node_at(QPointF at) const {
    for (std::size_t i = 0; i < geometry_.nodes.size(); ++i)
        if (geometry_.nodes[i].box.contains(at)) return static_cast<int>(i);
    return -1;
}

const ChainGeometry::Line* ChainPicture::line_at(int node, QPointF at) const {
    if (node < 0) return nullptr;
    for (const ChainGeometry::Line& line : geometry_.nodes[static_cast<std::size_t>(node)].lines)
        if (line.box.contains(at)) return &line;
    return nullptr;
}

void ChainPicture::open_node(int index, const ChainGeometry::Line* line) {
    if (index < 0 || index >= static_cast<int>(model_.chain().nodes.size())) return;
    current_ = index;
    const ChainNode node = model_.chain().nodes[static_cast<std::size_t>(index)];
    const What what = line != nullptr ? line->what : What::context;
    // A member of the handle is looked at in the handle, the rest in the entry around it.
    const bool of_handle = line != nullptr && what != What::upper && node.handle.valid();
    const trace::RegionId region = of_handle ? node.handle : node.region;
    if (region.valid()) playback_.choose_region(region);
    if (of_handle)
        playback_.choose_member(what == What::binding ? trace::handle_offset::ndis_reserved
                                                      : trace::handle_offset::miniport_offload_context);
    if (line != nullptr && what == What::upper && node.up.offset) playback_.choose_member(*node.up.offset);
    tell_current_row(*this, index);
    viewport()->update();
}

void ChainPicture::move_to(int node) {
    current_ = std::clamp(node, 0, std::max(0, static_cast<int>(geometry_.nodes.size()) - 1));
    if (geometry_.nodes.empty()) return;
    const QRectF box = geometry_.nodes[static_cast<std::size_t>(current_)].box;
    if (to_viewport(box.topLeft()).y() < 0 || to_viewport(box.bottomLeft()).y() > viewport()->height())
        verticalScrollBar()->setValue(static_cast<int>(box.top()) - 6);
    if (to_viewport(box.topLeft()).x() < 0 || to_viewport(box.topRight()).x() > viewport()->width())
        horizontalScrollBar()->setValue(static_cast<int>(box.left()) - 10);
    tell_current_row(*this, current_);
    viewport()->update();
}

bool ChainPicture::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_Return || key == Qt::Key_Enter) {
            event->accept();
            return true;
        }
    }
    return QAbstractScrollArea::event(event);
}

void ChainPicture::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Up:
            move_to(current_ - 1);
            return;
        case Qt::Key_Down:
            move_to(current_ + 1);
            return;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            open_node(current_, nullptr);
            return;
        default:
            QAbstractScrollArea::keyPressEvent(event);
    }
}

void ChainPicture::mousePressEvent(QMouseEvent* event) {
    const QPointF at = to_drawing(event->position());
    const int node = node_at(at);
    open_node(node, line_at(node, at));
    event->accept();
}

void ChainPicture::mouseMoveEvent(QMouseEvent* event) {
    const int node = node_at(to_drawing(event->position()));
    const bool opens = node >= 0 && model_.chain().nodes[static_cast<std::size_t>(node)].region.valid();
    viewport()->setCursor(opens ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (node != hover_) {
        hover_ = node;
        viewport()->update();
    }
}

QString ChainPicture::tip(int index, const ChainGeometry::Line* line) const {
    const ChainNode& node = model_.chain().nodes[static_cast<std::size_t>(index)];
    if (!node.exists) return tr("%1 has nothing of %2 at this event").arg(node.title, model_.chain().object);
    if (line == nullptr)
        return node.memory + QStringLiteral("\n") + address_text(node.address) +
               (node.region.valid() ? tr("\nClick to look inside") : QString());
    const ChainLink& link = line->what == What::binding   ? node.binding
                            : line->what == What::context ? node.down
                                                          : node.up;
    QString tip =
        line->what == What::binding ? tr("NdisReserved[0]: the binding the object was offloaded on; NDIS writes it")
        : line->what == What::context
            ? tr("MiniportOffloadContext: the way down; the driver below writes it when the object is offloaded")
            : tr("The handle of the driver above: the way up, for indications and for slot B");
    tip += QStringLiteral("\n%1  %2").arg(address_text(link.value), link.text);
    if (link.state == ChainState::stale)
        tip += tr("\nThat memory has been given back: the owner clears the handle before it offloads again");
    if (!link.flaw.isEmpty()) tip += tr("\n✖ %1: %2").arg(link.rule, link.flaw);
    return tip;
}

bool ChainPicture::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QPointF at = to_drawing(help->pos());
        const int node = node_at(at);
        if (node >= 0) {
            QToolTip::showText(help->globalPos(), tip(node, line_at(node, at)), viewport());
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    if (event->type() == QEvent::Leave && hover_ >= 0) {
        hover_ = -1;
        viewport()->update();
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void ChainPicture::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    if (model_.chain().empty()) {
        painter.setPen(theme_.tokens().quiet_text);
        painter.setFont(theme_.words(measure::body_text));
        painter.drawText(QRectF(viewport()->rect()).adjusted(24, 8, -24, -8), Qt::AlignCenter | Qt::TextWordWrap,
                         model_.empty_text());
        return;
    }
    painter.translate(-horizontalScrollBar()->value(), -verticalScrollBar()->value());
    paint_chain(painter, model_.chain(), geometry_, hover_, hasFocus() ? current_ : -1, theme_);
}

void ChainPicture::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    place();
}

QRect ChainPicture::accessible_row_rect(int row) const {
    if (row < 0 || row >= static_cast<int>(geometry_.nodes.size())) return {};
    const QRectF box = geometry_.nodes[static_cast<std::size_t>(row)].box;
    return QRectF(to_viewport(box.topLeft()), box.size()).toAlignedRect().translated(viewport()->pos());
}

ChainView::ChainView(PlaybackModel& playback, HandleChainModel& model, const Theme& theme, QWidget* parent)
    : QWidget(parent), model_(model) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 0, 6, 6);
    column->setSpacing(measure::step);
    auto* row = new QHBoxLayout;
    objects_ = new QComboBox(this);
    objects_->setAccessibleName(tr("Object whose chain is shown"));
    objects_->setToolTip(tr("The object whose handles are shown; by default that of the block or entry in focus"));
    objects_->setProperty("compact", true);
    objects_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    row->addWidget(objects_);
    row->addStretch(1);
    column->addLayout(row);
    picture_ = new ChainPicture(playback, model, theme, this);
    column->addWidget(picture_, 1);
    connect(objects_, &QComboBox::activated, this,
            [this](int index) { model_.pick(objects_->itemData(index).toString()); });
    connect(&model, &HandleChainModel::objects_changed, this, &ChainView::show_objects);
    connect(&model, &HandleChainModel::chain_changed, this, [this] { Q_EMIT summary_changed(model_.summary()); });
    show_objects();
}

void ChainView::show_objects() {
    const QSignalBlocker quiet(objects_);
    objects_->clear();
    objects_->addItem(tr("follow the focus"), QString());
    for (const QString& object : model_.objects()) objects_->addItem(object, object);
    objects_->setCurrentIndex(0);
}

}  // namespace chimneylab::desktop

#include "moc_chain_view.cpp"
