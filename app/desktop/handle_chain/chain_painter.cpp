// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/handle_chain/chain_painter.h"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "app/desktop/models/short_value.h"
#include "app/desktop/theme/marks.h"

namespace chimneylab::desktop {

namespace {

constexpr double edge = 8, title_height = 22, text_height = 16, line_height = 32, foot = 6;
constexpr double least_width = 140, most_width = 260, gap_across = 44, gap_down = 44;

using What = ChainGeometry::Line::What;

std::vector<What> lines_of(const ChainNode& node) {
    if (!node.exists) return {};
    std::vector<What> lines;
    if (node.role == trace::LayerRole::intermediate_driver) lines.push_back(What::upper);
    if (node.handle.valid()) {
        lines.push_back(What::binding);
        lines.push_back(What::context);
    }
    return lines;
}

const ChainLink& link_of(const ChainNode& node, What what) {
    return what == What::binding ? node.binding : what == What::context ? node.down : node.up;
}

class ChainPainter {
public:
    ChainPainter(QPainter& painter, const HandleChain& chain, const ChainGeometry& g, int hover, int current,
                 const Theme& theme)
        : p_(painter), chain_(chain), g_(g), hover_(hover), current_(current), theme_(theme), t_(theme.tokens()) {}

    void paint() {
        p_.setRenderHint(QPainter::Antialiasing);
        for (std::size_t i = 0; i < g_.nodes.size(); ++i) node(static_cast<int>(i));
        for (std::size_t i = 0; i + 1 < g_.nodes.size(); ++i) {
            const ChainNode& upper = chain_.nodes[i];
            const ChainNode& lower = chain_.nodes[i + 1];
            if (upper.exists && upper.handle.valid()) arrow(static_cast<int>(i), upper.down, true);
            if (lower.exists) arrow(static_cast<int>(i), lower.up, false);
        }
    }

private:
    void text(const QRectF& where, Qt::Alignment alignment, const QFont& font, const QColor& ink, const QString& words,
              Qt::TextElideMode elide = Qt::ElideRight) {
        p_.setFont(font);
        p_.setPen(ink);
        p_.drawText(where, static_cast<int>(alignment | Qt::AlignVCenter),
                    QFontMetricsF(font).elidedText(words, elide, where.width()));
    }

    void node(int index) {
        const ChainNode& content = chain_.nodes[static_cast<std::size_t>(index)];
        const ChainGeometry::Node& place = g_.nodes[static_cast<std::size_t>(index)];
        const QColor colour = theme_.colour_of(content.role);
        p_.setPen(QPen(content.exists ? colour : t_.line, index == current_ ? 2.5 : 1.5,
                       content.exists ? Qt::SolidLine : Qt::DashLine));
        p_.setBrush(index == hover_ ? t_.hover : t_.raised);
        p_.drawRoundedRect(place.box.adjusted(0.5, 0.5, -0.5, -0.5), measure::card_radius, measure::card_radius);
        const Mark mark = content.role == trace::LayerRole::host_stack       ? Mark::triangle
                          : content.role == trace::LayerRole::offload_target ? Mark::square
                                                                             : Mark::diamond;
        draw_mark(p_, mark, QRectF(place.title.left(), place.title.center().y() - 5, 10, 10), colour);
        text(place.title.adjusted(16, 0, 0, 0), Qt::AlignLeft, theme_.words(measure::body_text, QFont::DemiBold),
             t_.text, content.title);
        if (!content.exists) {
            text(place.memory, Qt::AlignLeft, theme_.words(measure::quiet_text), t_.quiet_text,
                 QStringLiteral("nothing of %1 here now").arg(chain_.object));
            return;
        }
        text(place.memory, Qt::AlignLeft, theme_.words(measure::quiet_text), colour, content.memory);
        text(place.address, Qt::AlignLeft, theme_.mono(measure::small_text), t_.quiet_text,
             address_text(content.address), Qt::ElideMiddle);
        for (const ChainGeometry::Line& line : place.lines) member(content, line);
    }

    void member(const ChainNode& node, const ChainGeometry::Line& line) {
        const ChainLink& link = link_of(node, line.what);
        const bool wrong = !link.flaw.isEmpty();
        if (wrong) {
            p_.setPen(QPen(t_.changed, 1.5));
            p_.setBrush(t_.changed_fill);
            p_.drawRoundedRect(line.box.adjusted(-3, 0.5, 3, -0.5), measure::mark_radius, measure::mark_radius);
        } else {
            p_.setPen(QPen(t_.line, 1));
            p_.drawLine(QPointF(line.box.left(), line.box.top()), QPointF(line.box.right(), line.box.top()));
        }
        QString name = line.what == What::binding   ? QStringLiteral("NdisReserved[0]")
                       : line.what == What::context ? QStringLiteral("MiniportOffloadContext")
                                                    : QStringLiteral("upper handle");
        if (line.what == What::upper && link.offset) name += QStringLiteral("  +") + offset_text(*link.offset);
        text(QRectF(line.box.left(), line.box.top() + 1, line.box.width(), 14), Qt::AlignLeft,
             theme_.mono(measure::small_text), t_.quiet_text, name, Qt::ElideMiddle);
        const QString words = link.short_text.isEmpty() ? link.text : link.short_text;
        QString value = wrong ? QStringLiteral("✖ %1: %2").arg(link.rule, words) : words;
        if (link.state == ChainState::stale) value = QStringLiteral("given back: ") + value;
        text(QRectF(line.box.left(), line.box.top() + 15, line.box.width(), 15), Qt::AlignLeft,
             theme_.words(measure::quiet_text, QFont::DemiBold), wrong ? t_.changed : t_.text, value);
    }

