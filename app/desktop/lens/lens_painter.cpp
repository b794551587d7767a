// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/lens/lens_painter.h"

#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "app/desktop/models/short_value.h"
#include "app/desktop/theme/marks.h"
#include "engine/trace/member_layout.h"

namespace chimneylab::desktop {

QString cell_value(const LensPicture& picture, const LensCell& cell, bool out) {
    QStringList values;
    for (int row = cell.first; row < cell.first + cell.count; ++row) {
        const LensRow& each = picture.rows[static_cast<std::size_t>(row)];
        values << (out ? each.short_out : each.short_in);
    }
    values.removeDuplicates();
    return values.join(QStringLiteral(", "));
}

QString cell_name(const LensPicture& picture, const LensCell& cell, bool out) {
    const LensRow& row = picture.rows[static_cast<std::size_t>(cell.first)];
    QString name = out ? row.name_out : row.name_in;
    if (cell.count > 1)
        name = name.left(name.indexOf(QLatin1Char('['))) + QStringLiteral("[0..%1]").arg(cell.count - 1);
    return name;
}

namespace {

class LensPainter {
public:
    LensPainter(QPainter& painter, const LensPicture& picture, const LensGeometry& g, const LensPaint& how,
                const Theme& theme)
        : p_(painter), picture_(picture), g_(g), how_(how), theme_(theme), t_(theme.tokens()) {}

    void paint() {
        p_.setRenderHint(QPainter::Antialiasing);
        headers();
        for (const auto& [in, out] : g_.gaps) {
            gap(in);
            gap(out);
        }
        for (const LensLink& link : g_.links)
            if (link.kind == LensLink::Kind::same) same_line(link);
        for (std::size_t i = 0; i < g_.cells.size(); ++i) cell(static_cast<int>(i));
        for (const LensStateCell& state : g_.states) state_cell(state);
        for (std::size_t i = 0; i < g_.boxes.size(); ++i) box(i);
        for (const LensLink& link : g_.links)
            if (link.kind != LensLink::Kind::same && !lit(link.cell)) arrow(link);
        for (const LensLink& link : g_.links)  // those in question lie on top
            if (link.kind != LensLink::Kind::same && lit(link.cell)) arrow(link);
    }

private:
    [[nodiscard]] bool lit(int cell) const {
        return cell == (how_.hover_cell >= 0 ? how_.hover_cell : how_.chosen_cell);
    }
    // How much of the beat at this cell has been told, 0 … 1; cells at which nothing happens are there from the start.
    [[nodiscard]] double told(int cell) const {
        const auto found = std::ranges::find(g_.beats, cell);
        if (found == g_.beats.end()) return 1;
        return std::clamp(how_.revealed - static_cast<double>(found - g_.beats.begin()), 0.0, 1.0);
    }

    void text(const QRectF& where, Qt::Alignment alignment, const QFont& font, const QColor& ink, const QString& words,
              Qt::TextElideMode elide = Qt::ElideRight) {
        p_.setFont(font);
        p_.setPen(ink);
        p_.drawText(where, static_cast<int>(alignment | Qt::AlignVCenter),
                    QFontMetricsF(font).elidedText(words, elide, where.width()));
    }

    void headers() {
        const QFont quiet = theme_.words(measure::small_text, QFont::Normal);
        const QFont bold = theme_.mono(measure::small_text, QFont::Bold);
        const auto draw_header = [&](const QRectF& where, const QString& word, const QString& structure, QColor colour) {
            const double width = QFontMetricsF(quiet).horizontalAdvance(word) + 5;
            text(QRectF(where.left() + 2, where.top(), width, where.height()), Qt::AlignLeft, quiet, t_.quiet_text,
                 word);
            text(where.adjusted(width + 2, 0, 0, 0), Qt::AlignLeft, bold, colour, structure, Qt::ElideMiddle);
        };
        draw_header(g_.header_in, QStringLiteral("in"), picture_.structure_in, t_.quiet_text);
        draw_header(g_.header_out, QStringLiteral("out"), picture_.structure_out, t_.text);
        legend();
    }

