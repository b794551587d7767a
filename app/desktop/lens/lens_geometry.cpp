// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/lens/lens_geometry.h"

#include <algorithm>
#include <cmath>

namespace chimneylab::desktop {

namespace {

constexpr double edge = 4;
constexpr double header = 18;
constexpr double least_pitch = 15, most_pitch = 23;
constexpr double box_title = 18, box_line = 16, box_foot = 5, between_boxes = 8;

struct Columns {
    double in = 0, boxes = 0, out = 0;  // left edges
    double member = 0, box = 0;         // widths
};

Columns columns_for(double width, double gutter) {
    const double inside = std::max(width, least_lens_width) - 2 * edge - gutter;
    Columns c;
    c.box = std::clamp(inside * 0.245, 158.0, 300.0);
    const double gap = std::clamp(inside * 0.045, 30.0, 90.0);
    c.member = std::min((inside - c.box - 2 * gap) / 2, 460.0);
    const double spare = inside - c.box - 2 * gap - 2 * c.member;
    c.in = edge + gutter;
    c.boxes = c.in + c.member + gap + spare / 2;
    c.out = c.boxes + c.box + gap + spare / 2;
    return c;
}

bool quiet(const LensRow& row) {
    return !row.changed && !row.renamed && !row.kept.valid() && !row.leads.valid() && row.origin == LensOrigin::same &&
           row.flaw.isEmpty();
}

// "Scratch[0]" and "Scratch[1]" are one thing to look at while nothing happens to them.
bool same_array(const LensRow& a, const LensRow& b) {
    const qsizetype bracket = a.name_out.indexOf(QLatin1Char('['));
    return bracket > 0 && a.name_out.left(bracket) == b.name_out.left(b.name_out.indexOf(QLatin1Char('['))) &&
           a.name_in.left(bracket) == b.name_in.left(bracket);
}

void place_compact(LensGeometry& g, const LensPicture& picture, const Columns& c, double height) {
    const auto& rows = picture.rows;
    for (std::size_t i = 0; i < rows.size();) {
        LensCell cell;
        cell.first = static_cast<int>(i);
        while (i + static_cast<std::size_t>(cell.count) < rows.size() && quiet(rows[i]) &&
               quiet(rows[i + static_cast<std::size_t>(cell.count)]) &&
               same_array(rows[i], rows[i + static_cast<std::size_t>(cell.count)]))
            ++cell.count;
        i += static_cast<std::size_t>(cell.count);
        g.cells.push_back(cell);
    }
    const auto all = static_cast<double>(g.cells.size() + (picture.states.empty() ? 0 : 1));
    const double pitch = std::clamp(std::floor((height - header - 2) / std::max(all, 1.0)), least_pitch, most_pitch);
    double y = header;
    for (LensCell& cell : g.cells) {
        cell.in = QRectF(c.in, y + 1, c.member, pitch - 2);
        cell.out = QRectF(c.out, y + 1, c.member, pitch - 2);
        y += pitch;
    }
    if (!picture.states.empty()) {
        g.states.push_back({QRectF(c.in, y + 1, c.member, pitch - 2), QRectF(c.out, y + 1, c.member, pitch - 2), -1});
        y += pitch;
    }
    g.size.setHeight(y + 2);
}

void place_to_scale(LensGeometry& g, const LensPicture& picture, const Columns& c, layout::Arch arch, double height) {
    const bool x86 = arch == layout::Arch::x86;
    const std::uint32_t block = x86 ? picture.block_size_x86 : picture.block_size;
    std::uint32_t total = block;
    for (const LensState& state : picture.states) {
        const StatePart& part = x86 ? state.x86 : state.x64;
        total = std::max(total, block + part.offset + part.size);
    }
    // A member of 4 bytes must hold a line of words.
    const double scale = std::max((height - header - 2) / std::max(total, 1U), x86 ? 3.75 : 3.25);
    const auto bar = [&](double left, std::uint32_t offset, std::uint32_t size) {
        return QRectF(left, header + offset * scale + 0.5, c.member, std::max(size * scale - 1, 2.0));
    };
    std::uint32_t end = 0;
    for (std::size_t i = 0; i < picture.rows.size(); ++i) {
        const LensRow& row = picture.rows[i];
        const std::uint32_t offset = x86 ? row.x86_offset : row.offset;
        const std::uint32_t size = x86 ? row.x86_size : row.size;
        if (offset > end) g.gaps.emplace_back(bar(c.in, end, offset - end), bar(c.out, end, offset - end));
        end = offset + size;
        g.cells.push_back({bar(c.in, offset, size), bar(c.out, offset, size), static_cast<int>(i), 1});
    }
    for (std::size_t i = 0; i < picture.states.size(); ++i) {
        const StatePart& part = x86 ? picture.states[i].x86 : picture.states[i].x64;
        if (block + part.offset > end)
            g.gaps.emplace_back(bar(c.in, end, block + part.offset - end), bar(c.out, end, block + part.offset - end));
        end = block + part.offset + part.size;
        g.states.push_back({bar(c.in, block + part.offset, part.size), bar(c.out, block + part.offset, part.size),
                            static_cast<int>(i)});
    }
    g.size.setHeight(header + total * scale + 2);
}

// Each box as near as possible to the members it is joined with, none over another.
void place_boxes(LensGeometry& g, const LensPicture& picture, const Columns& c) {
    const std::size_t count = picture.boxes.size();
    if (count == 0) return;
    std::vector<double> wanted(count, 0), weight(count, 0), height(count, 0);
    for (std::size_t cell = 0; cell < g.cells.size(); ++cell) {
        const LensRow& row = picture.rows[static_cast<std::size_t>(g.cells[cell].first)];
        for (const LensEnd* end : {&row.from, &row.kept, &row.leads}) {
            if (!end->valid()) continue;
            wanted[static_cast<std::size_t>(end->box)] += g.cells[cell].in.center().y();
            weight[static_cast<std::size_t>(end->box)] += 1;
        }
    }
    std::vector<std::size_t> order(count);
    double all = 0;
    for (std::size_t i = 0; i < count; ++i) {
        order[i] = i;
        height[i] = box_title + static_cast<double>(picture.boxes[i].lines.size()) * box_line + box_foot;
        wanted[i] = weight[i] > 0 ? wanted[i] / weight[i] : header + height[i] / 2;
        all += height[i] + between_boxes;
    }
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return wanted[i]; });
    std::vector<double> top(count);
    double floor = header + 2;
    for (const std::size_t i : order) {
        top[i] = std::max(wanted[i] - height[i] / 2, floor);
        floor = top[i] + height[i] + between_boxes;
    }
    double ceiling = std::max(g.size.height(), header + 2 + all) - 2;
    for (auto each = order.rbegin(); each != order.rend(); ++each) {
        top[*each] = std::min(top[*each], ceiling - height[*each]);
        ceiling = top[*each] - between_boxes;
    }
    for (std::size_t i = 0; i < count; ++i) {
        LensBoxCell cell;
        cell.box = QRectF(c.boxes, std::round(top[i]), c.box, height[i]);
        cell.title = QRectF(c.boxes + 8, cell.box.top() + 2, c.box - 16, box_title - 2);
        for (std::size_t line = 0; line < picture.boxes[i].lines.size(); ++line)
            cell.lines.emplace_back(c.boxes + 8, cell.box.top() + box_title + static_cast<double>(line) * box_line,
                                    c.box - 16, box_line);
        g.size.setHeight(std::max(g.size.height(), cell.box.bottom() + 2));
        g.boxes.push_back(std::move(cell));
    }
}