    void arrow(int upper, const ChainLink& link, bool down) {
        const QRectF a = g_.nodes[static_cast<std::size_t>(upper)].box;
        const QRectF b = g_.nodes[static_cast<std::size_t>(upper) + 1].box;
        QPointF from, to;
        if (g_.side_by_side) {
            const double y = down ? a.top() + a.height() * 0.66 : a.top() + a.height() * 0.3;
            from = QPointF(a.right() + 3, y);
            to = QPointF(b.left() - 3, y);
        } else {
            const double x = a.left() + a.width() * (down ? 0.36 : 0.64);
            from = QPointF(x, a.bottom() + 3);
            to = QPointF(x, b.top() - 3);
        }
        if (!down) std::swap(from, to);
        QColor colour = down ? t_.text : t_.quiet_text;
        QPen pen(colour, 1.8);
        switch (link.state) {
            case ChainState::linked:
                break;
            case ChainState::open:
            case ChainState::unseen:
                colour = t_.faint_text;
                pen = QPen(colour, 1.2, Qt::DashLine);
                break;
            case ChainState::stale:
                colour = t_.changed;
                pen = QPen(colour, 1.4, Qt::DotLine);
                break;
            case ChainState::broken:
                colour = t_.changed;
                pen = QPen(colour, 2);
                break;
        }
        const QPointF along = to - from;
        const double length = std::hypot(along.x(), along.y());
        if (length <= 0) return;
        const QPointF unit = along / length;
        p_.setPen(pen);
        p_.drawLine(from, to - unit * 6);
        if (link.state == ChainState::linked || link.state == ChainState::broken)
            draw_arrow_head(p_, to, along, 8, colour);
        const QPointF middle = (from + to) / 2;
        if (link.state == ChainState::broken)
            draw_mark(p_, Mark::cross, QRectF(middle.x() - 6, middle.y() - 6, 12, 12), t_.changed);
        const QString word = link.state == ChainState::open     ? QStringLiteral("NULL")
                             : link.state == ChainState::stale  ? QStringLiteral("stale")
                             : link.state == ChainState::unseen ? QStringLiteral("unseen")
                             : down                             ? QStringLiteral("context")
                                                                : QStringLiteral("handle");
        const QFont font = theme_.words(measure::small_text);
        if (g_.side_by_side) {
            text(QRectF(middle.x() - 30, middle.y() - 17, 60, 13), Qt::AlignHCenter, font, t_.quiet_text, word);
        } else {
            text(
                down ? QRectF(middle.x() - 66, middle.y() - 7, 60, 14) : QRectF(middle.x() + 8, middle.y() - 7, 60, 14),
                down ? Qt::AlignRight : Qt::AlignLeft, font, t_.quiet_text, word);
        }
    }

    QPainter& p_;
    const HandleChain& chain_;
    const ChainGeometry& g_;
    int hover_, current_;
    const Theme& theme_;
    const Tokens& t_;
};

}  // namespace

ChainGeometry place_chain(const HandleChain& chain, QSizeF room) {
    ChainGeometry g;
    const auto count = static_cast<double>(chain.nodes.size());
    if (count == 0) return g;
    g.side_by_side = room.width() >= room.height() * 1.3;
    double width = std::clamp((room.width() - 2 * edge - (count - 1) * gap_across) / count, least_width, most_width);
    if (!g.side_by_side) width = std::clamp(room.width() - 2 * edge, least_width, 360.0);
    double tallest = 0;
    for (const ChainNode& node : chain.nodes)
        tallest = std::max(
            tallest, title_height + 2 * text_height + static_cast<double>(lines_of(node).size()) * line_height + foot);
    double x = edge, y = 6;
    if (g.side_by_side) x = std::max(edge, (room.width() - count * width - (count - 1) * gap_across) / 2);
    for (const ChainNode& node : chain.nodes) {
        const auto lines = lines_of(node);
        const double height =
            g.side_by_side ? tallest
                           : title_height + 2 * text_height + static_cast<double>(lines.size()) * line_height + foot;
        ChainGeometry::Node place;
        place.box = QRectF(x, y, width, height);
        const double left = x + 9, inside = width - 18;
        place.title = QRectF(left, y + 1, inside, title_height);
        place.memory = QRectF(left, y + title_height, inside, text_height);
        place.address = QRectF(left, y + title_height + text_height, inside, text_height - 2);
        double line = y + title_height + 2 * text_height + 2;
        for (const What what : lines) {
            place.lines.push_back({what, QRectF(left, line, inside, line_height)});
            line += line_height;
        }
        g.size.setWidth(std::max(g.size.width(), place.box.right() + edge));
        g.size.setHeight(std::max(g.size.height(), place.box.bottom() + 6));
        g.nodes.push_back(std::move(place));
        if (g.side_by_side) {
            x += width + gap_across;
        } else {
            y += height + gap_down;
        }
    }
    return g;
}

void paint_chain(QPainter& painter, const HandleChain& chain, const ChainGeometry& geometry, int hover, int current,
                 const Theme& theme) {
    painter.save();
    ChainPainter(painter, chain, geometry, hover, current, theme).paint();
    painter.restore();
}

}  // namespace chimneylab::desktop
