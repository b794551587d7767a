// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/bytes/bytes_view.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "app/desktop/models/short_value.h"
#include "app/desktop/theme/marks.h"

namespace chimneylab::desktop {

namespace {
constexpr std::uint32_t a_line = 8;  // bytes: members of x64 begin at its multiples
constexpr double line_height = 20, header_height = 20, byte_width = 20, offsets = 50, between = 26, name_room = 190;
constexpr double column = a_line * byte_width;
}  // namespace

BytesView::BytesView(PlaybackModel& playback, HexModel& hex, const Theme& theme, QWidget* parent)
    : QAbstractScrollArea(parent), playback_(playback), hex_(hex), theme_(theme) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    setAccessibleName(tr("Bytes"));
    connect(&hex, &HexModel::picture_changed, this, [this] {
        update_scroll_bars();
        setAccessibleDescription(hex_.summary());
        tell_rows_changed(*this);
        const auto& spans = hex_.picture().spans;
        const auto changed = std::ranges::find(spans, true, &HexSpan::changed);
        if (changed != spans.end()) keep_in_sight(static_cast<int>(changed - spans.begin()));
        viewport()->update();
        Q_EMIT summary_changed(hex_.summary());
    });
    connect(&playback, &PlaybackModel::member_changed, this, [this] {
        keep_in_sight(hex_.chosen_span());
        tell_current_row(*this, hex_.chosen_span());
        viewport()->update();
    });
    connect(&theme, &Theme::changed, viewport(), qOverload<>(&QWidget::update));
    update_scroll_bars();
}

double BytesView::names_left() const { return offsets + 2 * column + 2 * between; }

QRectF BytesView::byte_rect(std::uint32_t byte, bool after) const {
    const double left = offsets + (after ? column + between : 0) - horizontalScrollBar()->value();
    return {left + byte % a_line * byte_width,
            header_height + byte / a_line * line_height - verticalScrollBar()->value(), byte_width, line_height};
}

void BytesView::update_scroll_bars() {
    const auto lines = static_cast<int>((hex_.picture().after.size() + a_line - 1) / a_line);
    const int room = viewport()->height() - static_cast<int>(header_height);
    verticalScrollBar()->setPageStep(room);
    verticalScrollBar()->setSingleStep(static_cast<int>(line_height));
    verticalScrollBar()->setRange(0, std::max(0, lines * static_cast<int>(line_height) + 4 - room));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setSingleStep(24);
    horizontalScrollBar()->setRange(0, std::max(0, static_cast<int>(names_left() + name_room) - viewport()->width()));
}

void BytesView::keep_in_sight(int span) {
    if (span < 0 || span >= static_cast<int>(hex_.picture().spans.size())) return;
    const HexSpan& it = hex_.picture().spans[static_cast<std::size_t>(span)];
    const int top = static_cast<int>(it.offset / a_line * line_height);
    const int bottom = static_cast<int>(((it.offset + it.size - 1) / a_line + 1) * line_height);
    const int room = viewport()->height() - static_cast<int>(header_height);
    QScrollBar* bar = verticalScrollBar();
    if (bottom > bar->value() + room) bar->setValue(bottom - room + 4);
    if (top < bar->value()) bar->setValue(top);
}

int BytesView::span_at(QPointF at) const {
    if (at.y() < header_height || hex_.picture().empty()) return -1;
    const auto line = static_cast<std::uint32_t>((at.y() - header_height + verticalScrollBar()->value()) / line_height);
    const double x = at.x() + horizontalScrollBar()->value();
    std::uint32_t byte = line * a_line;
    for (const double left : {offsets, offsets + column + between})
        if (x >= left && x < left + column) byte += static_cast<std::uint32_t>((x - left) / byte_width);
    const bool on_names = x >= names_left() - between / 2;
    const bool on_bytes = (x >= offsets && x < offsets + column) ||
                          (x >= offsets + column + between && x < offsets + 2 * column + between);
    if (byte >= hex_.picture().span_of.size() || (!on_names && !on_bytes)) return -1;
    if (on_names) {
        // Two members of four bytes share a line and its words, half by half.
        const bool second = x > names_left() + (viewport()->width() - names_left()) / 2;
        if (second && byte + 4 < hex_.picture().span_of.size() &&
            hex_.picture().span_of[byte + 4] != hex_.picture().span_of[byte] &&
            !hex_.picture().spans[static_cast<std::size_t>(hex_.picture().span_of[byte + 4])].padding)
            byte += 4;
    }
    return hex_.picture().span_of[byte];
}

bool BytesView::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down) {
            event->accept();
            return true;
        }
    }
    return QAbstractScrollArea::event(event);
}