QPointF end_of(const LensGeometry& g, const LensEnd& end, bool left) {
    const LensBoxCell& cell = g.boxes[static_cast<std::size_t>(end.box)];
    const QRectF& part = end.line >= 0 && end.line < static_cast<int>(cell.lines.size())
                             ? cell.lines[static_cast<std::size_t>(end.line)]
                             : cell.title;
    return {left ? cell.box.left() : cell.box.right(), part.center().y()};
}

void add_links(LensGeometry& g, const LensPicture& picture) {
    for (std::size_t i = 0; i < g.cells.size(); ++i) {
        const LensCell& cell = g.cells[i];
        const LensRow& row = picture.rows[static_cast<std::size_t>(cell.first)];
        const QPointF in(cell.in.right(), cell.in.center().y());
        const QPointF out(cell.out.left(), cell.out.center().y());
        const int index = static_cast<int>(i);
        if (!row.changed && row.origin == LensOrigin::same) g.links.push_back({LensLink::Kind::same, in, out, index});
        // What has lain there since an earlier operation is found, not saved.
        if (row.kept.valid())
            g.links.push_back({row.kept_before ? LensLink::Kind::leads : LensLink::Kind::saved, in,
                               end_of(g, row.kept, true), index});
        if (row.leads.valid()) g.links.push_back({LensLink::Kind::leads, in, end_of(g, row.leads, true), index});
        if (row.from.valid()) {
            const auto kind = row.origin == LensOrigin::restored ? LensLink::Kind::restored : LensLink::Kind::supplied;
            g.links.push_back({kind, end_of(g, row.from, false), out, index});
        }
        if (!quiet(row)) g.beats.push_back(index);
    }
}

}  // namespace

int LensGeometry::cell_of_row(int row) const {
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (row >= cells[i].first && row < cells[i].first + cells[i].count) return static_cast<int>(i);
    return -1;
}

int LensGeometry::cell_of_offset(const LensPicture& picture, std::uint32_t offset) const {
    for (std::size_t row = 0; row < picture.rows.size(); ++row)
        if (offset >= picture.rows[row].offset && offset < picture.rows[row].offset + picture.rows[row].size)
            return cell_of_row(static_cast<int>(row));
    return -1;
}

LensGeometry place_lens(const LensPicture& picture, LensScale scale, layout::Arch arch, QSizeF room) {
    LensGeometry g;
    g.gutter = scale == LensScale::bytes ? 32 : 0;
    g.size.setWidth(std::max(room.width(), least_lens_width));
    const Columns c = columns_for(g.size.width(), g.gutter);
    g.header_in = QRectF(c.in, 0, c.member, header);
    g.header_out = QRectF(c.out, 0, c.member, header);
    g.legend = QRectF(c.in + c.member + 4, 0, c.out - c.in - c.member - 8, header);
    if (scale == LensScale::compact) {
        place_compact(g, picture, c, room.height());
    } else {
        place_to_scale(g, picture, c, arch, room.height());
    }
    place_boxes(g, picture, c);
    add_links(g, picture);
    return g;
}

}  // namespace chimneylab::desktop