    void legend() {
        struct Item {
            LensLink::Kind kind;
            QString word;
        };
        const Item items[] = {{LensLink::Kind::saved, QStringLiteral("saved")},
                              {LensLink::Kind::leads, QStringLiteral("leads to")},
                              {LensLink::Kind::restored, QStringLiteral("restored")}};
        const QFont font = theme_.words(measure::small_text);
        const QFontMetricsF metrics(font);
        constexpr double stroke = 20, space = 9;
        double width = -space;
        for (const Item& item : items) width += stroke + 4 + metrics.horizontalAdvance(item.word) + space;
        if (width > g_.legend.width()) return;
        double x = g_.legend.center().x() - width / 2;
        const double y = g_.legend.center().y();
        for (const Item& item : items) {
            const QColor colour = colour_of(item.kind, false);
            p_.setPen(pen_of(item.kind, colour, false));
            p_.drawLine(QPointF(x, y), QPointF(x + stroke - 5, y));
            draw_arrow_head(p_, QPointF(x + stroke, y), QPointF(1, 0), 6, colour);
            x += stroke + 4;
            text(QRectF(x, g_.legend.top(), metrics.horizontalAdvance(item.word) + 2, g_.legend.height()),
                 Qt::AlignLeft, font, t_.quiet_text, item.word);
            x += metrics.horizontalAdvance(item.word) + space;
        }
    }

    void gap(const QRectF& where) {
        p_.save();
        p_.setPen(Qt::NoPen);
        p_.setBrush(QBrush(t_.line, Qt::BDiagPattern));
        p_.drawRect(where);
        p_.restore();
    }

    [[nodiscard]] QColor colour_of(LensLink::Kind kind, bool wrong) const {
        if (wrong) return t_.changed;
        switch (kind) {
            case LensLink::Kind::same:
                return t_.line;
            case LensLink::Kind::saved:
                return t_.call_entry;
            case LensLink::Kind::leads:
                return t_.quiet_text;
            case LensLink::Kind::restored:
            case LensLink::Kind::supplied:
                return t_.changed;
        }
        return t_.line;
    }
    [[nodiscard]] static QPen pen_of(LensLink::Kind kind, const QColor& colour, bool strong) {
        QPen pen(colour, strong ? 2.2 : kind == LensLink::Kind::same ? 1.0 : 1.5);
        pen.setCapStyle(Qt::FlatCap);
        if (kind == LensLink::Kind::saved) pen.setDashPattern({4, 2.5});
        if (kind == LensLink::Kind::leads) pen.setDashPattern({1.2, 2.2});
        return pen;
    }

    void same_line(const LensLink& link) {
        p_.setPen(pen_of(link.kind, lit(link.cell) ? t_.quiet_text : t_.line, false));
        p_.drawLine(link.from, link.to);
    }

    void arrow(const LensLink& link) {
        const double part = told(link.cell);
        if (part <= 0) return;
        const bool strong = lit(link.cell);
        const QColor colour = colour_of(link.kind, false);
        const QPointF tip = link.to;
        const QPointF neck = tip - QPointF(6, 0);
        const double reach = std::max(10.0, (neck.x() - link.from.x()) * 0.5);
        QPainterPath path(link.from);
        path.cubicTo(link.from + QPointF(reach, 0), neck - QPointF(reach, 0), neck);
        p_.setBrush(Qt::NoBrush);
        p_.setPen(pen_of(link.kind, colour, strong));
        if (part < 1) {
            // The arrow grows: the whole path is drawn, seen only as far as it has come.
            p_.save();
            p_.setClipRect(QRectF(link.from.x(), 0, (tip.x() - link.from.x()) * part, g_.size.height()));
            p_.drawPath(path);
            p_.restore();
            return;
        }
        p_.drawPath(path);
        draw_arrow_head(p_, tip, QPointF(1, 0), strong ? 9 : 7.5, colour);
    }