void BytesView::keyPressEvent(QKeyEvent* event) {
    const int last = static_cast<int>(hex_.picture().spans.size()) - 1;
    const int chosen = hex_.chosen_span();
    if (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down) {
        hex_.choose_span(chosen < 0 ? 0
                                    : std::clamp(chosen + (event->key() == Qt::Key_Up ? -1 : 1), 0, std::max(0, last)));
        return;
    }
    QAbstractScrollArea::keyPressEvent(event);
}

void BytesView::mousePressEvent(QMouseEvent* event) {
    hex_.choose_span(span_at(event->position()));
    event->accept();
}

void BytesView::mouseMoveEvent(QMouseEvent* event) {
    const int span = span_at(event->position());
    viewport()->setCursor(span >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (span != hover_) {
        hover_ = span;
        viewport()->update();
    }
}

bool BytesView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int span = span_at(help->pos());
        if (span >= 0) {
            QToolTip::showText(help->globalPos(), hex_.span_text(span), viewport());
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

void BytesView::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    update_scroll_bars();
}

void BytesView::paint_header(QPainter& painter) const {
    const Tokens& t = theme_.tokens();
    painter.fillRect(QRectF(0, 0, viewport()->width(), header_height), t.panel);
    painter.setFont(theme_.words(measure::quiet_text));
    painter.setPen(t.quiet_text);
    const double shift = -horizontalScrollBar()->value();
    const auto title = [&](double left, double width, const QString& words, Qt::Alignment alignment = Qt::AlignLeft) {
        painter.drawText(QRectF(left + shift, 0, width, header_height - 2),
                         static_cast<int>(alignment | Qt::AlignVCenter), words);
    };
    title(0, offsets - 8, tr("offset"), Qt::AlignRight);
    title(offsets + 4, column, tr("before this event"));
    title(offsets + column + between + 4, column, tr("after"));
    title(names_left(), name_room, tr("members"));
    painter.setPen(t.line);
    painter.drawLine(QPointF(0, header_height - 0.5), QPointF(viewport()->width(), header_height - 0.5));
}

// The member's ground and outline, line by line; behind the bytes.
void BytesView::paint_span(QPainter& painter, int index) const {
    const Tokens& t = theme_.tokens();
    const HexSpan& span = hex_.picture().spans[static_cast<std::size_t>(index)];
    const bool chosen = index == hex_.chosen_span();
    for (const bool after : {false, true}) {
        for (std::uint32_t byte = span.offset; byte < span.offset + span.size;) {
            const std::uint32_t end = std::min(span.offset + span.size, (byte / a_line + 1) * a_line);
            const QRectF box = byte_rect(byte, after).united(byte_rect(end - 1, after)).adjusted(1.5, 1.5, -1.5, -1.5);
            byte = end;
            if (box.bottom() < header_height || box.top() > viewport()->height()) continue;
            if (span.padding) {
                painter.setPen(Qt::NoPen);
                painter.setBrush(QBrush(t.line, Qt::BDiagPattern));
            } else {
                painter.setPen(QPen(chosen ? t.accent : t.line, chosen ? 2 : 1));
                painter.setBrush(chosen ? t.selection : index == hover_ ? t.hover : t.raised);
            }
            painter.drawRoundedRect(box, 3, 3);
        }
    }
}

void BytesView::paint_line(QPainter& painter, std::uint32_t line) const {
    const Tokens& t = theme_.tokens();
    const HexPicture& picture = hex_.picture();
    const QRectF first = byte_rect(line * a_line, false);
    const double shift = -horizontalScrollBar()->value();
    const auto end = std::min<std::uint32_t>((line + 1) * a_line, static_cast<std::uint32_t>(picture.after.size()));
    painter.setFont(theme_.mono(measure::small_text));
    painter.setPen(t.quiet_text);
    painter.drawText(QRectF(shift, first.top(), offsets - 8, line_height), Qt::AlignRight | Qt::AlignVCenter,
                     offset_text(line * a_line));
    bool any = false;
    for (std::uint32_t byte = line * a_line; byte < end; ++byte) {
        for (const bool after : {false, true}) {
            const QRectF box = byte_rect(byte, after);
            const bool marked = after && picture.changed[byte];
            any = any || picture.changed[byte];
            if (marked) {
                painter.setPen(QPen(t.changed, 1.2));
                painter.setBrush(t.changed_fill);
                painter.drawRoundedRect(box.adjusted(2, 2.5, -2, -2.5), 2, 2);
            }
            painter.setFont(theme_.mono(measure::quiet_text, marked ? QFont::Bold : QFont::Normal));
            painter.setPen(marked ? t.changed : after ? t.text : t.quiet_text);
            const auto value = std::to_integer<unsigned>((after ? picture.after : picture.before)[byte]);
            painter.drawText(box, Qt::AlignCenter, QStringLiteral("%1").arg(value, 2, 16, QLatin1Char('0')));
        }
    }
    if (any)
        draw_mark(painter, Mark::diamond,
                  QRectF(offsets + column + between / 2 - 5 + shift, first.center().y() - 4, 9, 9), t.changed);
    // The members that begin in this line, with what they mean.
    std::vector<int> begin;
    for (std::uint32_t byte = line * a_line; byte < end; ++byte) {
        const int span = picture.span_of[byte];
        const HexSpan& it = picture.spans[static_cast<std::size_t>(span)];
        if (it.offset == byte && !it.padding) begin.push_back(span);
    }
    if (begin.empty()) return;
    const double room = (viewport()->width() - names_left() - shift - 4) / static_cast<double>(begin.size());
    double x = names_left() + shift;
    for (const int index : begin) {
        const HexSpan& span = picture.spans[static_cast<std::size_t>(index)];
        const QFont name =
            theme_.mono(measure::small_text, span.changed || index == hex_.chosen_span() ? QFont::Bold : QFont::Normal);
        const double wanted = std::min(QFontMetricsF(name).horizontalAdvance(span.name) + 6, room);
        painter.setFont(name);
        painter.setPen(span.changed ? t.changed : t.text);
        painter.drawText(QRectF(x, first.top(), wanted, line_height), Qt::AlignLeft | Qt::AlignVCenter,
                         QFontMetricsF(name).elidedText(span.name, Qt::ElideRight, wanted));
        if (room - wanted > 24) {
            const QFont words = theme_.words(measure::small_text);
            painter.setFont(words);
            painter.setPen(t.quiet_text);
            painter.drawText(QRectF(x + wanted + 2, first.top(), room - wanted - 8, line_height),
                             Qt::AlignLeft | Qt::AlignVCenter,
                             QFontMetricsF(words).elidedText(span.meaning, Qt::ElideRight, room - wanted - 8));
        }
        x += room;
    }
}

void BytesView::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.setRenderHint(QPainter::Antialiasing);
    const HexPicture& picture = hex_.picture();
    if (picture.empty()) {
        painter.setPen(theme_.tokens().quiet_text);
        painter.setFont(theme_.words(measure::body_text));
        painter.drawText(QRectF(viewport()->rect()).adjusted(24, 12, -24, -12), Qt::AlignCenter | Qt::TextWordWrap,
                         playback_.session() ? tr("No memory is in focus at this event yet.\nStep on with →, or choose "
                                                  "a block or a call entry on the stage.")
                                             : tr("The bytes of a block stand here, before and after each event.\nRun "
                                                  "a scenario or open a session."));
        return;
    }
    const auto lines = static_cast<std::uint32_t>((picture.after.size() + a_line - 1) / a_line);
    const auto top = static_cast<std::uint32_t>(verticalScrollBar()->value() / line_height);
    const auto shown = static_cast<std::uint32_t>(viewport()->height() / line_height) + 2;
    const std::uint32_t bottom = std::min(lines, top + shown);
    painter.save();
    painter.setClipRect(QRectF(0, header_height, viewport()->width(), viewport()->height() - header_height));
    const int first_span = top * a_line < picture.span_of.size() ? picture.span_of[top * a_line] : 0;
    for (int span = first_span; span < static_cast<int>(picture.spans.size()) &&
                                picture.spans[static_cast<std::size_t>(span)].offset < bottom * a_line;
         ++span)
        paint_span(painter, span);
    for (std::uint32_t line = top; line < bottom; ++line) paint_line(painter, line);
    if (picture.state_begins > 0) {
        const double y = byte_rect(picture.state_begins, false).top();
        painter.setPen(QPen(theme_.tokens().ndis, 1, Qt::DashLine));
        painter.drawLine(QPointF(0, y), QPointF(viewport()->width(), y));
    }
    painter.restore();
    paint_header(painter);
}

QRect BytesView::accessible_row_rect(int row) const {
    if (row < 0 || row >= accessible_row_count()) return {};
    const HexSpan& span = hex_.picture().spans[static_cast<std::size_t>(row)];
    return byte_rect(span.offset, true)
        .united(byte_rect(span.offset + span.size - 1, true))
        .toAlignedRect()
        .translated(viewport()->pos());
}

}  // namespace chimneylab::desktop

#include "moc_bytes_view.cpp"
