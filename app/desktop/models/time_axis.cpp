// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/time_axis.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace chimneylab::desktop {

namespace {

struct Unit {
    double size;
    const char* name;
};
constexpr std::array<Unit, 4> units{{{1, "ns"}, {1e3, "µs"}, {1e6, "ms"}, {1e9, "s"}}};

const Unit& unit_of(double nanoseconds) {
    for (auto each = units.rbegin(); each != units.rend(); ++each) {
        if (nanoseconds >= each->size) return *each;
    }
    return units.front();
}

QString unit_name(const Unit& unit) { return QString::fromUtf8(unit.name); }

}  // namespace

std::vector<Tick> time_ticks(TimeSpan span, double width, double gap) {
    std::vector<Tick> ticks;
    if (span.length() <= 0 || width <= 0) return ticks;
    const double least = span.length() * gap / width;
    const double decade = std::pow(10, std::floor(std::log10(least)));
    double step = decade;
    for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
        step = decade * factor;
        if (step >= least) break;
    }
    const Unit& unit = unit_of(std::max(std::abs(span.to), step) * 0.999999);
    const int digits = std::clamp(static_cast<int>(std::ceil(-std::log10(step / unit.size) - 1e-9)), 0, 9);
    const double first = std::ceil(span.from / step);
    for (double i = first; i * step <= span.to && ticks.size() < 1000; i += 1) {
        ticks.push_back({i * step, QString::number(i * step / unit.size, 'f', digits) + QLatin1Char(' ') + unit_name(unit)});
    }
    return ticks;
}

std::vector<Tick> decade_ticks(double low, double high, double length, double gap) {
    std::vector<Tick> ticks;
    if (high <= low || length <= 0) return ticks;
    const double per_decade = length / (high - low);
    std::vector<double> within{1};
    if (per_decade * 0.301 >= gap) within = {1, 2, 5};
    // Within a small part of a decade round values serve as on a plain axis.
    if (high - low < 0.6) {
        for (Tick& tick : time_ticks({std::pow(10, low), std::pow(10, high)}, length, gap * 1.4)) ticks.push_back({std::log10(std::max(tick.at, 1e-9)), std::move(tick.text)});
        if (ticks.size() >= 2) return ticks;
        ticks.clear();
    }
    double last = low - 1e9;
    for (int decade = static_cast<int>(std::floor(low)); decade <= static_cast<int>(std::ceil(high)); ++decade) {
        for (const double factor : within) {
            const double at = decade + std::log10(factor);
            if (at < low - 1e-9 || at > high + 1e-9 || (at - last) * per_decade < gap) continue;
            ticks.push_back({at, short_time(factor * std::pow(10, decade))});
            last = at;
        }
    }
    return ticks;
}

std::vector<Tick> percentile_ticks(double high) {
    std::vector<Tick> ticks{{0, QStringLiteral("0 %")}};
    const std::pair<double, const char*> known[] = {{0.30103, "50 %"}, {1, "90 %"}, {2, "99 %"}, {3, "99.9 %"}, {4, "99.99 %"}, {5, "99.999 %"}, {6, "99.9999 %"}};
    for (const auto& [at, text] : known) {
        if (at <= high) ticks.push_back({at, QString::fromLatin1(text)});
    }
    return ticks;
}

double logarithm_of(trace::Nanoseconds time) { return time <= 1 ? 0 : std::log10(static_cast<double>(time)); }

trace::Nanoseconds time_at_logarithm(double logarithm) {
    return logarithm <= 0 ? 0 : static_cast<trace::Nanoseconds>(std::llround(std::pow(10, std::min(logarithm, 18.0))));
}

QString short_time(double nanoseconds) {
    const Unit& unit = unit_of(nanoseconds);
    const double value = nanoseconds / unit.size;
    const int digits = unit.size <= 1 ? 0 : value >= 100 ? 0 : value >= 10 ? 1 : 2;
    QString text = QString::number(value, 'f', digits);
    while (text.contains(QLatin1Char('.')) && (text.endsWith(QLatin1Char('0')) || text.endsWith(QLatin1Char('.')))) {
        const bool point = text.endsWith(QLatin1Char('.'));
        text.chop(1);
        if (point) break;
    }
    return text + QLatin1Char(' ') + unit_name(unit);
}

TimeSpan zoomed(TimeSpan span, double factor, double centre, TimeSpan whole) {
    const double length = std::clamp(span.length() * factor, std::min(20.0, std::max(1.0, whole.length())), std::max(1.0, whole.length()));
    const double share = span.length() > 0 ? std::clamp((centre - span.from) / span.length(), 0.0, 1.0) : 0.5;
    return moved({centre - share * length, centre + (1 - share) * length}, 0, whole);
}

TimeSpan moved(TimeSpan span, double by, TimeSpan whole) {
    const double length = std::min(span.length(), std::max(1.0, whole.length()));
    const double from = std::clamp(span.from + by, whole.from, std::max(whole.from, whole.to - length));
    return {from, from + length};
}

}  // namespace chimneylab::desktop