    void frame(const QRectF& where, const QColor& fill, const QPen& pen, double radius) {
        p_.setPen(pen);
        p_.setBrush(fill);
        p_.drawRoundedRect(where.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    }

    // One side of one member.
    void half(const LensCell& cell, int index, bool out, double part) {
        const LensRow& row = picture_.rows[static_cast<std::size_t>(cell.first)];
        const QRectF where = out ? cell.out : cell.in;
        const double radius = std::min<double>(measure::mark_radius, where.height() / 3);
        const bool wrong = out && !row.flaw.isEmpty() && part >= 1;
        const bool marked = (row.changed && part >= 1) || wrong;
        const bool pending = out && part < 1 && row.changed;
        QColor fill = marked ? t_.changed_fill : how_.hover_cell == index ? t_.hover : t_.raised;
        QPen pen(marked && out ? t_.changed : t_.line, wrong ? 2 : marked && out ? 1.5 : 1);
        if (pending) {
            pen = QPen(t_.line, 1, Qt::DashLine);
            fill = t_.panel;
        }
        frame(where, fill, pen, radius);
        if (how_.chosen_cell == index) {
            p_.setPen(QPen(t_.accent, 2));
            p_.setBrush(Qt::NoBrush);
            p_.drawRoundedRect(where.adjusted(-0.5, -0.5, 0.5, 0.5), radius + 1, radius + 1);
        }
        const int size = where.height() < 13 ? 10 : where.height() >= 20 ? measure::quiet_text : measure::small_text;
        QRectF inside = where.adjusted(6, 0, -6, 0);
        if (out) {
            const QRectF mark(inside.left(), where.center().y() - 4, 8, 8);
            if (wrong) {
                draw_mark(p_, Mark::cross, mark, t_.changed);
            } else if (marked) {
                draw_mark(p_, Mark::diamond, mark, t_.changed);
            }
            inside.setLeft(inside.left() + 12);
        }
        const bool strong = row.renamed || (marked && out);
        const QFont name_font = theme_.mono(size, strong ? QFont::Bold : QFont::Normal);
        const QString name = cell_name(picture_, cell, out);
        const QColor name_ink = marked && out ? t_.changed : t_.text;
        const double name_width = std::min(QFontMetricsF(name_font).horizontalAdvance(name) + 2, inside.width());
        text(QRectF(inside.left(), inside.top(), name_width, inside.height()), Qt::AlignLeft, name_font, name_ink, name,
             Qt::ElideMiddle);
        inside.setLeft(inside.left() + name_width + 8);
        if (inside.width() < 14 || pending) return;
        if (row.renamed && !out) inside.setRight(inside.right() - 14);  // the letter stands there
        const QString held = cell_value(picture_, cell, out);
        const QString value = wrong ? row.rule + QStringLiteral(": ") + held : held;
        const QFont value_font = theme_.words(size, marked && out ? QFont::DemiBold : QFont::Normal);
        text(inside, Qt::AlignRight, value_font, marked ? t_.text : t_.quiet_text, value);
    }

    void cell(int index) {
        const LensCell& cell = g_.cells[static_cast<std::size_t>(index)];
        const LensRow& row = picture_.rows[static_cast<std::size_t>(cell.first)];
        if (g_.gutter > 0) {
            const std::uint32_t offset = how_.arch == layout::Arch::x86 ? row.x86_offset : row.offset;
            text(QRectF(0, cell.in.top(), g_.gutter + 1, cell.in.height()), Qt::AlignRight,
                 theme_.mono(measure::small_text), t_.quiet_text, offset_text(offset));
        }
        half(cell, index, false, told(index));
        half(cell, index, true, told(index));
        if (row.renamed)
            slot_letter(cell, row.offset == trace::block_offset::slot_a ? QStringLiteral("A") : QStringLiteral("B"));
    }

    // Slots A and B have another name on either side: the letter says that they are one place.
    void slot_letter(const LensCell& cell, const QString& letter) {
        const double size = std::min(cell.in.height() - 2, 13.0);
        const QRectF badge(cell.in.right() - size - 3, cell.in.center().y() - size / 2, size, size);
        frame(badge, t_.panel, QPen(t_.quiet_text, 1), 3);
        p_.setFont(theme_.words(measure::small_text, QFont::DemiBold));
        p_.setPen(t_.text);
        p_.drawText(badge, Qt::AlignCenter, letter);
    }

    void state_cell(const LensStateCell& state) {
        const bool x86 = how_.arch == layout::Arch::x86;
        for (const bool out : {false, true}) {
            const QRectF& where = out ? state.out : state.in;
            if (state.state >= 0) {
                const LensState& part = picture_.states[static_cast<std::size_t>(state.state)];
                const StatePart& place = x86 ? part.x86 : part.x64;
                state_part(where, place.structure, QStringLiteral("%1 bytes").arg(place.size), part.changed && out);
                if (g_.gutter > 0 && !out)
                    text(QRectF(0, where.top(), g_.gutter + 1, 16), Qt::AlignRight, theme_.mono(measure::small_text),
                         t_.quiet_text,
                         offset_text((x86 ? picture_.block_size_x86 : picture_.block_size) + place.offset));
                continue;
            }
            // All parts in one row, each as wide as it is long; a short one still has room for its name.
            double total = 0;
            const auto share = [&](const LensState& part) { return std::max<double>(part.x64.size, 40); };
            for (const LensState& part : picture_.states) total += share(part);
            double x = where.left();
            for (const LensState& part : picture_.states) {
                const double width = where.width() * share(part) / total;
                const StatePart& place = x86 ? part.x86 : part.x64;
                // "neighbor const" where there is room for it.
                const QString whole = QString(picture_.state_name).replace(QStringLiteral("state"), place.word);
                const bool fits = QFontMetricsF(theme_.mono(measure::small_text)).horizontalAdvance(whole) + 44 < width;
                const QString name = picture_.states.size() == 1 ? picture_.state_name + QLatin1Char(' ') + place.word
                                     : fits                      ? whole
                                                                 : place.word;
                state_part(QRectF(x, where.top(), width - 2, where.height()), name, QString::number(place.size),
                           part.changed && out);
                x += width;
            }
        }
    }

    void state_part(const QRectF& where, const QString& name, const QString& size, bool changed) {
        frame(where, changed ? t_.changed_fill : t_.groove, QPen(changed ? t_.changed : t_.line, changed ? 1.5 : 1),
              measure::mark_radius);
        QRectF inside = where.adjusted(6, 0, -6, 0);
        if (changed) {
            draw_mark(p_, Mark::diamond, QRectF(inside.left(), where.center().y() - 4, 8, 8), t_.changed);
            inside.setLeft(inside.left() + 11);
        }
        const QFont mono = theme_.mono(measure::small_text);
        const double size_width = QFontMetricsF(mono).horizontalAdvance(size);
        const bool both = inside.width() > size_width + 24;
        text(both ? inside.adjusted(0, 0, -size_width - 6, 0) : inside, Qt::AlignLeft, mono, t_.text, name);
        if (both) text(inside, Qt::AlignRight, mono, t_.quiet_text, size);
    }

    void box(std::size_t index) {
        const LensBox& content = picture_.boxes[index];
        const LensBoxCell& place = g_.boxes[index];
        QColor border = t_.quiet_text, fill = t_.panel, ink = t_.text;
        Mark mark = Mark::pill;
        switch (content.kind) {
            case LensBox::Kind::call_entry:
                border = t_.call_entry;
                fill = t_.call_entry_fill;
                ink = t_.call_entry_text;
                mark = Mark::slot;
                break;
            case LensBox::Kind::offload_entry:
                border = t_.intermediate_driver;
                ink = t_.intermediate_driver;
                mark = Mark::diamond;
                break;
            case LensBox::Kind::handle:
                border = t_.quiet_text;
                mark = Mark::ring;
                break;
            case LensBox::Kind::binding:
                border = t_.ndis;
                ink = t_.ndis;
                break;
        }
        frame(place.box, fill, QPen(border, 1.5), measure::card_radius);
        QRectF title = place.title;
        draw_mark(
            p_, mark,
            QRectF(title.left(), title.center().y() - 4,
                   content.kind == LensBox::Kind::call_entry || content.kind == LensBox::Kind::binding ? 12 : 8, 8),
            border);
        title.setLeft(title.left() + 15);
        const QFont note = theme_.words(measure::small_text);
        const double note_width = content.note.isEmpty() ? 0 : QFontMetricsF(note).horizontalAdvance(content.note) + 6;
        text(title.adjusted(0, 0, -note_width, 0), Qt::AlignLeft, theme_.words(measure::quiet_text, QFont::DemiBold),
             ink, content.title);
        if (note_width > 0) text(title, Qt::AlignRight, note, ink, content.note);
        for (std::size_t i = 0; i < content.lines.size() && i < place.lines.size(); ++i)
            box_line(static_cast<int>(index), static_cast<int>(i), fill);
    }

    // A value that is being saved appears in its box when its arrow has arrived.
    [[nodiscard]] double line_told(int box, int line) const {
        for (std::size_t i = 0; i < g_.cells.size(); ++i) {
            const LensRow& row = picture_.rows[static_cast<std::size_t>(g_.cells[i].first)];
            if (row.kept.box == box && row.kept.line == line && !row.kept_before) return told(static_cast<int>(i));
        }
        return 1;
    }

    void box_line(int box, int line, const QColor& fill) {
        const LensLine& content = picture_.boxes[static_cast<std::size_t>(box)].lines[static_cast<std::size_t>(line)];
        QRectF where = g_.boxes[static_cast<std::size_t>(box)].lines[static_cast<std::size_t>(line)];
        if (content.written) {
            draw_mark(p_, Mark::diamond, QRectF(where.left(), where.center().y() - 4, 8, 8), t_.changed);
            where.setLeft(where.left() + 11);
        }
        const QFont name = theme_.mono(measure::small_text);
        const QColor quiet = fill == t_.call_entry_fill ? t_.text : t_.quiet_text;
        const double wanted = QFontMetricsF(name).horizontalAdvance(content.name) + 2;
        const QFont bold = theme_.words(measure::small_text, QFont::DemiBold);
        const double value = QFontMetricsF(bold).horizontalAdvance(content.short_value) + 2;
        // The value matters more than the whole of the name.
        const double name_width = std::min(wanted, std::max(where.width() - value - 6, where.width() * 0.42));
        text(QRectF(where.left(), where.top(), name_width, where.height()), Qt::AlignLeft, name, quiet, content.name,
             Qt::ElideMiddle);
        if (line_told(box, line) < 1) return;
        text(where.adjusted(name_width + 6, 0, 0, 0), Qt::AlignRight, bold, t_.text, content.short_value);
    }

    QPainter& p_;
    const LensPicture& picture_;
    const LensGeometry& g_;
    const LensPaint& how_;
    const Theme& theme_;
    const Tokens& t_;
};

}  // namespace

void paint_lens(QPainter& painter, const LensPicture& picture, const LensGeometry& geometry, const LensPaint& how,
                const Theme& theme) {
    painter.save();
    LensPainter(painter, picture, geometry, how, theme).paint();
    painter.restore();
}

}  // namespace chimneylab::desktop
