// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/program/arguments.h"

#include "engine/machine/schedule.h"
#include "engine/scenario/choices.h"

namespace chimneylab::desktop {

namespace {

QString quoted(const QString& word) {
    QString shown = word.left(60);
    for (QChar& character : shown) {
        if (!character.isPrint()) character = QLatin1Char('?');
    }
    return QLatin1Char('\'') + shown + QLatin1Char('\'');
}

}  // namespace

QString usage() {
    return QStringLiteral(
        "usage: chimneylab [options] [SESSION.chimney]\n"
        "  --scenario ID          run this scenario of the library, or this scenario file\n"
        "  --variant NAME         a variant of that scenario\n"
        "  --schedule ORDER       fifo, lifo or seed:N\n"
        "  --choices LIST         what is taken at each choice, as chimneylab-cli explore tells it\n"
        "  --driver FILE.so       in place of the topmost intermediate driver, again for the ones below\n"
        "  --event N              stand at event N (0 is the first)\n"
        "  --screenshot FILE.png  render that moment into a file and leave; needs no display\n"
        "  --tour FOLDER          render every view at its best moment into a gallery and leave; needs no display\n"
        "  --pane NAME            give this pane the whole window: stage, sequence, events, members …\n"
        "  --size WxH             size of the window, e.g. 1366x768\n"
        "  --theme NAME           light, dark, high-contrast or system\n"
        "  --scale FACTOR         0.5 to 4, e.g. 2 for 200 %\n"
        "  --reduced-motion       cuts instead of movements\n"
        "  --help, --version\n");
}

ParsedArguments parse_arguments(const QStringList& words) {
    ParsedArguments parsed;
    Arguments& a = parsed.arguments;
    const auto refuse = [&](const QString& problem) {
        parsed.problem = problem;
        return parsed;
    };
    for (qsizetype i = 0; i < words.size(); ++i) {
        QString word = words[i];
        if (!word.startsWith(QLatin1String("--"))) {
            if (word.startsWith(QLatin1Char('-')) && word.size() > 1) {
                return refuse(QStringLiteral("there is no option %1; chimneylab --help lists them").arg(quoted(word)));
            }
            if (word.isEmpty()) return refuse(QStringLiteral("a session file has no name: give the path of a .chimney file"));
            if (!a.session.isEmpty()) return refuse(QStringLiteral("two sessions were given, %1 and %2: give one").arg(quoted(a.session), quoted(word)));
            a.session = word;
            continue;
        }
        if (word == QLatin1String("--help")) {
            a.help = true;
            continue;
        }
        if (word == QLatin1String("--version")) {
            a.version = true;
            continue;
        }
        if (word == QLatin1String("--reduced-motion")) {
            a.reduced_motion = true;
            continue;
        }
        QString value;
        bool has_value = false;
        if (const qsizetype equals = word.indexOf(QLatin1Char('=')); equals > 0) {
            value = word.mid(equals + 1);
            word = word.left(equals);
            has_value = true;
        }
        static const QStringList known = {QStringLiteral("--scenario"), QStringLiteral("--event"), QStringLiteral("--screenshot"), QStringLiteral("--pane"), QStringLiteral("--tour"),
                                          QStringLiteral("--size"),     QStringLiteral("--theme"), QStringLiteral("--scale"),
                                          QStringLiteral("--variant"),  QStringLiteral("--schedule"), QStringLiteral("--choices"), QStringLiteral("--driver")};
        if (!known.contains(word)) return refuse(QStringLiteral("there is no option %1; chimneylab --help lists them").arg(quoted(word)));
        if (!has_value) {
            if (i + 1 >= words.size()) return refuse(QStringLiteral("%1 needs a value").arg(word));
            value = words[++i];
        }
        if (value.isEmpty()) return refuse(QStringLiteral("%1 needs a value").arg(word));
        if (word == QLatin1String("--scenario")) {
            a.scenario = value;
        } else if (word == QLatin1String("--variant")) {
            a.variant = value;
        } else if (word == QLatin1String("--schedule")) {
            if (const auto order = machine::Schedule::parse(value.toStdString()); !order) return refuse(QStringLiteral("--schedule: %1").arg(QString::fromStdString(order.error)));
            a.schedule = value;
        } else if (word == QLatin1String("--choices")) {
            const auto choices = scenario::parse_choices(value.toStdString());
            if (const auto* wrong = std::get_if<std::string>(&choices)) return refuse(QStringLiteral("--choices: %1").arg(QString::fromStdString(*wrong)));
            a.choices = value;
        } else if (word == QLatin1String("--driver")) {
            a.drivers << value;
        } else if (word == QLatin1String("--tour")) {
            a.tour = value;
        } else if (word == QLatin1String("--pane")) {
            a.pane = value;
        } else if (word == QLatin1String("--screenshot")) {
            a.screenshot = value;
        } else if (word == QLatin1String("--event")) {
            bool valid = false;
            const std::uint32_t number = value.toUInt(&valid);
            if (!valid) return refuse(QStringLiteral("--event %1 is no event number: give 0, 1, 2 …").arg(quoted(value)));
            a.event = number;
        } else if (word == QLatin1String("--size")) {
            const QStringList parts = value.toLower().split(QLatin1Char('x'));
            bool wide = false;
            bool high = false;
            const QSize size(parts.value(0).toInt(&wide), parts.value(1).toInt(&high));
            if (parts.size() != 2 || !wide || !high) return refuse(QStringLiteral("--size %1 is no size: write WIDTHxHEIGHT, e.g. 1366x768").arg(quoted(value)));
            if (size.width() < 640 || size.height() < 400 || size.width() > 7680 || size.height() > 4320) {
                return refuse(QStringLiteral("--size %1 is out of range: from 640x400 to 7680x4320").arg(quoted(value)));
            }
            a.size = size;
        } else if (word == QLatin1String("--theme")) {
            if (value == QLatin1String("light")) {
                a.theme = Theme::Choice::light;
            } else if (value == QLatin1String("dark")) {
                a.theme = Theme::Choice::dark;
            } else if (value == QLatin1String("high-contrast")) {
                a.theme = Theme::Choice::high_contrast;
            } else if (value == QLatin1String("system")) {
                a.theme = Theme::Choice::system;
            } else {
                return refuse(QStringLiteral("--theme %1 is unknown: use light, dark, high-contrast or system").arg(quoted(value)));
            }
        } else {
            bool valid = false;
            a.scale = value.toDouble(&valid);
            if (!valid || !(a.scale >= 0.5 && a.scale <= 4)) return refuse(QStringLiteral("--scale %1 is out of range: give 0.5 to 4").arg(quoted(value)));
        }
    }
    if (!a.scenario.isEmpty() && !a.session.isEmpty()) {
        return refuse(QStringLiteral("both a scenario and a session file were given: give one of them"));
    }
    if (a.scenario.isEmpty() && !(a.variant.isEmpty() && a.schedule.isEmpty() && a.choices.isEmpty() && a.drivers.isEmpty()))
        return refuse(QStringLiteral("--variant, --schedule, --choices and --driver belong to a scenario: give --scenario ID"));
    return parsed;
}

}  // namespace chimneylab::desktop
